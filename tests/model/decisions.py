"""What a save by hand, a step of a plan and an undo decide on a day that they have read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.model.saves import Changes
from tests.model.table import is_free

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.model.table import Act, Day, Table

SLOT_MINUTES = 30


def overlap(one: str, other: str) -> bool:
    """Return whether the slots that start at these times share a minute."""
    return abs(_minute(one) - _minute(other)) < SLOT_MINUTES


def is_blocked(start: str, blocked: Iterable[str]) -> bool:
    """Return whether the slot that starts then is in the time of these."""
    return any(overlap(start, other) for other in blocked)


@dataclass(frozen=True)
class ByHand:
    """Do exactly this, or nothing."""

    opens: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()

    def __call__(self, _table: Table, day: Day, now: int) -> Changes | None:
        """Return the changes; None if a slot to close is taken, or one to open overlaps."""
        remaining = day.slots.keys() - set(self.closes)
        if not all(is_free(day.slots.get(start), now) for start in self.closes):
            return None
        occupied = (*remaining, *day.blocked)
        if any(overlap(start, other) for start in self.opens for other in occupied):
            return None
        return Changes(self.opens, self.closes)


@dataclass(frozen=True)
class Plan:
    """Merge three ways: leave alone what is taken, and what was opened or closed by hand."""

    base: tuple[str, ...] = ()
    wish: tuple[str, ...] = ()

    def __call__(self, _table: Table, day: Day, now: int) -> Changes:
        """Return the changes that the day allows."""
        closes = [
            start
            for start in set(self.base) - set(self.wish)
            if is_free(day.slots.get(start), now) and not day.slots[start].is_by_hand
        ]
        return _open_possible(day, set(self.wish) - set(self.base), closes)


@dataclass(frozen=True)
class TimeOff:
    """Take the time of these slots: close those that are free, also those opened by hand."""

    blocks: tuple[str, ...]

    def __call__(self, _table: Table, day: Day, now: int) -> Changes:
        """Return the changes; what is held or booked stays."""
        closes = [
            start
            for start, entry in day.slots.items()
            if is_free(entry, now) and is_blocked(start, self.blocks)
        ]
        return Changes(closed=tuple(sorted(closes)), blocked=self.blocks)


@dataclass(frozen=True)
class UndoOf:
    """Invert the recorded changes of a request, as far as the day still allows it."""

    request: str

    def __call__(self, table: Table, day: Day, now: int) -> Changes | None:
        """Return the changes; None if there is nothing to undo."""
        acts = (item for key, item in table.items() if key[0] == "audit")
        act: Act | None = next((each for each in acts if each.request == self.request), None)
        if act is None:
            return None
        closes = [
            start
            for start in act.opened
            if is_free(day.slots.get(start), now) and day.slots[start].origin == self.request
        ]
        changes = _open_possible(day, act.closed, closes)
        return changes if any(changes) else None


def _open_possible(day: Day, wanted: Iterable[str], closes: Iterable[str]) -> Changes:
    remaining = {*day.slots.keys() - set(closes), *day.blocked}
    opens = [start for start in wanted if not any(overlap(start, other) for other in remaining)]
    return Changes(tuple(sorted(opens)), tuple(sorted(closes)))


def _minute(start: str) -> int:
    hours, minutes = start.split(":")
    return int(hours) * 60 + int(minutes)
