"""View models of the check boxes of a day, by clinic session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.day import DaySlot
from chalicelib.domain.slot import Slot, SlotStatus
from chalicelib.web.pages.boxes import Box

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from chalicelib.domain.grid import ClinicSession
    from chalicelib.use_cases.manage_slots import DayWithDoctor
    from chalicelib.web.pages.day_form import DayFormState

_OUTSIDE_LEGEND = "Outside your current hours"
_CSS_KINDS = {
    SlotStatus.FREE: "free",
    SlotStatus.HELD: "held",
    SlotStatus.BOOKED: "booked",
    SlotStatus.UNAVAILABLE: "off",
}


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


class EditedBoxes(Struct, frozen=True):
    """What the user edited: whether each box is checked.

    ``obsolete`` are the slots that they checked and that the day no longer has, because the
    doctor's settings have changed. The page shows their boxes again, so that no edit is lost.
    """

    is_checked: Mapping[Box, bool] = {}
    obsolete: tuple[Slot, ...] = ()

    @classmethod
    def of(cls, form: DayFormState, day_slots: Sequence[DaySlot]) -> EditedBoxes:
        """Find the edits of a form in the slots of the day as it is now."""
        ends = {day_slot.slot.start: day_slot.slot.end for day_slot in day_slots}
        stored = {s.slot.start for s in day_slots if s.slot.status is not SlotStatus.UNAVAILABLE}
        is_checked = {
            Box(box.start, box.end or ends.get(box.start)): box in form.checked
            for box in form.dirty
        }
        obsolete = [
            Slot(start=start, end=end, status=SlotStatus.UNAVAILABLE)
            for (start, end), checked in is_checked.items()
            if checked and end is not None and start not in stored and ends.get(start) != end
        ]
        return cls(is_checked, tuple(sorted(obsolete, key=lambda slot: slot.start)))


class SlotViewBuilder(Struct, frozen=True):
    """Builds the view model of each slot.

    While a slot is editable, the user's edit takes precedence over the stored status. ``errors``
    are the messages of violations by start.
    """

    view: DayWithDoctor
    edits: EditedBoxes
    errors: Mapping[datetime, str]

    def build_sessions(self, day_slots: Iterable[DaySlot]) -> Iterable[SessionView]:
        """Group the slots by the clinic session in which they start; slots outside come last."""
        grid, date = self.view.doctor.grid, self.view.day.date
        intervals = {
            _format_legend(session): grid.session_interval(session, date)
            for session in grid.sessions_on(date)
        }
        by_legend: dict[str, list[DaySlot]] = {
            legend: [] for legend in (*intervals, _OUTSIDE_LEGEND)
        }
        for day_slot in day_slots:
            start = day_slot.slot.start
            legends = (legend for legend, (begin, end) in intervals.items() if begin <= start < end)
            by_legend[next(legends, _OUTSIDE_LEGEND)].append(day_slot)
        by_legend[_OUTSIDE_LEGEND] += [DaySlot(slot=slot) for slot in self.edits.obsolete]
        return (
            SessionView(legend=legend, slots=tuple(map(self._build_slot, in_session)))
            for legend, in_session in by_legend.items()
            if in_session
        )

    def _build_slot(self, day_slot: DaySlot) -> SlotView:
        slot, zone, box = day_slot.slot, self.view.doctor.zone, Box.for_slot(day_slot.slot)
        is_editable = day_slot.is_editable(self.view.now)
        is_free = slot.status is SlotStatus.FREE
        kind = self._css_kind(day_slot)
        return SlotView(
            value=str(box),
            start=local_time.format_time(slot.start, zone),
            end=local_time.format_time(slot.end, zone),
            state=self._state_label(day_slot, kind),
            kind=kind,
            is_checked=self.edits.is_checked.get(box, is_free) if is_editable else is_free,
            is_editable=is_editable,
            is_free=is_free,
            error=self._error_of(slot),
        )

    def _error_of(self, slot: Slot) -> str | None:
        """The message of the slot; that of an obsolete slot is not of the new one at its start."""
        is_replaced = any(slot.start == old.start for old in self.edits.obsolete)
        is_other = is_replaced and slot not in self.edits.obsolete
        return None if is_other else self.errors.get(slot.start)

    def _css_kind(self, day_slot: DaySlot) -> str:
        if day_slot.slot.is_taken:
            return _CSS_KINDS[day_slot.slot.status]
        if day_slot.slot.has_begun(self.view.now):
            return "past"
        return (
            "blocked" if day_slot.conflicts_with is not None else _CSS_KINDS[day_slot.slot.status]
        )

    def _state_label(self, day_slot: DaySlot, kind: str) -> str:
        if kind == "blocked" and day_slot.conflicts_with is not None:
            other = local_time.format_range(day_slot.conflicts_with, self.view.doctor.zone)
            return f"Overlaps the {other} slot"
        if day_slot.slot in self.edits.obsolete:
            return "No longer available"
        if kind == "past" and day_slot.slot.status is SlotStatus.FREE:
            return "Past – not booked"
        return {"off": "Closed", "past": "Past"}.get(kind, kind)


def _format_legend(session: ClinicSession) -> str:
    start = local_time.format_time_of_day(session.start)
    return f"{start}–{local_time.format_time_of_day(session.end)}"
