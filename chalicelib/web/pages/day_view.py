"""View model of the Manage Slots page: the values that its templates render."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.slot import SlotStatus
from chalicelib.domain.violations import FieldViolation
from chalicelib.web.pages import links, messages
from chalicelib.web.pages.etags import form_etag
from chalicelib.web.pages.slot_view import EditedBoxes, SessionView, SlotViewBuilder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from chalicelib.domain.errors import RequestRejectedError
    from chalicelib.domain.grid import Grid
    from chalicelib.domain.violations import SlotViolation
    from chalicelib.use_cases.manage_slots import DayWithDoctor
    from chalicelib.web.pages.day_form import DayFormState


_ONE_DAY = timedelta(days=1)


class FlashMessage(Struct, frozen=True, kw_only=True):
    """``kind`` is success, info or error."""

    text: str
    kind: str


class DayPage(Struct, frozen=True, kw_only=True):
    """The values of the page.

    ``base`` is the prefix of its links; its polls send ``etag`` as ``If-None-Match``. ``hours``
    differ if the slots that can be opened do. ``news`` says what other users changed while this one
    was editing.
    """

    base: str
    doctor_id: str
    doctor_name: str
    specialty: str
    location: str
    time_zone: str
    hours: str
    date: str
    date_title: str
    previous_url: str | None
    today_url: str
    history_url: str
    display_name: str | None
    next_url: str | None
    earliest_date: str = local_time.MIN_DATE.isoformat()
    latest_date: str = local_time.MAX_DATE.isoformat()
    version: int
    request_id: str
    sessions: tuple[SessionView, ...]
    free_count: int
    booked_count: int
    held_count: int
    message: FlashMessage | None
    errors: tuple[str, ...]
    news: tuple[str, ...]
    etag: str


def build_day_page(
    view: DayWithDoctor,
    *,
    base: str,
    display_name: str | None = None,
    message: FlashMessage | None = None,
    form: DayFormState | None = None,
    error: RequestRejectedError | None = None,
    news: Sequence[str] = (),
) -> DayPage:
    """Build the page of a day.

    ``form`` is the form that the user edited: edits that are still possible stay, and everything
    else shows the stored state. ``error`` is why the save was rejected.
    """
    doctor, date, slots = view.doctor, view.day.date, view.day.grid_slots(view.doctor.grid)
    violations = error.violations if error else ()
    edits = EditedBoxes.of(form, slots) if form else EditedBoxes()
    builder = SlotViewBuilder(view, edits, _messages_by_start(violations))
    starts = {slot.start for slot in (*(s.slot for s in slots), *edits.obsolete)}
    counts = Counter(day_slot.slot.status for day_slot in slots)
    return DayPage(
        base=base,
        doctor_id=doctor.doctor_id,
        doctor_name=doctor.name,
        specialty=doctor.specialty,
        location=doctor.location,
        time_zone=messages.format_zone(doctor.zone),
        hours=_describe_hours(doctor.grid),
        date=date.isoformat(),
        date_title=links.format_date(date),
        **_urls(base, doctor.doctor_id, date),
        display_name=display_name,
        version=view.day.version,
        request_id=uuid4().hex,
        sessions=tuple(builder.build_sessions(slots)),
        free_count=counts[SlotStatus.FREE],
        booked_count=counts[SlotStatus.BOOKED],
        held_count=counts[SlotStatus.HELD],
        message=message,
        errors=_messages_without_slot(violations, starts),
        news=tuple(news),
        etag=form_etag(view),
    )


def _urls(base: str, doctor_id: str, date: date) -> dict[str, Any]:
    url = partial(links.day_url, base, doctor_id)
    return {
        "previous_url": url(date - _ONE_DAY) if date > local_time.MIN_DATE else None,
        "today_url": links.today_url(base, doctor_id),
        "history_url": links.history_url(base, doctor_id, date),
        "next_url": url(date + _ONE_DAY) if date < local_time.MAX_DATE else None,
    }


def _describe_hours(grid: Grid) -> str:
    return f"{' '.join(map(str, grid.sessions))} {grid.slot_length}"


def _messages_by_start(
    violations: Sequence[SlotViolation | FieldViolation],
) -> dict[datetime, str]:
    return {
        violation.start: violation.message
        for violation in violations
        if not isinstance(violation, FieldViolation) and violation.start is not None
    }


def _messages_without_slot(
    violations: Sequence[SlotViolation | FieldViolation], starts: set[datetime]
) -> tuple[str, ...]:
    """Return the messages that the page cannot show at one of its slots."""
    return tuple(
        violation.message
        for violation in violations
        if isinstance(violation, FieldViolation) or violation.start not in starts
    )
