"""View model of the schedule page, of a day or of a week: the values that its templates render."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.day import DaySlot
from chalicelib.domain.slot import SlotStatus
from chalicelib.domain.violations import FieldViolation
from chalicelib.web import dates
from chalicelib.web.pages import booking_links, links, messages, schedule_rows, time_off_words
from chalicelib.web.pages.etags import form_etag
from chalicelib.web.pages.schedule_rows import Column, RowGroup
from chalicelib.web.pages.slot_view import EditedBoxes, SlotViewBuilder
from chalicelib.web.texts import _, ngettext, translate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from chalicelib.domain.day import Day
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.errors import RequestRejectedError
    from chalicelib.domain.grid import Grid
    from chalicelib.web.pages.day_form import DayFormState
    from chalicelib.web.pages.schedule import Schedule


_ONE_DAY = timedelta(days=1)


class FlashMessage(Struct, frozen=True, kw_only=True):
    """``kind`` is success, info or error; ``undo`` has the ids of the changes to undo."""

    text: str
    kind: str
    undo: tuple[str, ...] = ()


class RejectedForm(Struct, frozen=True, kw_only=True):
    """The edits of a date that were not saved, and why. Those that are still possible stay."""

    state: DayFormState
    error: RequestRejectedError | None


class ColumnView(Struct, frozen=True, kw_only=True):
    """The head of a date's column. ``summary`` says how many slots are open, held and booked.

    ``rebooking`` says how many bookings have to be rebooked, and leads to them; empty if none has.
    ``time_off`` names time off and closures; empty without any.
    """

    date: str
    title: str
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


class SchedulePage(Struct, frozen=True, kw_only=True):
    """The values of the page.

    ``base`` is the prefix of its links; its polls send ``etag`` as ``If-None-Match``. ``hours``
    differ if the slots that can be opened do. ``person`` is who signed in: unsaved ticks are theirs
    alone. ``news`` says what other users changed while this one was editing.
    """

    base: str
    view: str
    path: str
    person: str
    doctor_id: str
    doctor_name: str
    specialty: str
    location: str
    time_zone: str
    hours: str
    date: str
    title: str
    links: links.ScheduleLinks
    columns: tuple[ColumnView, ...]
    selected_column: int
    groups: tuple[RowGroup, ...]
    slots_per_row: int
    versions: tuple[str, ...]
    request_id: str
    message: FlashMessage | None
    news: tuple[str, ...]
    etag: str
    earliest_date: str = local_time.MIN_DATE.isoformat()
    latest_date: str = local_time.MAX_DATE.isoformat()

    @property
    def is_week(self) -> bool:
        return self.view == "week"

    @property
    def is_editable(self) -> bool:
        return any(column.is_editable for column in self.columns)


def build_schedule_page(
    schedule: Schedule,
    *,
    base: str,
    person: str,
    message: FlashMessage | None = None,
    rejected: Mapping[date, RejectedForm] | None = None,
    news: Sequence[str] = (),
) -> SchedulePage:
    """Build the page of a schedule; ``rejected`` are the dates that were not saved."""
    doctor = schedule.doctor
    view = "week" if schedule.is_week else "day"
    columns = [
        _build_column(day, schedule, (rejected or {}).get(day.date)) for day in schedule.days
    ]
    return SchedulePage(
        base=base,
        view=view,
        path=links.view_path(base, view),
        person=person,
        doctor_id=doctor.doctor_id,
        doctor_name=doctor.name,
        specialty=doctor.specialty,
        location=doctor.location,
        time_zone=messages.format_zone(doctor.zone),
        hours=_describe_hours(doctor.grid),
        date=schedule.chosen.isoformat(),
        title=_title(schedule),
        links=links.schedule_links(base, view, doctor.doctor_id, schedule.chosen),
        columns=tuple(
            _build_head(column, day, base, doctor)
            for column, day in zip(columns, schedule.days, strict=True)
        ),
        selected_column=schedule.dates.index(schedule.chosen) + 1,
        groups=schedule_rows.build_groups(doctor.grid, columns),
        slots_per_row=schedule_rows.slots_per_row(doctor.grid),
        versions=tuple(_format_version(day, schedule) for day in schedule.days),
        request_id=uuid4().hex,
        message=message,
        news=tuple(news),
        etag=form_etag(schedule),
    )


def _title(schedule: Schedule) -> str:
    if schedule.is_week:
        return dates.format_range(schedule.dates[0], schedule.dates[-1])
    return dates.format_date(schedule.chosen)


def _format_version(day: Day, schedule: Schedule) -> str:
    return f"{day.date}/{day.version}" if schedule.is_week else str(day.version)


def _build_column(day: Day, schedule: Schedule, rejected: RejectedForm | None) -> Column:
    day_slots = day.grid_slots(schedule.doctor.grid)
    edits = EditedBoxes.of(rejected.state, day_slots) if rejected else EditedBoxes()
    builder = SlotViewBuilder(
        date=day.date,
        zone=schedule.doctor.zone,
        now=schedule.now,
        edits=edits,
        errors=_messages_by_start(rejected.error) if rejected and rejected.error else {},
        is_week=schedule.is_week,
    )
    obsolete = [DaySlot(slot=slot) for slot in edits.obsolete]
    in_order = sorted((*day_slots, *obsolete), key=lambda day_slot: day_slot.slot.start)
    return Column(day.date, [(day_slot.slot, builder.build(day_slot)) for day_slot in in_order])


def _build_head(column: Column, day: Day, base: str, doctor: Doctor) -> ColumnView:
    counts = Counter(slot.status for slot in day.slots.values())
    disrupted = sum(
        slot.is_disrupted and slot.status is SlotStatus.BOOKED for slot in day.slots.values()
    )
    return ColumnView(
        date=day.date.isoformat(),
        title=dates.format_short_date(day.date),
        weekday=dates.short_weekday_name(day.date),
        day_of_month=day.date.day,
        url=links.day_url(base, doctor.doctor_id, day.date),
        strip_url=links.week_url(base, doctor.doctor_id, day.date),
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


def _describe_hours(grid: Grid) -> str:
    return f"{' '.join(map(str, grid.sessions))} {grid.slot_length}"


def _messages_by_start(error: RequestRejectedError) -> dict[datetime, str]:
    return {
        violation.start: translate(violation.message)
        for violation in error.violations
        if not isinstance(violation, FieldViolation) and violation.start is not None
    }
