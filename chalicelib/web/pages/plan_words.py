"""What plans do, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain import local_time
from chalicelib.domain.day import KeptReason
from chalicelib.domain.plan import PlanKind, PlanState
from chalicelib.domain.text import Text
from chalicelib.web import dates
from chalicelib.web.pages import messages
from chalicelib.web.texts import _, ngettext, translate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from zoneinfo import ZoneInfo

    from chalicelib.domain.day import KeptSlot
    from chalicelib.domain.plan import Plan, PlannedDay, ThirdNextAvailable
    from chalicelib.domain.slot import Slot


_REASONS = {
    KeptReason.BOOKED: Text("%(when)s is booked and stays"),
    KeptReason.HELD: Text("%(when)s is held and stays"),
    KeptReason.OPENED_BY_HAND: Text("%(when)s was opened by hand, left as it is"),
    KeptReason.CLOSED_BY_HAND: Text("%(when)s was closed by hand, left closed"),
    KeptReason.OVERLAPS: Text("%(when)s overlaps another slot, left as it is"),
    KeptReason.PAST: Text("%(when)s has already started"),
    KeptReason.TIME_OFF: Text("%(when)s is in time off, left closed"),
    KeptReason.CLOSURE: Text("%(when)s: the practice is closed"),
}
# In an import, instead of "opened by hand": a former import may have opened the slot.
_OPEN_ALREADY = Text("%(when)s is open already")

_TITLES = {PlanKind.IMPORT: Text("Import"), PlanKind.HOURS: Text("Replace what is open")}


def describe_plan(plan: Plan) -> str:
    """``New series: Mornings``."""
    name = plan.series.name if plan.series else ""
    if plan.time_off:
        name = plan.time_off.name
    if plan.kind in {PlanKind.TIME_OFF, PlanKind.LIFT_TIME_OFF}:
        return _describe_time_off(name, is_lifted=plan.kind is PlanKind.LIFT_TIME_OFF)
    if plan.kind is PlanKind.UNDO:
        return _("Undo: %(name)s", name=name) if name else _("Undo")
    if plan.kind in _TITLES:
        return translate(_TITLES[plan.kind])
    if plan.series and plan.series.is_over:
        return _("End: %(name)s", name=name)
    return (
        _("New series: %(name)s", name=name) if is_new(plan) else _("Change: %(name)s", name=name)
    )


def _describe_time_off(name: str, *, is_lifted: bool) -> str:
    """Return the title. It says the name that the form suggests only once."""
    if name == _("Time off"):
        return _("Lift time off") if is_lifted else name
    return (
        _("Lift time off: %(name)s", name=name) if is_lifted else _("Time off: %(name)s", name=name)
    )


def is_new(plan: Plan) -> bool:
    """Whether the plan makes a series."""
    return plan.kind is PlanKind.SERIES and plan.replaced is None


def describe_state(plan: Plan) -> str:
    """How far the plan is, and whether it is stopped."""
    total = len(plan.dates)
    if plan.state is PlanState.DONE:
        return ngettext("done on %(count)s day", "done on %(count)s days", total)
    progress = describe_progress(plan)
    if plan.state is PlanState.STOPPED:
        return _("stopped, %(progress)s", progress=progress)
    return progress


def describe_progress(plan: Plan) -> str:
    """``20 of 65 days done``."""
    return ngettext(
        "%(done)s of %(count)s day done",
        "%(done)s of %(count)s days done",
        len(plan.dates),
        done=days_done(plan),
    )


def days_done(plan: Plan) -> int:
    """The number of dates that are applied, as far as the plan knows without the audit log."""
    return len(plan.dates) - len(plan.remaining)


def button(plan: Plan, opens: int, closes: int) -> str:
    """Name what the button does, with the numbers."""
    if opens and closes:
        return ngettext(
            "Open %(opens)s and close %(count)s slot",
            "Open %(opens)s and close %(count)s slots",
            closes,
            opens=opens,
        )
    if opens:
        return ngettext("Open %(count)s slot", "Open %(count)s slots", opens)
    if closes:
        return ngettext("Close %(count)s slot", "Close %(count)s slots", closes)
    return _("Save series") if plan.series else _("Continue")


def will_change(opens: int, closes: int) -> str:
    """``30 slots will open``."""
    parts = [
        ngettext("%(count)s slot will open", "%(count)s slots will open", opens) if opens else "",
        ngettext("%(count)s slot will close", "%(count)s slots will close", closes)
        if closes
        else "",
    ]
    return ", ".join(filter(None, parts)) or _("No slot will change")


def has_changed(opens: int, closes: int) -> str:
    """``30 slots opened``."""
    parts = [
        ngettext("%(count)s slot opened", "%(count)s slots opened", opens) if opens else "",
        ngettext("%(count)s slot closed", "%(count)s slots closed", closes) if closes else "",
    ]
    return ", ".join(filter(None, parts)) or _("No slot changed")


def on_days(sentence: str, days: int) -> str:
    """Add the number of days to the sentence, if there are any."""
    if not days:
        return sentence
    return ngettext("%(what)s on %(count)s day", "%(what)s on %(count)s days", days, what=sentence)


def describe_third_next(change: ThirdNextAvailable) -> str:
    """How soon a third patient can come, before and after; nothing if that stays the same."""
    if change.before == change.after:
        return ""
    return _(
        "Third next available slot: %(before)s → %(after)s",
        before=_days_ahead(change.before),
        after=_days_ahead(change.after),
    )


def _days_ahead(days: int | None) -> str:
    if days is None:
        return _("none")
    return ngettext("%(count)s day", "%(count)s days", days) if days else _("today")


def describe_kept(day: PlannedDay, zone: ZoneInfo, kind: PlanKind) -> Iterator[str]:
    """Say which slots of a date a plan of this kind leaves as they are, and why."""
    on = dates.format_short_date(day.date)
    if day.left_out and day.blocked_by:
        yield _("%(date)s: left out, %(name)s", date=on, name=", ".join(day.blocked_by))
        return
    for reason, slots in _by_reason(day.kept):
        when = _("%(date)s %(times)s", date=on, times=format_ranges(slots, zone))
        yield _reason_sentence(reason, when, kind)


def count_kept(kept: Iterable[KeptSlot], kind: PlanKind) -> str:
    """``12 opened by hand, 3 booked``."""
    return ", ".join(_count_of(reason, len(slots), kind) for reason, slots in _by_reason(kept))


def format_ranges(slots: Sequence[Slot], zone: ZoneInfo) -> str:
    """The hours of slots; those that touch are one range."""
    return ", ".join(messages.merge_ranges([local_time.format_range(slot, zone) for slot in slots]))


def _by_reason(kept: Iterable[KeptSlot]) -> list[tuple[KeptReason, list[Slot]]]:
    by_reason: dict[KeptReason, list[Slot]] = {}
    for each in kept:
        by_reason.setdefault(each.reason, []).append(each.slot)
    return [*by_reason.items()]


def _reason_sentence(reason: KeptReason, when: str, kind: PlanKind) -> str:
    text = _REASONS[reason]
    if kind is PlanKind.IMPORT and reason is KeptReason.OPENED_BY_HAND:
        text = _OPEN_ALREADY
    return _(text.template, when=when)


def _count_of(reason: KeptReason, count: int, kind: PlanKind) -> str:
    match reason:
        case KeptReason.BOOKED:
            return ngettext("%(count)s booked", "%(count)s booked", count)
        case KeptReason.HELD:
            return ngettext("%(count)s held", "%(count)s held", count)
        case KeptReason.OPENED_BY_HAND:
            return _count_open(count, kind)
        case KeptReason.CLOSED_BY_HAND:
            return ngettext("%(count)s closed by hand", "%(count)s closed by hand", count)
        case KeptReason.OVERLAPS:
            return ngettext(
                "%(count)s overlaps another slot", "%(count)s overlap other slots", count
            )
    return _count_without_change(reason, count)


def _count_open(count: int, kind: PlanKind) -> str:
    if kind is PlanKind.IMPORT:
        return ngettext("%(count)s open already", "%(count)s open already", count)
    return ngettext("%(count)s opened by hand", "%(count)s opened by hand", count)


def _count_without_change(reason: KeptReason, count: int) -> str:
    """Say how many could not change because of the time that they have."""
    match reason:
        case KeptReason.TIME_OFF:
            return ngettext("%(count)s in time off", "%(count)s in time off", count)
        case KeptReason.CLOSURE:
            return ngettext("%(count)s in a closure", "%(count)s in a closure", count)
    return ngettext("%(count)s already started", "%(count)s already started", count)
