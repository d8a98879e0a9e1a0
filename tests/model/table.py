"""The model's table: the items of one doctor's day, and transactions with conditions.

A slot is known by its start, such as "09:00", and 30 minutes long. An instant is a small number.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from enum import Enum
from typing import Any, NamedTuple, TypeVar

K = TypeVar("K")
V = TypeVar("V")
# The kind of an item, and what identifies it: ("slot", "09:00").
Key = tuple[str, ...]


class Items(dict[K, V]):
    """A mapping that is never changed, so that it can be hashed."""

    _hash: int | None = None

    def __hash__(self) -> int:  # type: ignore[override]
        if self._hash is None:
            self._hash = hash(frozenset(self.items()))
        return self._hash

    def set(self, key: K, value: V | None) -> Items[K, V]:
        """Return a copy with this value; without the key if the value is None."""
        others = {each: kept for each, kept in self.items() if each != key}
        return Items(others if value is None else {**others, key: value})


Table = Items[Key, Any]


class Entry(NamedTuple):
    """A slot in the day's map; ``origin`` is the request that opened it, by hand or for a plan."""

    status: str = "free"
    until: int = 0
    origin: str = ""
    is_by_hand: bool = True


class Day(NamedTuple):
    """The day item: ``version`` counts saves, ``revision`` all changes.

    ``blocked`` has the slots that time off takes, by their starts, ``blocked_version`` the version
    of the save that has set them; it is 0 without any.
    """

    version: int = 0
    revision: int = 0
    changed_at: int = 0
    slots: Items[str, Entry] = Items()
    blocked: tuple[str, ...] = ()
    blocked_version: int = 0


class Slot(NamedTuple):
    """A slot item; ``claim`` is the holder or the booking that has it."""

    status: str = "free"
    claim: str = ""
    until: int = 0
    changed_at: int | None = 0


class Booking(NamedTuple):
    """The record of a booking, and the slot that it has."""

    slot: str | None
    patient: str = "p"


class Act(NamedTuple):
    """An entry of the audit log."""

    request: str
    opened: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    booked: tuple[str, ...] = ()
    freed: tuple[str, ...] = ()


class Safeguard(Enum):
    """What keeps a day correct: the conditions of its writes, and three rules of a save.

    Each can be left out, to show what goes wrong without it.
    """

    DAY_IS_NEW = "the first save requires that there is no day yet"
    DAY_VERSION = "a later save requires the version of the day that it has read"
    SLOT_IS_NEW = "a slot is opened only if there is none at this time"
    SLOT_IS_CLOSABLE = "a slot is closed only if it is free, or its hold has expired"
    SLOT_CAN_BE_HELD = "a slot is held only if it is free, or its hold has expired"
    SLOT_CAN_BE_BOOKED = "a slot is booked only if it is free, or its hold is expired or one's own"
    DAY_HAS_NO_TIME_OFF = "a slot is held or booked only if the day has no time off"
    TIME_OFF_IS_KNOWN = "a slot beside time off is held or booked only if that is still the same"
    SLOT_HAS_BOOKING = "a slot is released only by the booking that it has"
    SLOT_CHANGED_BEFORE = "a write requires that the slot's last change has an earlier instant"
    BOOKING_IS_NEW = "a booking requires that its id was never used"
    BOOKING_IS_THIS = "a move requires that the booking is at the old slot, for this patient"
    CHANGE_IS_NEW = "a save requires that its request has no change item"
    ENTRY_IS_NEW = "an entry of the audit log is put only if there is none with its key"
    CHANGE_OF_EMPTY_SAVE = "a plan with nothing to do on a date writes a change item"
    CHANGE_IN_TRANSACTION = "a change item is written in the transaction of its save"
    READ_BEFORE_REJECTION = "a request is rejected only after another read of its change item"


# What is left out: of these, or of the safeguards of another model.
Left = Collection[Enum]
Failures = frozenset[tuple[Any, Key]]


Condition = Callable[[Any], bool]


class Write(NamedTuple):
    """A put, an update or a delete; ``change`` returns the new item from the stored one."""

    key: Key
    requires: Mapping[Any, Condition]
    change: Callable[[Any], Any]


def commit(table: Table, writes: list[Write], without: Left) -> tuple[Table, Failures]:
    """Write everything if all conditions hold, except those left out; else return the failures."""
    failures = frozenset(
        (condition, write.key)
        for write in writes
        for condition, holds in write.requires.items()
        if condition not in without and not holds(table.get(write.key))
    )
    if not failures:
        for write in writes:
            table = table.set(write.key, write.change(table.get(write.key)))
    return table, failures


def instant(table: Table, clock: int) -> int:
    """Return what the clock shows, which is so much ahead: with each change, time goes on."""
    return int(table.get(("day",), Day()).revision) + 1 + clock


def ahead(clock: int) -> str:
    """Return the words of a step for such a clock."""
    return ", whose clock is ahead," if clock else ""


def put(key: Key, safeguard: Safeguard, item: object) -> Write:
    """Put an item if there is none with this key."""
    return Write(key, {safeguard: lambda stored: stored is None}, lambda _: item)


def change_slot(
    start: str, safeguard: Safeguard, condition: Condition, *, at: int, after: Slot | None
) -> Write:
    """Update a slot, or delete it, if the condition holds and it was last changed before ``at``."""

    def is_older(slot: Slot | None) -> bool:
        return slot is None or slot.changed_at is None or slot.changed_at < at

    conditions = {safeguard: condition, Safeguard.SLOT_CHANGED_BEFORE: is_older}
    return Write(("slot", start), conditions, lambda _: after)


def put_entry(at: int, suffix: str, act: Act) -> Write:
    """Add an act to the audit log."""
    return put(("audit", f"{at:02}", suffix), Safeguard.ENTRY_IS_NEW, act)


def is_free(slot: Slot | Entry | None, now: int) -> bool:
    """Return whether a slot is free, or its hold has expired."""
    return slot is not None and (
        slot.status == "free" or (slot.status == "held" and slot.until <= now)
    )
