"""View model of the schedule pages, of one day or several: the values that templates render."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from uuid import uuid4

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.day import DaySlot
from chalicelib.domain.violations import FieldViolation
from chalicelib.web import dates
from chalicelib.web.pages import links, messages, schedule_rows
from chalicelib.web.pages.column_heads import ColumnView, build_heads
from chalicelib.web.pages.etags import form_etag
from chalicelib.web.pages.schedule import day_key
from chalicelib.web.pages.schedule_rows import Column, RowGroup
from chalicelib.web.pages.slot_view import EditedBoxes, SlotViewBuilder
from chalicelib.web.texts import translate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from chalicelib.domain.day import Day
    from chalicelib.domain.errors import RequestRejectedError
    from chalicelib.storage.day_repository import DayKey
    from chalicelib.use_cases.save_days import DayWithDoctor
    from chalicelib.web.pages.day_form import DayFormState
    from chalicelib.web.pages.practice_view import PracticeLinks, PracticeView
    from chalicelib.web.pages.schedule import Schedule


class FlashMessage(Struct, frozen=True, kw_only=True):
    """``kind`` is success, info or error; ``undo`` has the ids of the changes to undo."""

    text: str
    kind: str
    undo: tuple[str, ...] = ()


class RejectedForm(Struct, frozen=True, kw_only=True):
    """The edits of a day that were not saved, and why. Those that are still possible stay."""

    state: DayFormState
    error: RequestRejectedError | None


class DoctorView(Struct, frozen=True, kw_only=True):
    """The doctor of a day or week, and links from it.

    ``location`` is empty if ``time_zone`` names it, as ``London time`` does.
    """

    doctor_id: str
    name: str
    specialty: str
    location: str
    time_zone: str
    links: links.ScheduleLinks


class SchedulePage(Struct, frozen=True, kw_only=True):
    """The values of the page.

    ``base`` is the prefix of its links, ``action`` the URL of its form, and ``day_path`` that of a
    day with unsaved ticks; its polls send ``etag`` as ``If-None-Match``. ``hours`` differ if the
    slots that can be opened do. ``person`` is who signed in: unsaved ticks are theirs alone.
    ``news`` says what other users changed while this one was editing. A page has a ``doctor`` or
    is of a ``practice``.
    """

    base: str
    view: str
    action: str
    poll_url: str
    day_path: str
    person: str
    hours: str
    date: str
    title: str
    doctor: DoctorView | None
    practice: PracticeView | None
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
    def has_columns(self) -> bool:
        """Whether the table has a column for each of several days."""
        return self.view != "day"

    @property
    def links(self) -> links.ScheduleLinks | PracticeLinks:
        if self.practice:
            return self.practice.links
        assert self.doctor  # noqa: S101  a schedule has one of both  # nosec B101
        return self.doctor.links

    @property
    def first_box(self) -> str | None:
        """The value of the first box that can be changed."""
        rows = (row for group in self.groups for row in group.rows)
        boxes = (box for row in rows for cell in row.cells for box in cell)
        return next((box.value for box in boxes if box.is_editable), None)

    @property
    def is_editable(self) -> bool:
        return any(column.is_editable for column in self.columns)


def build_schedule_page(
    schedule: Schedule,
    *,
    base: str,
    person: str,
    message: FlashMessage | None = None,
    rejected: Mapping[DayKey, RejectedForm] | None = None,
    news: Sequence[str] = (),
    practice: PracticeView | None = None,
) -> SchedulePage:
    """Build the page of a schedule; ``rejected`` are the days that were not saved."""
    doctor = None if practice else _build_doctor(schedule, base)
    columns = [
        _build_column(view, schedule, (rejected or {}).get(day_key(view.day)))
        for view in schedule.columns
    ]
    action = practice.links.action if practice else links.view_path(base, schedule.view)
    return SchedulePage(
        base=base,
        view=schedule.view,
        action=action,
        poll_url=(practice or _build_doctor(schedule, base)).links.poll,
        day_path=links.view_path(base, "week" if schedule.view == "week" else "day"),
        person=person,
        doctor=doctor,
        practice=practice,
        hours=_describe_hours(schedule),
        date=schedule.chosen.isoformat(),
        title=_title(schedule),
        columns=tuple(build_heads(columns, schedule, base)),
        selected_column=schedule.selected_column,
        groups=schedule_rows.build_groups(columns, by_part_of_day=practice is not None),
        slots_per_row=schedule_rows.slots_per_row([column.grid for column in columns]),
        versions=tuple(_format_version(view.day, schedule) for view in schedule.columns),
        request_id=uuid4().hex,
        message=message,
        news=tuple(news),
        etag=form_etag(schedule),
    )


def _build_doctor(schedule: Schedule, base: str) -> DoctorView:
    doctor = schedule.doctor
    is_named = doctor.location.casefold() == messages.zone_city(doctor.zone).casefold()
    return DoctorView(
        doctor_id=doctor.doctor_id,
        name=doctor.name,
        specialty=doctor.specialty,
        location="" if is_named else doctor.location,
        time_zone=messages.format_zone(doctor.zone),
        links=links.schedule_links(base, schedule.view, doctor.doctor_id, schedule.chosen),
    )


def _title(schedule: Schedule) -> str:
    if schedule.view == "week":
        return dates.format_range(schedule.dates[0], schedule.dates[-1])
    return dates.format_date(schedule.chosen)


def _format_version(day: Day, schedule: Schedule) -> str:
    key = schedule.key_in_form(day)
    return f"{key}/{day.version}" if key else str(day.version)


def _build_column(view: DayWithDoctor, schedule: Schedule, rejected: RejectedForm | None) -> Column:
    grid = view.doctor.grid
    day_slots = view.day.grid_slots(grid)
    edits = EditedBoxes.of(rejected.state, day_slots) if rejected else EditedBoxes()
    builder = SlotViewBuilder(
        zone=grid.zone,
        now=schedule.now,
        edits=edits,
        errors=_messages_by_start(rejected.error) if rejected and rejected.error else {},
        key=schedule.key_in_form(view.day),
        name=schedule.name_of(view),
    )
    obsolete = [DaySlot(slot=slot) for slot in edits.obsolete]
    in_order = sorted((*day_slots, *obsolete), key=lambda day_slot: day_slot.slot.start)
    slots = [(day_slot.slot, builder.build(day_slot)) for day_slot in in_order]
    return Column(view.day.date, grid, slots)


def _describe_hours(schedule: Schedule) -> str:
    """A text that differs if the hours of a doctor do."""
    grids = {view.doctor.doctor_id: view.doctor.grid for view in schedule.columns}.values()
    texts = [f"{' '.join(map(str, grid.sessions))} {grid.slot_length}" for grid in grids]
    return hashlib.blake2b(repr(texts).encode(), digest_size=6).hexdigest()


def _messages_by_start(error: RequestRejectedError) -> dict[datetime, str]:
    return {
        violation.start: translate(violation.message)
        for violation in error.violations
        if not isinstance(violation, FieldViolation) and violation.start is not None
    }
