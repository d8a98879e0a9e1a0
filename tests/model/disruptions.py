"""Marks of disrupted bookings: set, lifted, announced after the grace, and ended by a rebooking.

One slot of one doctor. The note, which every change of a mark writes, says that something may have
to be announced; an announcement reads it before the day. The conditions are those of
``disruption_writes``, ``disruption_repository`` and ``booking_conditions``, of which each has a
mutant.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.model.states import Step
from tests.model.table import Day, Entry, Items, Left, Table, Write, commit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.model.states import State

GRACE = 1
SLOT, NOTE, EVENTS = ("slot", "09:00"), ("note",), ("events",)
ANN = "Ann"


class MarkSafeguard(Enum):
    """What keeps marks, events and slots right."""

    MARK_NEEDS_BOOKING = "a slot is marked only if it is booked"
    MARK_IS_NEW = "a slot is marked only if it has no mark"
    LIFT_IS_OF_MARK = "a mark is lifted only if it is the one that was read"
    CANCEL_HAS_BOOKING = "a booking is cancelled only at the slot that it has"
    CANCEL_KNOWS_MARK = "a slot is opened only if it has no mark, and closed only if it has one"
    NOTE_IN_TRANSACTION = "a change of a mark writes the note in its transaction"
    GRACE_IS_OVER = "an event says of a mark only what is older than the grace"
    NOTE_AS_READ = "an announcement requires the note that it has read"


class Marked(NamedTuple):
    """The slot: ``since`` is the instant of its mark, ``announced`` the last one in an event."""

    status: str = "free"
    claim: str = ""
    since: int = 0
    announced: int = 0
    changed_at: int = 1


class Mind(NamedTuple):
    """What an actor has read; ``result`` once it is done."""

    note: int | None = None
    slot: Marked | None = None
    now: int = 0
    result: str = ""


def booked_slot(*, since: int = 0, announced: int = 0) -> Table:
    """Return a table with a booked slot, and the note if its mark is to be announced."""
    slot, day = Marked("booked", ANN, since, announced), Day(slots=Items({SLOT[1]: Entry()}))
    table: Table = Items({SLOT: slot, ("day",): day, EVENTS: ()})
    return table.set(NOTE, 1) if since != announced else table


def _note() -> Write:
    return Write(NOTE, {}, lambda version: (version or 0) + 1)


class Seen(NamedTuple):
    """What an actor decides on."""

    slot: Marked
    now: int
    note: int | None
    without: Left


@dataclass(frozen=True)
class _Actor:
    name: str

    @property
    def clock(self) -> int:
        return 0

    @property
    def timeouts(self) -> int:
        return 0

    @property
    def requests(self) -> tuple[str, ...]:
        return ()

    def start(self) -> Mind:
        return Mind()

    def is_done(self, memory: Mind) -> bool:
        return bool(memory.result)

    def steps(self, state: State, memory: Mind, without: Left) -> Iterator[Step]:
        """Read the slot, then write what follows from it, or start again."""
        if memory.slot is None:
            read = memory._replace(slot=state.table[SLOT], now=state.now)
            yield Step(f"{self.name} reads the slot", state.table, read)
        elif writes := self.writes(Seen(memory.slot, memory.now, memory.note, without)):
            if MarkSafeguard.NOTE_IN_TRANSACTION in without:
                writes = [write for write in writes if write.key != NOTE or write.requires]
            after, failures = commit(state.table, writes, without)
            done = Mind() if failures else Mind(result="done")
            text = "can't write, and starts again" if failures else self.verb(memory.slot)
            yield Step(f"{self.name} {text}", after, done)
        else:
            yield Step(f"{self.name} has nothing to do", state.table, Mind(result="nothing"))

    def writes(self, seen: Seen) -> list[Write]:
        raise NotImplementedError

    def verb(self, _slot: Marked) -> str:
        raise NotImplementedError


@dataclass(frozen=True)
class Marker(_Actor):
    """The practice can't see the patient: it marks the booking, at an instant of its own."""

    at: int = 1

    def writes(self, seen: Seen) -> list[Write]:
        if seen.slot.status != "booked" or seen.slot.since:
            return []
        requires: dict[Any, Any] = {
            MarkSafeguard.MARK_NEEDS_BOOKING: lambda each: each.status == "booked",
            MarkSafeguard.MARK_IS_NEW: lambda each: not each.since,
        }
        since = 10 * (seen.now + 1) + self.at
        return [Write(SLOT, requires, lambda each: each._replace(since=since)), _note()]

    def verb(self, _slot: Marked) -> str:
        return "marks the booking"


