"""The boxes of a day as its doctor sees them, under the sessions that they begin in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import wall_time
from chalicelib.domain.slot import SlotStatus
from chalicelib.domain.slot_id import spell_start

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from chalicelib.domain import day
    from chalicelib.domain.grid import Session
    from chalicelib.domain.ticks import DrawnTicks
    from chalicelib.use_cases.manage_slots import DoctorsDay

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

    view: DoctorsDay
    form: DrawnTicks | None
    violations: Mapping[datetime, str]

    def build_sessions(self, day_slots: Iterable[day.Box]) -> Iterable[SessionView]:
        """The boxes under the sessions that they begin in, others last."""
        grid, on = self.view.doctor.grid, self.view.day.date
        stretches = {
            _format_legend(session): grid.stretch(session, on) for session in grid.sessions
        }
        under: dict[str, list[day.Box]] = {legend: [] for legend in (*stretches, _OUTSIDE_LEGEND)}
        for box in day_slots:
            homes = (legend for legend, (a, z) in stretches.items() if a <= box.slot.start < z)
            under[next(homes, _OUTSIDE_LEGEND)].append(box)
        return (self._build_session(legend, inside) for legend, inside in under.items() if inside)

    def _build_session(self, legend: str, day_slots: Iterable[day.Box]) -> SessionView:
        return SessionView(legend=legend, slots=tuple(self._build_slot(box) for box in day_slots))

    def _build_slot(self, day_slot: day.Box) -> SlotView:
        slot, zone = day_slot.slot, self.view.doctor.zone
        enabled = day_slot.may_change(self.view.now)
        shown = slot.status is SlotStatus.FREE
        touched = enabled and self.form is not None and slot.start in self.form.touched
        kind = self._css_kind(day_slot)
        return SlotView(
            value=spell_start(slot.start),
            start=wall_time.clock(slot.start, zone),
            end=wall_time.clock(slot.end, zone),
            state=self._state_label(day_slot, kind),
            kind=kind,
            is_checked=slot.start in self.form.ticked if self.form and touched else shown,
            is_editable=enabled,
            is_free=shown,
            error=self.violations.get(slot.start),
        )

    def _css_kind(self, day_slot: day.Box) -> str:
        if day_slot.slot.is_taken:
            return _CSS_KINDS[day_slot.slot.status]
        if day_slot.slot.has_begun(self.view.now):
            return "past"
        return (
            "blocked" if day_slot.conflicts_with is not None else _CSS_KINDS[day_slot.slot.status]
        )

    def _state_label(self, day_slot: day.Box, kind: str) -> str:
        if kind == "blocked" and day_slot.conflicts_with is not None:
            return f"overlaps {wall_time.called(day_slot.conflicts_with, self.view.doctor.zone)}"
        if kind == "past" and day_slot.slot.status is SlotStatus.FREE:
            return "past, was free"
        return "not offered" if kind == "off" else kind


def _format_legend(session: Session) -> str:
    return f"{wall_time.time_of_day(session.begins)}–{wall_time.time_of_day(session.ends)}"
