"""Replay the audit log of a date: what its entries alone say about the day.

It reads raw items, without the app's code.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.support.raw_table import RawItem

FREE, BOOKED, CLOSED = "free", "busy", "busy-unavailable"


class ReplayedSlot(NamedTuple):
    """A slot after some entries; holds are not in the audit log, so a held slot is free."""

    end: datetime
    status: str


ReplayedDay = dict[datetime, ReplayedSlot]


def replay(entries: Iterable[RawItem]) -> ReplayedDay:
    """Return the day after the entries of its date, which are in the order of their keys.

    Fails if an entry does not fit the day that the entries before it make.
    """
    *_, last = [{}, *replay_steps(entries)]
    return last


def replay_steps(entries: Iterable[RawItem]) -> Iterator[ReplayedDay]:
    """Yield the day after each entry."""
    day: ReplayedDay = {}
    for entry in entries:
        day = _apply(entry, day)
        yield day


def _apply(entry: RawItem, before: ReplayedDay) -> ReplayedDay:
    """Close before opening and free before booking: an entry is one instant."""
    day = dict(before)
    for start, end in intervals(entry, "closed"):
        assert day.pop(start) == ReplayedSlot(end, FREE), entry
    for start, end in intervals(entry, "opened"):
        assert start not in day, entry
        day[start] = ReplayedSlot(end, FREE)
    for start, end in intervals(entry, "cancelled"):
        assert day[start] == ReplayedSlot(end, BOOKED), entry
        day[start] = ReplayedSlot(end, FREE)
    for start in _closed_with_their_booking(entry):
        del day[start]
    for start, end in intervals(entry, "booked"):
        assert day[start] == ReplayedSlot(end, FREE), entry
        day[start] = ReplayedSlot(end, BOOKED)
    return day


def _closed_with_their_booking(entry: RawItem) -> Iterator[datetime]:
    """Yield the slots of disrupted bookings that have ended or moved."""
    for start_text, slot in entry.get("cancelled", {"M": {}})["M"].items():
        if slot["M"]["status"]["S"] == CLOSED:
            yield datetime.fromisoformat(start_text)


def intervals(entry: RawItem, field: str) -> Iterator[tuple[datetime, datetime]]:
    """Yield start and end of each slot in a field of an entry."""
    slots: dict[str, Any] = entry.get(field, {"M": {}})["M"]
    for start_text, slot in slots.items():
        start = datetime.fromisoformat(start_text)
        yield start, start + timedelta(minutes=int(slot["M"]["minutes"]["N"]))
