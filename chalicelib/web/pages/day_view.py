"""View model of the Manage Slots page: the values that its templates render."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.slot import SlotStatus, format_start
from chalicelib.domain.violations import FieldViolation
from chalicelib.web.pages import links, messages
from chalicelib.web.pages.etags import form_etag

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from chalicelib.domain import day
    from chalicelib.domain.errors import RequestRejectedError
    from chalicelib.domain.grid import ClinicSession
    from chalicelib.domain.violations import SlotViolation
    from chalicelib.use_cases.manage_slots import DayWithDoctor
    from chalicelib.web.pages.day_form import DayFormState


_ONE_DAY = timedelta(days=1)
_OUTSIDE_LEGEND = "Outside your current hours"
_CSS_KINDS = {
    SlotStatus.FREE: "free",
    SlotStatus.HELD: "held",
    SlotStatus.BOOKED: "booked",
    SlotStatus.UNAVAILABLE: "off",
}


class FlashMessage(Struct, frozen=True, kw_only=True):
    """``kind`` is success, info or error."""

    text: str
    kind: str


class DayPage(Struct, frozen=True, kw_only=True):
    """The values of the page.

    ``base`` is the prefix of its links; its polls send ``etag`` as ``If-None-Match``. ``news`` says
    what other users changed while this one was editing.
    """

    base: str
    doctor_id: str
    doctor_name: str
    specialty: str
    location: str
    time_zone: str
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
    edited = {start: start in form.checked for start in form.dirty} if form else {}
    builder = SlotViewBuilder(view, edited, _messages_by_start(violations))
    counts = Counter(day_slot.slot.status for day_slot in slots)
    url = partial(links.day_url, base, doctor.doctor_id)
    return DayPage(
        base=base,
        doctor_id=doctor.doctor_id,
        doctor_name=doctor.name,
        specialty=doctor.specialty,
        location=doctor.location,
        time_zone=messages.format_zone(doctor.zone),
        date=date.isoformat(),
        date_title=links.format_date(date),
        previous_url=url(date - _ONE_DAY) if date > local_time.MIN_DATE else None,
        today_url=url(local_time.local_date(view.now, doctor.zone)),
        history_url=links.history_url(base, doctor.doctor_id, date),
        display_name=display_name,
        next_url=url(date + _ONE_DAY) if date < local_time.MAX_DATE else None,
        version=view.day.version,
        request_id=uuid4().hex,
        sessions=tuple(builder.build_sessions(slots)),
        free_count=counts[SlotStatus.FREE],
        booked_count=counts[SlotStatus.BOOKED],
        held_count=counts[SlotStatus.HELD],
        message=message,
        errors=_messages_without_slot(violations, {day_slot.slot.start for day_slot in slots}),
        news=tuple(news),
        etag=form_etag(view),
    )


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


class SlotView(Struct, frozen=True, kw_only=True):
    """One check box. ``is_free`` is the stored status, ``kind`` the CSS class."""

    value: str
    start: str
    end: str
    state: str
    kind: str
    is_checked: bool
    is_editable: bool
    is_free: bool
    error: str | None


class SessionView(Struct, frozen=True, kw_only=True):
    """The check boxes of one clinic session."""

    legend: str
    slots: tuple[SlotView, ...]


class SlotViewBuilder(Struct, frozen=True):
    """Builds the view model of each slot.

    ``edited`` maps the start of each slot that the user edited to whether it is checked. While the
    slot is editable, that takes precedence over the stored status. ``errors`` are the messages of
    violations by start.
    """

    view: DayWithDoctor
    edited: Mapping[datetime, bool]
    errors: Mapping[datetime, str]

    def build_sessions(self, day_slots: Iterable[day.DaySlot]) -> Iterable[SessionView]:
        """Group the slots by the clinic session in which they start; slots outside come last."""
        grid, date = self.view.doctor.grid, self.view.day.date
        intervals = {
            _format_legend(session): grid.session_interval(session, date)
            for session in grid.sessions
        }
        by_legend: dict[str, list[day.DaySlot]] = {
            legend: [] for legend in (*intervals, _OUTSIDE_LEGEND)
        }
        for day_slot in day_slots:
            start = day_slot.slot.start
            legends = (legend for legend, (begin, end) in intervals.items() if begin <= start < end)
            by_legend[next(legends, _OUTSIDE_LEGEND)].append(day_slot)
        return (
            SessionView(legend=legend, slots=tuple(map(self._build_slot, in_session)))
            for legend, in_session in by_legend.items()
            if in_session
        )

    def _build_slot(self, day_slot: day.DaySlot) -> SlotView:
        slot, zone = day_slot.slot, self.view.doctor.zone
        is_editable = day_slot.is_editable(self.view.now)
        is_free = slot.status is SlotStatus.FREE
        kind = self._css_kind(day_slot)
        return SlotView(
            value=format_start(slot.start),
            start=local_time.format_time(slot.start, zone),
            end=local_time.format_time(slot.end, zone),
            state=self._state_label(day_slot, kind),
            kind=kind,
            is_checked=self.edited.get(slot.start, is_free) if is_editable else is_free,
            is_editable=is_editable,
            is_free=is_free,
            error=self.errors.get(slot.start),
        )

    def _css_kind(self, day_slot: day.DaySlot) -> str:
        if day_slot.slot.is_taken:
            return _CSS_KINDS[day_slot.slot.status]
        if day_slot.slot.has_begun(self.view.now):
            return "past"
        return (
            "blocked" if day_slot.conflicts_with is not None else _CSS_KINDS[day_slot.slot.status]
        )

    def _state_label(self, day_slot: day.DaySlot, kind: str) -> str:
        if kind == "blocked" and day_slot.conflicts_with is not None:
            other = local_time.format_range(day_slot.conflicts_with, self.view.doctor.zone)
            return f"Overlaps the {other} slot"
        if kind == "past" and day_slot.slot.status is SlotStatus.FREE:
            return "Past – not booked"
        return {"off": "Closed", "past": "Past"}.get(kind, kind)


def _format_legend(session: ClinicSession) -> str:
    start = local_time.format_time_of_day(session.start)
    return f"{start}–{local_time.format_time_of_day(session.end)}"
