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
    from zoneinfo import ZoneInfo

    from chalicelib.domain import day
    from chalicelib.domain.errors import RequestRejectedError
    from chalicelib.domain.grid import ClinicSession
    from chalicelib.use_cases.manage_slots import DayView
    from chalicelib.web.pages.day_form import DayFormState


class FlashMessage(Struct, frozen=True, kw_only=True):
    """``kind`` is success, info or error."""

    text: str
    kind: str


class DayPage(Struct, frozen=True, kw_only=True):
    """The values of the page.

    ``base`` is the prefix of its links; ``etag`` is what its polls send as ``If-None-Match``.
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
    view: DayView,
    *,
    base: str,
    display_name: str | None = None,
    message: FlashMessage | None = None,
    form: DayFormState | None = None,
    error: RequestRejectedError | None = None,
    news: Sequence[str] = (),
) -> DayPage:
    """Build the page of a day.

    ``form`` is the form as the doctor left it: their edits stay where they are still possible,
    everything else follows the store. ``error`` is why their save was rejected.
    """
    doctor, current, slots = view.doctor, view.day.date, view.day.grid_slots(view.doctor.grid)
    edited = {start: start in form.checked for start in form.dirty} if form else {}
    builder = SlotViewBuilder(view, edited, _violation_by_start(error))
    count = Counter(day_slot.slot.status for day_slot in slots)
    url = partial(links.day_url, base, doctor.doctor_id)
    return DayPage(
        base=base,
        doctor_id=doctor.doctor_id,
        doctor_name=doctor.name,
        specialty=doctor.specialty,
        location=doctor.location,
        time_zone=messages.format_zone(doctor.zone),
        date=current.isoformat(),
        date_title=links.format_date(current),
        previous_url=url(current - _ONE_DAY) if current > local_time.MIN_DATE else None,
        today_url=url(local_time.local_date(view.now, doctor.zone)),
        history_url=links.history_url(base, doctor.doctor_id, current),
        display_name=display_name,
        next_url=url(current + _ONE_DAY) if current < local_time.MAX_DATE else None,
        version=view.day.version,
        request_id=uuid4().hex,
        sessions=tuple(builder.build_sessions(slots)),
        free_count=count[SlotStatus.FREE],
        booked_count=count[SlotStatus.BOOKED],
        held_count=count[SlotStatus.HELD],
        message=message,
        errors=_violations_without_slot(error, {day_slot.slot.start for day_slot in slots}),
        news=tuple(news),
        etag=form_etag(view),
    )


def changes_since_render(
    previous: day.Day, form: DayFormState, rendered_version: int, zone: ZoneInfo
) -> tuple[str, ...]:
    """Say what others changed since the page was rendered, except what the user changed too."""
    if previous.version == rendered_version:
        return ()
    free = {start for start, slot in previous.slots.items() if slot.status is SlotStatus.FREE}
    gone = form.initial - free - form.dirty
    opened, closed, taken = (
        messages.list_times([local_time.format_time(start, zone) for start in sorted(starts)])
        for starts in (
            free - form.initial - form.dirty,
            gone - previous.slots.keys(),
            gone & previous.slots.keys(),
        )
    )
    sentences = {
        f"Someone else opened {opened} while you were editing": opened,
        f"Someone else closed {closed} while you were editing": closed,
        f"No longer free: {taken}": taken,
    }
    return tuple(sentence for sentence, times in sentences.items() if times)


_ONE_DAY = timedelta(days=1)


def _violation_by_start(error: RequestRejectedError | None) -> dict[datetime, str]:
    violations = error.violations if error else ()
    return {
        violation.start: violation.message
        for violation in violations
        if not isinstance(violation, FieldViolation) and violation.start is not None
    }


def _violations_without_slot(
    error: RequestRejectedError | None, starts: set[datetime]
) -> tuple[str, ...]:
    """The details that cannot be shown at a slot of the page."""
    violations = error.violations if error else ()
    return tuple(
        violation.message
        for violation in violations
        if isinstance(violation, FieldViolation) or violation.start not in starts
    )


_OUTSIDE_LEGEND = "Outside your current hours"
_CSS_KINDS = {
    SlotStatus.FREE: "free",
    SlotStatus.HELD: "held",
    SlotStatus.BOOKED: "booked",
    SlotStatus.UNAVAILABLE: "off",
}


class SlotView(Struct, frozen=True, kw_only=True):
    """One check box. ``is_free``: stored and free; ``kind``: its style in the style sheet."""

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

    ``edited`` has whether each slot is checked that the user edited: while it is editable, that
    takes precedence over the store. ``violations`` are shown at their slots.
    """

    view: DayView
    edited: Mapping[datetime, bool]
    violations: Mapping[datetime, str]

    def build_sessions(self, day_slots: Iterable[day.DaySlot]) -> Iterable[SessionView]:
        """The slots by the session that they start in; those outside of all sessions last."""
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
            legends = (legend for legend, (a, z) in intervals.items() if a <= start < z)
            by_legend[next(legends, _OUTSIDE_LEGEND)].append(day_slot)
        return (self._build_session(*item) for item in by_legend.items() if item[1])

    def _build_session(self, legend: str, day_slots: Iterable[day.DaySlot]) -> SessionView:
        return SessionView(legend=legend, slots=tuple(map(self._build_slot, day_slots)))

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
            error=self.violations.get(slot.start),
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
