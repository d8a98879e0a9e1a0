"""All slots of one doctor on one local date."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from chalicelib.domain.grid import Grid
    from chalicelib.domain.permissions import Role
    from chalicelib.domain.slot import Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotChanges:
    """What one save does to a day."""

    opened: tuple[Slot, ...]
    closed: tuple[Slot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySlot:
    """A slot of the day as a doctor sees it; ``conflicts_with`` keeps her from ticking it."""

    slot: Slot
    conflicts_with: Slot | None = None

    def is_editable(self, now: datetime) -> bool:
        """Whether she may tick or untick it."""
        return not (
            self.slot.has_begun(now) or self.slot.is_taken or self.conflicts_with is not None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """``version`` counts the doctor's saves, ``revision`` every change; ``slots`` go by start."""

    doctor_id: str
    date: date
    version: int = 0
    revision: int = 0
    slots: Mapping[datetime, Slot] = field(default_factory=dict)

    def as_of(self, now: datetime) -> Day:
        """The day as it stands now: holds that ran out are free."""
        return replace(self, slots={start: slot.as_of(now) for start, slot in self.slots.items()})

    def grid_slots(self, grid: Grid) -> tuple[DaySlot, ...]:
        """Every box of the grid and every stored slot off it, in time order."""
        stored = [DaySlot(slot=slot) for slot in self.slots.values()]
        unticked = [
            DaySlot(slot=box, conflicts_with=self._overlapping_slot(box))
            for box in grid.candidate_slots(self.date)
            if box.start not in self.slots
        ]
        return tuple(sorted(stored + unticked, key=lambda box: box.slot.start))

    def _overlapping_slot(self, candidate: Slot) -> Slot | None:
        return next((slot for slot in self.slots.values() if slot.overlaps(candidate)), None)

    def apply(self, changes: SlotChanges) -> Day:
        """The day that the save makes."""
        closed = {slot.start for slot in changes.closed}
        slots = {start: slot for start, slot in self.slots.items() if start not in closed}
        slots |= {slot.start: slot for slot in changes.opened}
        return replace(self, version=self.version + 1, revision=self.revision + 1, slots=slots)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLogEntry:
    """``request_id`` and ``fingerprint`` tell a request sent again from another one.

    ``version`` is the day's after it; ``by`` is the caller's name, ``role`` as what she did it,
    ``client`` what she used.
    """

    request_id: str
    fingerprint: str
    version: int
    saved_at: datetime
    author: str
    role: Role
    client: str
    changes: SlotChanges
