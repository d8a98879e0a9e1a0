"""The heads of the columns of a schedule: what each one is of, and how many slots are open."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.slot import SlotStatus
from chalicelib.web import dates
from chalicelib.web.pages import (
    booking_links,
    links,
    messages,
    practice_links,
    schedule_rows,
    time_off_words,
)
from chalicelib.web.texts import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from chalicelib.use_cases.save_days import DayWithDoctor
    from chalicelib.web.pages.schedule import Schedule
    from chalicelib.web.pages.schedule_rows import Column


class ColumnView(Struct, frozen=True, kw_only=True):
    """The head of a column. ``summary`` says how many slots are open, held and booked.

    ``key`` names the doctor and the date to scripts, ``title`` the date and ``doctor`` the doctor.
    ``zone`` is empty where all columns have the same. ``slots_per_hour`` is 0 where the table has
    as many. ``rebooking`` says how many bookings have to be rebooked, and leads to them; empty if
    none has. ``time_off`` names time off and closures; empty without any.
    """

    key: str
    title: str
    doctor: str
    zone: str
    slots_per_hour: int
    weekday: str
    day_of_month: int
    url: str
    strip_url: str
    summary: str
    rebooking: str
    rebooking_url: str
    time_off: str
    is_full: bool
    is_editable: bool


def build_heads(columns: Sequence[Column], schedule: Schedule, base: str) -> Iterator[ColumnView]:
    """Yield the head of each column."""
    has_zones = len({view.doctor.zone.key for view in schedule.columns}) > 1
    most = schedule_rows.slots_per_row([column.grid for column in columns])
    for column, view in zip(columns, schedule.columns, strict=True):
        per_hour = schedule_rows.slots_per_hour(column.grid)
        yield _build_head(
            column,
            view,
            base,
            strip_url=_strip_url(schedule, view, base),
            zone=messages.format_zone(view.doctor.zone) if has_zones else "",
            slots_per_hour=per_hour if per_hour < most else 0,
        )


def _strip_url(schedule: Schedule, view: DayWithDoctor, base: str) -> str:
    if schedule.practice:
        search, doctor_id = schedule.practice.search, view.doctor.doctor_id
        return practice_links.practice_url(base, schedule.chosen, search, focus=doctor_id)
    return links.week_url(base, view.doctor.doctor_id, view.day.date)


def _build_head(
    column: Column,
    view: DayWithDoctor,
    base: str,
    *,
    strip_url: str,
    zone: str,
    slots_per_hour: int,
) -> ColumnView:
    doctor, day = view.doctor, view.day
    counts = Counter(slot.status for slot in day.slots.values())
    disrupted = sum(
        slot.is_disrupted and slot.status is SlotStatus.BOOKED for slot in day.slots.values()
    )
    return ColumnView(
        key=f"{doctor.doctor_id}/{day.date}",
        title=dates.format_short_date(day.date),
        doctor=doctor.name,
        zone=zone,
        slots_per_hour=slots_per_hour,
        weekday=dates.short_weekday_name(day.date),
        day_of_month=day.date.day,
        url=links.day_url(base, doctor.doctor_id, day.date),
        strip_url=strip_url,
        summary=_summarize(counts),
        rebooking=describe_rebooking(disrupted) if disrupted else "",
        rebooking_url=booking_links.rebooking_url(base, doctor.doctor_id, day.date),
        time_off=time_off_words.name_stretches(day.blocked, day.date, doctor.zone),
        is_full=not counts[SlotStatus.FREE] and bool(counts[SlotStatus.BOOKED]),
        is_editable=any(view.is_editable for _slot, view in column.slots),
    )


def describe_rebooking(count: int) -> str:
    """How many bookings have to be rebooked."""
    return ngettext("%(count)s to rebook", "%(count)s to rebook", count)


def _summarize(counts: Mapping[SlotStatus, int]) -> str:
    free, held, booked = (
        counts.get(status, 0) for status in (SlotStatus.FREE, SlotStatus.HELD, SlotStatus.BOOKED)
    )
    parts = [
        ngettext("%(count)s open", "%(count)s open", free) if free else "",
        ngettext("%(count)s held", "%(count)s held", held) if held else "",
        ngettext("%(count)s booked", "%(count)s booked", booked) if booked else "",
    ]
    return ", ".join(filter(None, parts)) or _("Closed")
