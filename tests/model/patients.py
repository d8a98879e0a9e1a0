"""Holds, bookings, moves and cancellations: each one transaction, without a read before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

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
    changed_before,
    commit,
    instant,
    is_absent,
    is_free,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.model.states import State
    from tests.model.table import Condition, Safeguards, Table

# Failures that another attempt, at a later instant, avoids.
_TOO_EARLY = {Safeguard.SLOT_CHANGED_BEFORE, Safeguard.ENTRY_IS_NEW}
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
    """The results of a client's requests so far; the next attempt has the instant ``earliest``."""

    results: tuple[str, ...] = ()
    earliest: int = 0
    timeouts: int = 0


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

    def steps(self, state: State, memory: Progress, without: Safeguards) -> Iterator[Step]:
        """Yield what may happen next."""
        request = self.acts[len(memory.results)]
        at = max(instant(state.table, self.clock), memory.earliest)
        writes = self.writes(request, at, state.now)
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
        else:
            result = self._result(request, table)
            request_done = effect if result == "done already" else ""
            after = _finished(memory, result)
            yield Step(f"{text}: {result}", table, after, request_done, writes)

    def _key(self, request: Request) -> str:
        """Return what makes a request and its repeat the same; nothing does for a hold."""
        return "" if request.verb == "holds" else f"{self.client} {request.booking} {request}"

    def writes(self, request: Request, at: int, now: int) -> list[Write]:
        """Return the writes of a request, in one transaction."""
        claim = f"{self.client} {request.booking}"
        if request.verb == "holds":
            held = Slot("held", self.client, now + HOLD_LENGTH, at)
            return [_hold(request.slot, held, now), _day_write({request.slot: held})]
        free, booked = Slot(changed_at=at), Slot("booked", claim, changed_at=at)
        act = Act(self._key(request), booked=(request.slot,))
        slots = {request.slot: booked}
        if request.verb == "cancels":
            act = act._replace(booked=(), freed=(request.slot,))
            slots = {request.slot: free}
        elif request.former:
            act = act._replace(freed=(request.former,))
            slots[request.former] = free
        return [
            *(
                _book(start, slot, now, self.client)
                if slot is booked
                else _release(start, slot, claim)
                for start, slot in slots.items()
            ),
            _day_write(slots),
            _booking_write(claim, request),
            Write(
                ("audit", f"{at:02}", request.slot),
                {Safeguard.ENTRY_IS_NEW: is_absent},
                lambda _: act,
            ),
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
    return memory._replace(results=(*memory.results, result), earliest=0)


def _hold(start: str, after: Slot, now: int) -> Write:
    conditions: dict[Safeguard, Condition] = {
        Safeguard.SLOT_CAN_BE_HELD: lambda slot: is_free(slot, now),
        Safeguard.SLOT_CHANGED_BEFORE: changed_before(after.changed_at or 0),
    }
    return Write(("slot", start), conditions, lambda _: after)


def _book(start: str, after: Slot, now: int, holder: str) -> Write:
    def is_available(slot: Slot | None) -> bool:
        return is_free(slot, now) or bool(slot and (slot.status, slot.claim) == ("held", holder))

    conditions: dict[Safeguard, Condition] = {
        Safeguard.SLOT_CAN_BE_BOOKED: is_available,
        Safeguard.SLOT_CHANGED_BEFORE: changed_before(after.changed_at or 0),
    }
    return Write(("slot", start), conditions, lambda _: after)


def _release(start: str, after: Slot, claim: str) -> Write:
    conditions: dict[Safeguard, Condition] = {
        Safeguard.SLOT_HAS_BOOKING: lambda slot: slot is not None and slot.claim == claim,
        Safeguard.SLOT_CHANGED_BEFORE: changed_before(after.changed_at or 0),
    }
    return Write(("slot", start), conditions, lambda _: after)


def _day_write(slots: dict[str, Slot]) -> Write:
    def change(day: Day) -> Day:
        entries = day.slots
        for start, slot in slots.items():
            entry = entries.get(start, Entry())
            entries = entries.set(start, entry._replace(status=slot.status, until=slot.until))
        return day._replace(revision=day.revision + 1, slots=entries)

    return Write(("day",), {}, change)


def _booking_write(claim: str, request: Request) -> Write:
    conditions: dict[str, dict[Safeguard, Condition]] = {
        "books": {Safeguard.BOOKING_IS_NEW: is_absent},
        "moves": {
            Safeguard.BOOKING_IS_THIS: lambda booking: (
                booking is None or booking[:2] == (request.former, request.patient)
            )
        },
        "cancels": {},
    }
    slot = None if request.verb == "cancels" else request.slot
    return Write(
        ("booking", claim),
        conditions[request.verb],
        lambda _: Booking(slot, request.patient),
    )
