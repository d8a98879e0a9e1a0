"""The lines of the change feed: one for each change, and one for all changes of a plan."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.change_feed import group_plans
from chalicelib.web import dates
from chalicelib.web.pages import links
from chalicelib.web.pages.change_words import (
    describe_acts,
    describe_kept,
    describe_settings,
    describe_time_off,
    name_author,
    name_client,
    name_occasion,
)
from chalicelib.web.texts import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import date

    from chalicelib.domain.audit_log import AuditLogEntry
    from chalicelib.use_cases.list_changes import Changes


class DateView(Struct, frozen=True, kw_only=True):
    """A date that changed; ``url`` is its page."""

    title: str
    url: str


class PlanDateView(Struct, frozen=True, kw_only=True):
    """What a plan did on one date."""

    date: DateView
    acts: tuple[str, ...]


class Attribution(Struct, frozen=True, kw_only=True):
    """Who acted, when, and through what; ``client`` is empty if the author is the client itself."""

    time: str
    iso_time: str
    author: str
    client: str
    occasion: str


class ChangeLine(Struct, frozen=True, kw_only=True):
    """A change, or the changes of a plan on one day, which then has its ``dates``.

    ``date`` is None for changes of a plan or of settings, and on a page of that one date. ``undo``
    is the id of a change that can be undone, and ``undo_date`` its date; a plan is undone as a
    whole: ``plan_id`` is its id, empty if it can't be undone.
    """

    attribution: Attribution
    acts: tuple[str, ...]
    reason: str = ""
    date: DateView | None = None
    undo: str = ""
    undo_date: str = ""
    plan_id: str = ""
    dates: tuple[PlanDateView, ...] = ()
    dates_title: str = ""


class DayOfChanges(Struct, frozen=True, kw_only=True):
    """The changes that were made on one day, the newest first."""

    title: str
    lines: tuple[ChangeLine, ...]


def build_days(changes: Changes, base: str) -> tuple[DayOfChanges, ...]:
    """Group the changes by the doctor's local day on which they were made."""
    zone = changes.doctor.zone
    by_day = groupby(changes.entries, key=lambda entry: local_time.local_date(entry.at, zone))
    return tuple(
        DayOfChanges(
            title=dates.format_date(on),
            lines=tuple(_lines(changes, list(entries), base)),
        )
        for on, entries in by_day
    )


def _lines(changes: Changes, entries: Sequence[AuditLogEntry], base: str) -> Iterator[ChangeLine]:
    for group in group_plans(entries):
        if len({entry.date for entry in group}) > 1:
            yield _plan_line(changes, group, base)
        else:
            yield from (_change_line(changes, entry, base) for entry in group)


def _change_line(changes: Changes, entry: AuditLogEntry, base: str) -> ChangeLine:
    names = changes.names
    return ChangeLine(
        attribution=_attribute(changes, [entry]),
        reason=entry.reason or "",
        acts=(
            *describe_acts(entry, names),
            *describe_kept(entry, names),
            *describe_settings(entry),
        ),
        date=_date_view(entry.date, entry, changes, base)
        if entry.date and entry.date != changes.search.on
        else None,
        undo=entry.change_id if entry.change_id in changes.undoable else "",
        undo_date=entry.date.isoformat() if entry.date else "",
        plan_id=_undoable_plan(changes, entry),
    )


def _plan_line(changes: Changes, entries: Sequence[AuditLogEntry], base: str) -> ChangeLine:
    names = changes.names
    dated = sorted(
        ((entry.date, entry) for entry in entries if entry.date),
        key=lambda each: (each[0], each[1].at),
    )
    return ChangeLine(
        attribution=_attribute(changes, entries),
        acts=tuple(_summarize(dated)),
        plan_id=_undoable_plan(changes, entries[0]),
        dates_title=_count_dates({on for on, _entry in dated}),
        dates=tuple(
            PlanDateView(
                date=_date_view(on, entry, changes, base),
                acts=(*describe_acts(entry, names), *describe_kept(entry, names)),
            )
            for on, entry in dated
        ),
    )


def _undoable_plan(changes: Changes, entry: AuditLogEntry) -> str:
    return entry.plan_id if entry.plan_id in changes.undoable_plans and entry.plan_id else ""


def _attribute(changes: Changes, entries: Sequence[AuditLogEntry]) -> Attribution:
    """Name everyone who made one of the changes, and when the newest was made, which is first."""
    newest, names = entries[0], changes.names
    zone = names.doctor.zone
    authors = dict.fromkeys(name_author(entry, names) for entry in entries)
    clients = dict.fromkeys(name_client(entry, names) for entry in entries)
    return Attribution(
        time=local_time.format_time(newest.at, zone),
        iso_time=newest.at.astimezone(zone).isoformat(timespec="seconds"),
        author="; ".join(authors),
        client=", ".join(filter(None, clients)),
        occasion=name_occasion(newest.kind),
    )


def _summarize(dated: Sequence[tuple[date, AuditLogEntry]]) -> Iterator[str]:
    """Count the slots and dates of each act of a plan: ``Opened 372 slots on 65 dates, ...``.

    Time off, which may close no slot, comes first, with its name.
    """
    by_act: dict[str, list[date]] = {}
    for on, entry in dated:
        for act in describe_time_off(entry):
            by_act.setdefault(act, []).append(on)
    for act, on_dates in by_act.items():
        yield _on_dates(act, on_dates, dated[0][1])
    for field, describe in _COUNTED.items():
        counts = [(on, len(getattr(entry, field))) for on, entry in dated]
        if total := sum(count for _on, count in counts):
            yield _on_dates(describe(total), [on for on, count in counts if count], dated[0][1])


_COUNTED: dict[str, Callable[[int], str]] = {
    "opened": lambda count: ngettext("Opened %(count)s slot", "Opened %(count)s slots", count),
    "closed": lambda count: ngettext("Closed %(count)s slot", "Closed %(count)s slots", count),
    "kept": lambda count: ngettext(
        "Left %(count)s slot as it was", "Left %(count)s slots as they were", count
    ),
}


def _on_dates(act: str, on: Sequence[date], entry: AuditLogEntry) -> str:
    first, last = (dates.format_near_date(each, entry.at.date()) for each in (min(on), max(on)))
    if first == last:
        return _("%(act)s on %(date)s", act=act, date=first)
    return _(
        "%(act)s on %(dates)s, %(first)s to %(last)s",
        act=act,
        dates=_count_dates(set(on)),
        first=first,
        last=last,
    )


def _count_dates(on: Collection[date]) -> str:
    return ngettext("%(count)s date", "%(count)s dates", len(on))


def _date_view(on: date, entry: AuditLogEntry, changes: Changes, base: str) -> DateView:
    return DateView(
        title=dates.format_near_date(on, entry.at.date()),
        url=links.day_url(base, changes.doctor.doctor_id, on),
    )
