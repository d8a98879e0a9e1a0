"""All slots of one doctor on one local date."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain.errors import UnreadableItemError
from chalicelib.domain.slot import SlotStatus

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date, datetime

    from chalicelib.domain.disruptions import RebookedSlot
    from chalicelib.domain.grid import Grid
    from chalicelib.domain.slot import Slot
    from chalicelib.domain.time_off import BlockedStretch


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotChanges:
    """The slots that one save opens and closes."""

    opened: tuple[Slot, ...]
    closed: tuple[Slot, ...]


class KeptReason(StrEnum):
    """Why a plan or an undo leaves a slot or a grid slot unchanged."""

    BOOKED = "booked"
    HELD = "held"
    OPENED_BY_HAND = "opened_by_hand"
    CLOSED_BY_HAND = "closed_by_hand"
    OVERLAPS = "overlaps"
    PAST = "past"
    TIME_OFF = "time_off"
    CLOSURE = "closure"


BLOCKED_REASONS = (KeptReason.TIME_OFF, KeptReason.CLOSURE)


@dataclass(frozen=True, slots=True)
class KeptSlot:
    """A slot that a plan or an undo neither opens nor closes, and why."""

    slot: Slot
    reason: KeptReason


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedChanges(SlotChanges):
    """Changes that a day allows, and the day that they make of it.

    ``kept`` is what a plan or an undo leaves alone, in time order. ``series_versions`` are those
    of the day afterwards; None keeps them. ``blocks`` is the stretch that time off sets,
    ``unblocks`` the one that it lifts.

    ``marked`` are bookings and holds to mark as disrupted for the ``reason``, ``lifted`` those that
    lose their mark (see ``disruptions``). ``day_after`` is without these marks, the save adds them.
    """

    day_after: Day
    kept: tuple[KeptSlot, ...] = ()
    series_versions: Mapping[str, int] | None = None
    marked: tuple[Slot, ...] = ()
    lifted: tuple[Slot, ...] = ()
    reason: str | None = None
    blocks: BlockedStretch | None = None
    unblocks: BlockedStretch | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySlot:
    """A slot as the doctor's side sees it, stored or not.

    ``conflicts_with`` is a stored slot that overlaps it: until that one is closed, this one cannot
    be opened. Nor can it while it is ``blocked_by`` time off or a closure.
    """

    slot: Slot
    conflicts_with: Slot | None = None
    blocked_by: BlockedStretch | None = None

    def is_editable(self, now: datetime) -> bool:
        """Whether a doctor may open or close it."""
        return not (
            self.slot.has_begun(now)
            or self.slot.is_taken
            or self.conflicts_with is not None
            or self.blocked_by is not None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The slots of one doctor on one local date.

    ``version`` counts the saves, ``revision`` every change; ``slots`` has them by start.

    ``changed_at`` is the instant of the last save in the audit log; None if it is not known.
    ``is_incomplete`` if a slot is stored in a form that cannot be read: slots could overlap it.
    ``adjacent`` has the slots of the dates before and after, if they were read for a save.
    ``series_versions`` says which version of which series a plan has applied to the date.
    ``rebooked`` are the slots of disrupted bookings that have moved or ended.
    ``blocked`` has the stretches of time off and closures, in the order in which they were set.
    """

    doctor_id: str
    date: date
    version: int = 0
    revision: int = 0
    changed_at: datetime | None = None
    slots: Mapping[datetime, Slot] = field(default_factory=dict)
    is_incomplete: bool = False
    adjacent: tuple[Slot, ...] = ()
    series_versions: Mapping[str, int] = field(default_factory=dict)
    rebooked: tuple[RebookedSlot, ...] = ()
    blocked: tuple[BlockedStretch, ...] = ()

    def with_adjacent(self, days: Collection[Day]) -> Day:
        """The day with the slots of the dates beside it.

        Raises ``UnreadableItemError`` if one of those cannot be read.
        """
        for day in days:
            day.require_complete()
        return replace(self, adjacent=tuple(slot for day in days for slot in day.slots.values()))

    def require_complete(self) -> None:
        """Raise ``UnreadableItemError`` if a slot of the day cannot be read."""
        if self.is_incomplete:
            raise UnreadableItemError

    def as_of(self, now: datetime) -> Day:
        """The day at that instant: holds that have lapsed are free, unless a stretch is blocked."""
        day = replace(self, slots={start: slot.as_of(now) for start, slot in self.slots.items()})
        return day.with_blocked(self.blocked) if self.blocked else day

    def with_blocked(self, blocked: tuple[BlockedStretch, ...]) -> Day:
        """The day with these stretches: what is free in them is closed, with its slot still there.

        Such slots were booked or held when time off was taken. They are free again without it.
        """
        slots = {
            start: _as_blocked(slot, is_blocked=any(each.covers(slot) for each in blocked))
            for start, slot in self.slots.items()
        }
        return replace(self, slots=slots, blocked=blocked)

    def grid_slots(self, grid: Grid) -> tuple[DaySlot, ...]:
        """Every slot of the grid and every stored slot off it, in time order."""
        stored = sorted(self.slots.values(), key=lambda slot: slot.start)
        day_slots = [
            DaySlot(slot=slot, blocked_by=self.find_blocking_free(slot)) for slot in stored
        ]
        day_slots += [
            DaySlot(
                slot=candidate,
                conflicts_with=_first_overlapping(stored, candidate),
                blocked_by=self.find_blocking(candidate),
            )
            for candidate in grid.candidate_slots(self.date)
            if candidate.start not in self.slots
        ]
        return tuple(sorted(day_slots, key=lambda day_slot: day_slot.slot.start))

    def find_blocking(self, slot: Slot) -> BlockedStretch | None:
        """Return the first stretch that keeps the slot from being opened, or None."""
        return next((stretch for stretch in self.blocked if stretch.covers(slot)), None)

    def find_blocking_free(self, slot: Slot) -> BlockedStretch | None:
        """Return the first stretch that closes a slot which would be free, or None."""
        return self.find_blocking(slot) if slot.status is SlotStatus.UNAVAILABLE else None

    def clock_state(self, grid: Grid, now: datetime) -> tuple[int, int]:
        """How many slots have begun, and how many are held.

        Time alone changes these two numbers, every other change makes a new revision: with the
        grid and the revision they determine the state of each slot. For a day ``as_of(now)``.
        """
        stored = self.slots.values()
        begun = sum(slot.start <= now for slot in (*grid.candidate_slots(self.date), *stored))
        return begun, sum(slot.status is SlotStatus.HELD for slot in stored)

    def apply(self, changes: SlotChanges) -> Day:
        """The day after a save."""
        closed = {slot.start for slot in changes.closed}
        slots = {start: slot for start, slot in self.slots.items() if start not in closed}
        slots |= {slot.start: slot for slot in changes.opened}
        return replace(self, version=self.version + 1, revision=self.revision + 1, slots=slots)


def _as_blocked(slot: Slot, *, is_blocked: bool) -> Slot:
    if slot.is_taken or slot.is_disrupted:
        return slot
    return replace(slot, status=SlotStatus.UNAVAILABLE if is_blocked else SlotStatus.FREE)


def _first_overlapping(stored: Sequence[Slot], candidate: Slot) -> Slot | None:
    # Stored slots are in time order and don't overlap each other, so their ends are in order too.
    index = bisect_right(stored, candidate.start, key=lambda slot: slot.end)
    return stored[index] if index < len(stored) and stored[index].overlaps(candidate) else None
