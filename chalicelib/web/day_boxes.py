"""The boxes of a day as its doctor sees them, under the sessions that they begin in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import wall_time
from chalicelib.domain.slot import SlotStatus
from chalicelib.domain.slot_id import format_start

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from chalicelib.domain import day
    from chalicelib.domain.grid import ClinicSession
    from chalicelib.domain.ticks import DayFormState
    from chalicelib.use_cases.manage_slots import DayView

_OUTSIDE_LEGEND = "Outside today's sessions"
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
            start=wall_time.format_time(slot.start, zone),
            end=wall_time.format_time(slot.end, zone),
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
            return (
                f"overlaps {wall_time.format_range(day_slot.conflicts_with, self.view.doctor.zone)}"
            )
        if kind == "past" and day_slot.slot.status is SlotStatus.FREE:
            return "past, was free"
        return "not offered" if kind == "off" else kind


def _format_legend(session: ClinicSession) -> str:
    return (
        f"{wall_time.format_time_of_day(session.start)}–{wall_time.format_time_of_day(session.end)}"
    )
