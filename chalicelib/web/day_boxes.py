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

_OUTSIDE = "Outside today's sessions"
_KINDS = {
    SlotStatus.FREE: "free",
    SlotStatus.HELD: "held",
    SlotStatus.BOOKED: "booked",
    SlotStatus.UNAVAILABLE: "off",
}


class DrawnBox(Struct, frozen=True, kw_only=True):
    """``shown``: stored and free; ``enabled``: she may change it; ``kind``: for the style sheet."""

    value: str
    start: str
    end: str
    state: str
    kind: str
    ticked: bool
    enabled: bool
    shown: bool
    error: str | None


class DrawnSession(Struct, frozen=True, kw_only=True):
    legend: str
    boxes: tuple[DrawnBox, ...]


class Pencil(Struct, frozen=True):
    """Draws them: as she ``left`` those that she touched, with the ``reasons`` against them."""

    seen: DoctorsDay
    left: DrawnTicks | None
    reasons: Mapping[datetime, str]

    def sessions(self, boxes: Iterable[day.Box]) -> Iterable[DrawnSession]:
        """The boxes under the sessions that they begin in, others last."""
        grid, on = self.seen.doctor.grid, self.seen.day.date
        stretches = {_legend(session): grid.stretch(session, on) for session in grid.sessions}
        under: dict[str, list[day.Box]] = {legend: [] for legend in (*stretches, _OUTSIDE)}
        for box in boxes:
            homes = (legend for legend, (a, z) in stretches.items() if a <= box.slot.start < z)
            under[next(homes, _OUTSIDE)].append(box)
        return (self._session(legend, inside) for legend, inside in under.items() if inside)

    def _session(self, legend: str, boxes: Iterable[day.Box]) -> DrawnSession:
        return DrawnSession(legend=legend, boxes=tuple(self._box(box) for box in boxes))

    def _box(self, box: day.Box) -> DrawnBox:
        slot, zone = box.slot, self.seen.doctor.zone
        enabled = box.may_change(self.seen.now)
        shown = slot.status is SlotStatus.FREE
        touched = enabled and self.left is not None and slot.start in self.left.touched
        kind = self._kind(box)
        return DrawnBox(
            value=spell_start(slot.start),
            start=wall_time.clock(slot.start, zone),
            end=wall_time.clock(slot.end, zone),
            state=self._state(box, kind),
            kind=kind,
            ticked=slot.start in self.left.ticked if self.left and touched else shown,
            enabled=enabled,
            shown=shown,
            error=self.reasons.get(slot.start),
        )

    def _kind(self, box: day.Box) -> str:
        if box.slot.is_taken:
            return _KINDS[box.slot.status]
        if box.slot.has_begun(self.seen.now):
            return "past"
        return "blocked" if box.conflicts_with is not None else _KINDS[box.slot.status]

    def _state(self, box: day.Box, kind: str) -> str:
        if kind == "blocked" and box.conflicts_with is not None:
            return f"overlaps {wall_time.called(box.conflicts_with, self.seen.doctor.zone)}"
        if kind == "past" and box.slot.status is SlotStatus.FREE:
            return "past, was free"
        return "not offered" if kind == "off" else kind


def _legend(session: Session) -> str:
    return f"{wall_time.time_of_day(session.begins)}–{wall_time.time_of_day(session.ends)}"
