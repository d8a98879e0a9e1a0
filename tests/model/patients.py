"""Holds, bookings, moves and cancellations: each one transaction, without a read before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from tests.model.decisions import is_blocked
from tests.model.states import Step
from tests.model.table import (
    Act,
    Booking,
    Day,
    Entry,
    Safeguard,
    Slot,
    Write,
    ahead,
    change_slot,
    commit,
    instant,
    is_free,
    put,
    put_entry,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.model.states import State
    from tests.model.table import Condition, Left, Table

# Failures that another attempt, at a later instant, avoids.
_TOO_EARLY = {Safeguard.SLOT_CHANGED_BEFORE, Safeguard.ENTRY_IS_NEW}
_TIME_OFF = {Safeguard.DAY_HAS_NO_TIME_OFF, Safeguard.TIME_OFF_IS_KNOWN}
HOLD_LENGTH = 1


class Request(NamedTuple):
    """A request of a client; ``former`` is the slot that a move leaves."""

    verb: str
    slot: str
    booking: str = "b1"
    former: str = ""
    patient: str = "p"

    def __str__(self) -> str:
        """Return the words of a step."""
        words = {
            "holds": f"holds {self.slot}",
            "books": f"books {self.slot} as {self.booking}",
            "cancels": f"cancels {self.booking} at {self.slot}",
            "moves": f"moves {self.booking} from {self.former} to {self.slot}",
        }
        return words[self.verb] + (f" for {self.patient}" if self.patient != "p" else "")


class Progress(NamedTuple):
    """The results of a client's requests so far; the next attempt has the instant ``earliest``.

    ``time_off`` is the version of the day's time off that the current request knows.
    """

    results: tuple[str, ...] = ()
    earliest: int = 0
    timeouts: int = 0
    time_off: int = 0


@dataclass(frozen=True)
class Patient:
    """Requests that are sent one after another; two senders may be one client."""

    name: str
    acts: tuple[Request, ...]
    client: str
    clock: int = 0
    timeouts: int = 0

    @property
    def requests(self) -> tuple[str, ...]:
        """What may take effect."""
        return tuple(filter(None, map(self._key, self.acts)))

    def start(self) -> Progress:
        return Progress(timeouts=self.timeouts)

    def is_done(self, memory: Progress) -> bool:
        return len(memory.results) == len(self.acts)

    def steps(self, state: State, memory: Progress, without: Left) -> Iterator[Step]:
        """Yield what may happen next."""
        request = self.acts[len(memory.results)]
        at = max(instant(state.table, self.clock), memory.earliest)
        writes = self.writes(request, at, state.now, memory.time_off)
        table, failures = commit(state.table, writes, without)
        text, effect = f"{self.name}{ahead(self.clock)} {request}", self._key(request)
        if not failures:
            yield Step(text, table, _finished(memory, "done"), effect, writes)
            if memory.timeouts:
                retry = memory._replace(timeouts=memory.timeouts - 1)
                yield Step(f"{text}, and gets no response", table, retry, effect, writes)
        elif all(condition in _TOO_EARLY for condition, _ in failures):
            retry = memory._replace(earliest=at + 1)
            yield Step(f"{text}: tries a later instant", table, retry, writes=writes)
        elif all(condition in _TOO_EARLY | _TIME_OFF for condition, _ in failures):
            yield self._in_time_off(request, table, memory)._replace(writes=writes)
        else:
            result = self._result(request, table)
            request_done = effect if result == "done already" else ""
            after = _finished(memory, result)
            yield Step(f"{text}: {result}", table, after, request_done, writes)

    def _in_time_off(self, request: Request, table: Table, memory: Progress) -> Step:
        """Return the step that reads the time off of the day, and may try again beside it."""
        day, text = table["day",], f"{self.name} {request}"
        if is_blocked(request.slot, day.blocked):
            return Step(f"{text}: rejected in time off", table, _finished(memory, "rejected"))
        retry = memory._replace(time_off=day.blocked_version)
        return Step(f"{text}: tries again beside time off", table, retry)

    def _key(self, request: Request) -> str:
        """Return what makes a request and its repeat the same; nothing does for a hold."""
        return "" if request.verb == "holds" else f"{self.client} {request.booking} {request}"

    def writes(self, request: Request, at: int, now: int, time_off: int = 0) -> list[Write]:
        """Return the writes of a request, in one transaction; it knows of that time off."""
        claim, start = f"{self.client} {request.booking}", request.slot
        free, booked = Slot(changed_at=at), Slot("booked", claim, changed_at=at)
        match request.verb:
            case "holds":
                held = Slot("held", self.client, now + HOLD_LENGTH, at)
                return [_hold(start, held, now), _change_day({start: held}, time_off)]
            case "cancels":
                slots, act = {start: free}, Act(self._key(request), freed=(start,))
            case "books":
                slots, act = {start: booked}, Act(self._key(request), booked=(start,))
            case _:
                slots = {start: booked, request.former: free}
                act = Act(self._key(request), booked=(start,), freed=(request.former,))
        return [
            *(
                _release(former, slot, claim)
                if slot is free
                else _book(former, slot, now, self.client)
                for former, slot in slots.items()
            ),
            _change_day(slots, None if request.verb == "cancels" else time_off),
            _record(claim, request),
            put_entry(at, start, act),
        ]

    def _result(self, request: Request, table: Table) -> str:
        """Return how a request ends that found another state than it expected."""
        slot = table.get(("slot", request.slot)) or Slot("missing")
        booking = table.get(("booking", f"{self.client} {request.booking}"))
        is_own = booking is not None and booking == (request.slot, request.patient)
        if request.verb == "cancels":
            return "done already" if slot.status in {"free", "held"} else "rejected"
        return "done already" if is_own else "rejected"


def _finished(memory: Progress, result: str) -> Progress:
    return memory._replace(results=(*memory.results, result), earliest=0, time_off=0)


def _hold(start: str, held: Slot, now: int) -> Write:
    return _change(start, held, Safeguard.SLOT_CAN_BE_HELD, lambda slot: is_free(slot, now))


def _book(start: str, booked: Slot, now: int, holder: str) -> Write:
    def is_available(slot: Slot | None) -> bool:
        return is_free(slot, now) or (slot is not None and slot[:2] == ("held", holder))

    return _change(start, booked, Safeguard.SLOT_CAN_BE_BOOKED, is_available)


def _release(start: str, free: Slot, claim: str) -> Write:
    def has_booking(slot: Slot | None) -> bool:
        return slot is not None and slot[:2] == ("booked", claim)

    return _change(start, free, Safeguard.SLOT_HAS_BOOKING, has_booking)


def _change(start: str, after: Slot, safeguard: Safeguard, condition: Condition) -> Write:
    return change_slot(start, safeguard, condition, at=after.changed_at or 0, after=after)


def _change_day(slots: dict[str, Slot], time_off: int | None) -> Write:
    """Update the entries; ``time_off`` is what the day may have of it, None: whatever it has."""

    def change(day: Day) -> Day:
        entries = day.slots
        for start, slot in slots.items():
            entry = entries.get(start, Entry())
            entries = entries.set(start, entry._replace(status=slot.status, until=slot.until))
        return day._replace(revision=day.revision + 1, slots=entries)

    if time_off is None:
        return Write(("day",), {}, change)
    safeguard = Safeguard.TIME_OFF_IS_KNOWN if time_off else Safeguard.DAY_HAS_NO_TIME_OFF
    return Write(("day",), {safeguard: lambda day: day.blocked_version == time_off}, change)


def _record(claim: str, request: Request) -> Write:
    key = ("booking", claim)
    if request.verb == "books":
        return put(key, Safeguard.BOOKING_IS_NEW, Booking(request.slot, request.patient))
    if request.verb == "cancels":
        return Write(key, {}, lambda _: Booking(None, request.patient))

    def is_this(booking: Booking | None) -> bool:
        return booking is None or booking == (request.former, request.patient)

    moved = Booking(request.slot, request.patient)
    return Write(key, {Safeguard.BOOKING_IS_THIS: is_this}, lambda _: moved)
