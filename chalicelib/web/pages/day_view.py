"""What the Manage Slots page shows of a day: the values that its templates are given."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from msgspec import Struct, structs

from chalicelib.domain import local_time
from chalicelib.domain.slot import SlotStatus, format_start
from chalicelib.domain.violations import FieldViolation
from chalicelib.web.http.responses import etag
from chalicelib.web.pages import links, messages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime
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
    """Everything that the page says; ``base`` is the prefix of its links."""

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
    earliest_date: str
    latest_date: str
    version: int
    request_id: str
    sessions: tuple[SessionView, ...]
    free_count: int
    booked_count: int
    held_count: int
    message: FlashMessage | None
    errors: tuple[str, ...]
    news: tuple[str, ...]

    @property
    def etag(self) -> str:
        """Of the boxes as the store has them, whatever is said of them or left unsaved."""
        stored = [
            (
                session.legend,
                [structs.replace(box, is_checked=box.is_free, error=None) for box in session.slots],
            )
            for session in self.sessions
        ]
        return etag(self.version, stored)


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
    """The page of a day.

    ``left`` is the form as the doctor left it: boxes that she touched stay so where they still can,
    all others follow the store. ``refused`` is why her save was not done.
    """
    doctor, on = view.doctor, view.day.date
    boxes = view.day.grid_slots(doctor.grid)
    pencil = SlotViewBuilder(view, form, _violation_by_start(error))
    statuses = [box.slot.status for box in boxes]

    def url(to: date) -> str:
        return links.day_url(base, doctor.doctor_id, to)

    return DayPage(
        base=base,
        doctor_id=doctor.doctor_id,
        doctor_name=doctor.name,
        specialty=doctor.specialty,
        location=doctor.location,
        time_zone=messages.format_zone(doctor.zone),
        date=on.isoformat(),
        date_title=links.format_date(on),
        previous_url=url(on - _ONE_DAY) if on > local_time.MIN_DATE else None,
        today_url=url(local_time.local_date(view.now, doctor.zone)),
        history_url=links.history_url(base, doctor.doctor_id, on),
        display_name=display_name,
        next_url=url(on + _ONE_DAY) if on < local_time.MAX_DATE else None,
        earliest_date=local_time.MIN_DATE.isoformat(),
        latest_date=local_time.MAX_DATE.isoformat(),
        version=view.day.version,
        request_id=uuid4().hex,
        sessions=tuple(pencil.build_sessions(boxes)),
        free_count=statuses.count(SlotStatus.FREE),
        booked_count=statuses.count(SlotStatus.BOOKED),
        held_count=statuses.count(SlotStatus.HELD),
        message=message,
        errors=_violations_without_slot(error, {box.slot.start for box in boxes}),
        news=tuple(news),
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
    faults = error.violations if error else ()
    return {
        fault.start: fault.message
        for fault in faults
        if not isinstance(fault, FieldViolation) and not isinstance(fault.start, str)
    }


def _violations_without_slot(
    error: RequestRejectedError | None, starts: set[datetime]
) -> tuple[str, ...]:
    """The reasons that no box of the page can show."""
    faults = error.violations if error else ()
    return tuple(
        fault.message
        for fault in faults
        if isinstance(fault, FieldViolation) or fault.start not in starts
    )


_OUTSIDE_LEGEND = "Outside your current hours"
_CSS_KINDS = {
    SlotStatus.FREE: "free",
    SlotStatus.HELD: "held",
    SlotStatus.BOOKED: "booked",
    SlotStatus.UNAVAILABLE: "off",
}


class SlotView(Struct, frozen=True, kw_only=True):
    """``shown``: stored and free; ``enabled``: she may change it; ``kind``: for the style sheet."""

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
    legend: str
    slots: tuple[SlotView, ...]


class SlotViewBuilder(Struct, frozen=True):
    """Draws them: as she ``left`` those that she touched, with the ``reasons`` against them."""

    view: DayView
    form: DayFormState | None
    violations: Mapping[datetime, str]

    def build_sessions(self, day_slots: Iterable[day.DaySlot]) -> Iterable[SessionView]:
        """The boxes under the sessions that they begin in, others last."""
        grid, on = self.view.doctor.grid, self.view.day.date
        stretches = {
            _format_legend(session): grid.session_interval(session, on) for session in grid.sessions
        }
        under: dict[str, list[day.DaySlot]] = {
            legend: [] for legend in (*stretches, _OUTSIDE_LEGEND)
        }
        for box in day_slots:
            homes = (legend for legend, (a, z) in stretches.items() if a <= box.slot.start < z)
            under[next(homes, _OUTSIDE_LEGEND)].append(box)
        return (self._build_session(legend, inside) for legend, inside in under.items() if inside)

    def _build_session(self, legend: str, day_slots: Iterable[day.DaySlot]) -> SessionView:
        return SessionView(legend=legend, slots=tuple(self._build_slot(box) for box in day_slots))

    def _build_slot(self, day_slot: day.DaySlot) -> SlotView:
        slot, zone = day_slot.slot, self.view.doctor.zone
        enabled = day_slot.is_editable(self.view.now)
        shown = slot.status is SlotStatus.FREE
        touched = enabled and self.form is not None and slot.start in self.form.dirty
        kind = self._css_kind(day_slot)
        return SlotView(
            value=format_start(slot.start),
            start=local_time.format_time(slot.start, zone),
            end=local_time.format_time(slot.end, zone),
            state=self._state_label(day_slot, kind),
            kind=kind,
            is_checked=slot.start in self.form.checked if self.form and touched else shown,
            is_editable=enabled,
            is_free=shown,
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
