"""Time off in words: when it is, what happens to bookings, and what a plan of it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain import local_time
from chalicelib.domain.day import KeptReason
from chalicelib.domain.plan import PlanKind, PlanState
from chalicelib.domain.time_off import BlockKind, TimeOffAct
from chalicelib.web import dates
from chalicelib.web.pages import messages
from chalicelib.web.texts import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from chalicelib.domain.time_off import BlockedStretch, TimeOff
    from chalicelib.use_cases.plan_previews import PlanView

_MAX_TIMES = 6


def describe_when(time_off: TimeOff, zone: ZoneInfo) -> str:
    """Return its dates; for hours, with the times."""
    if time_off.start is None or time_off.end is None:
        if time_off.first == time_off.last:
            return dates.format_date(time_off.first)
        return dates.format_range(time_off.first, time_off.last)
    start, end = (local_time.format_time(each, zone) for each in (time_off.start, time_off.end))
    if time_off.first == time_off.last:
        on = dates.format_date(time_off.first)
        return _("%(date)s, %(start)s–%(end)s", date=on, start=start, end=end)
    first, last = map(dates.format_date, (time_off.first, time_off.last))
    return _(
        "%(first)s, %(start)s – %(last)s, %(end)s", first=first, start=start, last=last, end=end
    )


def describe_act(act: TimeOffAct) -> str:
    """Name what happens to bookings."""
    return _("Can't see these patients") if act is TimeOffAct.DISRUPT else _("Stop taking bookings")


def name_stretches(stretches: Iterable[BlockedStretch], on: date, zone: ZoneInfo) -> str:
    """Name what blocks a date, with the hours if it is not all of it."""
    return ", ".join(_name_stretch(each, on, zone) for each in stretches if not each.is_lifted)


def _name_stretch(stretch: BlockedStretch, on: date, zone: ZoneInfo) -> str:
    is_closure = stretch.kind is BlockKind.CLOSURE
    name = _("Practice closed: %(name)s", name=stretch.name) if is_closure else stretch.name
    if stretch.is_whole_day:
        return name
    start, end = (
        _time_on(instant, on, zone, outside)
        for instant, outside in ((stretch.start, "00:00"), (stretch.end, "24:00"))
    )
    return _("%(name)s, %(start)s–%(end)s", name=name, start=start, end=end)


def _time_on(instant: datetime, on: date, zone: ZoneInfo, outside: str) -> str:
    """Return the time of day of an instant; the bound of the date, if it is on another."""
    if local_time.local_date(instant, zone) != on:
        return outside
    return local_time.format_time(instant, zone)


def bookings_of(view: PlanView) -> list[tuple[date, str]]:
    """Return dates and times of the bookings in the time off of a plan; holds are no patients."""
    zone = view.doctor.zone
    return [
        (day.date, local_time.format_time(kept.slot.start, zone))
        for day in view.days
        for kept in day.kept
        if kept.reason is KeptReason.BOOKED
    ]


def button(view: PlanView) -> str:
    """Name what the button of a plan of time off does, with the numbers."""
    time_off, closes = view.plan.time_off, view.closes
    if view.plan.kind is PlanKind.LIFT_TIME_OFF or time_off is None:
        if view.opens:
            return ngettext("Open %(count)s slot", "Open %(count)s slots", view.opens)
        return _("Lift time off")
    patients = len(bookings_of(view)) if time_off.act is TimeOffAct.DISRUPT else 0
    if closes and patients:
        return _(
            "Close %(slots)s and mark %(bookings)s for rebooking",
            slots=ngettext("%(count)s slot", "%(count)s slots", closes),
            bookings=ngettext("%(count)s booking", "%(count)s bookings", patients),
        )
    if patients:
        return ngettext(
            "Mark %(count)s booking for rebooking",
            "Mark %(count)s bookings for rebooking",
            patients,
        )
    if closes:
        return ngettext("Close %(count)s slot", "Close %(count)s slots", closes)
    return _("Take time off")


def describe_bookings(view: PlanView) -> Iterator[str]:
    """Say which patients have a booking in the time off of a plan, and what happens to it."""
    time_off = view.plan.time_off
    found = bookings_of(view)
    if time_off is None or view.plan.kind is not PlanKind.TIME_OFF or not found:
        return
    times = [f"{dates.format_short_date(on)} {time}" for on, time in found]
    listed = messages.list_times(times, _MAX_TIMES)
    if time_off.act is TimeOffAct.STOP:
        yield ngettext(
            "%(count)s patient still has a booking: %(list)s",
            "%(count)s patients still have bookings: %(list)s",
            len(found),
            list=listed,
        )
        return
    is_done = view.plan.state is PlanState.DONE
    yield ngettext(
        "%(count)s booking to rebook: %(list)s",
        "%(count)s bookings to rebook: %(list)s",
        len(found),
        list=listed,
    )
    if not is_done:
        yield _("Patients keep their bookings until their booking site has found another time.")