@dataclass(frozen=True)
class Lifter(_Actor):
    """The practice takes a mark back that it has seen."""

    def writes(self, seen: Seen) -> list[Write]:
        if not seen.slot.since:
            return []
        requires: dict[Any, Any] = {
            MarkSafeguard.LIFT_IS_OF_MARK: lambda each: each.since == seen.slot.since
        }
        return [Write(SLOT, requires, lambda each: each._replace(since=0)), _note()]

    def verb(self, _slot: Marked) -> str:
        return f"lifts the mark of {_slot.since}"


@dataclass(frozen=True)
class Rebooker(_Actor):
    """The booking site cancels the booking, or moves it: the slot of a marked one is closed."""

    claim: str = ANN

    def writes(self, seen: Seen) -> list[Write]:
        slot = seen.slot
        if (slot.status, slot.claim) != ("booked", self.claim):
            return []
        requires: dict[Any, Any] = {
            MarkSafeguard.CANCEL_HAS_BOOKING: lambda each: each.claim == self.claim,
            MarkSafeguard.CANCEL_KNOWS_MARK: lambda each: bool(each.since) == bool(slot.since),
        }
        after = "closed" if slot.since else "free"
        leave = Write(SLOT, requires, lambda each: Marked(after, announced=each.announced))
        return [leave, _note()] if slot.since else [leave]

    def verb(self, _slot: Marked) -> str:
        return "cancels, which closes the slot" if _slot.since else "cancels, which frees the slot"


@dataclass(frozen=True)
class Booker(_Actor):
    """Another patient books the slot while it is free."""

    def writes(self, seen: Seen) -> list[Write]:
        if seen.slot.status != "free":
            return []
        requires: dict[Any, Any] = {"free": lambda each: each.status == "free"}
        return [Write(SLOT, requires, lambda each: each._replace(status="booked", claim="Ben"))]

    def verb(self, _slot: Marked) -> str:
        return "books the slot"


@dataclass(frozen=True)
class Announcer(_Actor):
    """The schedule: it stores events of what is due, and leaves the note while a mark waits."""

    def steps(self, state: State, memory: Mind, without: Left) -> Iterator[Step]:
        if memory.note is None:
            note = state.table.get(NOTE, 0)
            yield Step(f"{self.name} reads the note", state.table, memory._replace(note=note))
        elif not memory.note:
            yield Step(f"{self.name} finds no note", state.table, Mind(result="nothing"))
        else:
            yield from super().steps(state, memory, without)

    def writes(self, seen: Seen) -> list[Write]:
        slot, note = seen.slot, seen.note
        is_early = seen.now < minute_of(slot.since) + GRACE
        waits = (
            slot.since not in {0, slot.announced}
            and is_early
            and MarkSafeguard.GRACE_IS_OVER not in seen.without
        )
        reported = slot.announced if waits else slot.since
        requires: dict[Any, Any] = {MarkSafeguard.NOTE_AS_READ: lambda version: version == note}
        writes = [Write(NOTE, requires, lambda version: version if waits else None)]
        if reported != slot.announced:
            writes += [
                Write(SLOT, {}, lambda each: each._replace(announced=reported)),
                Write(EVENTS, {}, lambda events: (*events, reported)),
            ]
        return writes

    def verb(self, _slot: Marked) -> str:
        return "looks at what is due"


def minute_of(since: int) -> int:
    return since // 10 - 1
