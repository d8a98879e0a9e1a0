"""What a save by hand, a step of a plan and an undo decide on a day that they have read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.model.saves import Changes
from tests.model.table import is_free

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.model.saves import Decide
    from tests.model.table import Act, Day, Table

SLOT_MINUTES = 30


def overlap(one: str, other: str) -> bool:
    """Return whether the slots that start at these times share a minute."""
    return abs(_minute(one) - _minute(other)) < SLOT_MINUTES


def by_hand(*, opens: tuple[str, ...] = (), closes: tuple[str, ...] = ()) -> Decide:
    """Do exactly this, or nothing."""

    def decide(_table: Table, day: Day, now: int) -> Changes | None:
        remaining = day.slots.keys() - set(closes)
        if not all(is_free(day.slots.get(start), now) for start in closes):
            return None
        if any(overlap(start, other) for start in opens for other in remaining):
            return None
        return Changes(opens, closes)

    return decide


def plan(*, base: Iterable[str] = (), wish: Iterable[str] = ()) -> Decide:
    """Merge three ways: leave alone what is claimed, and what was opened or closed by hand."""
    unwanted, wanted = set(base) - set(wish), set(wish) - set(base)

    def decide(_table: Table, day: Day, now: int) -> Changes:
        closes = [
            start
            for start in unwanted & day.slots.keys()
            if is_free(day.slots[start], now) and day.slots[start].origin != "hand"
        ]
        return _open_possible(day, wanted, closes)

    return decide


def undo_of(request: str) -> Decide:
    """Invert the recorded changes of a request, as far as the day still allows it."""

    def decide(table: Table, day: Day, now: int) -> Changes | None:
        acts = (item for key, item in table.items() if key[0] == "audit")
        act: Act | None = next((each for each in acts if each.request == request), None)
        if act is None:
            return None
        closes = [
            start
            for start in act.opened
            if is_free(day.slots.get(start), now) and day.slots[start].origin == request
        ]
        changes = _open_possible(day, act.closed, closes)
        return changes if any(changes) else None

    return decide


def _open_possible(day: Day, wanted: Iterable[str], closes: Iterable[str]) -> Changes:
    remaining = day.slots.keys() - set(closes)
    opens = [start for start in wanted if not any(overlap(start, other) for other in remaining)]
    return Changes(tuple(sorted(opens)), tuple(sorted(closes)))


def _minute(start: str) -> int:
    hours, minutes = start.split(":")
    return int(hours) * 60 + int(minutes)
