"""Linearizability checker (Wing and Gong 1993) for the history of calls on one slot.

A history is linearizable (Herlihy and Wing 1990) if each call can take effect at one instant
between its invocation and its completion, so that a slot that executes one call at a time gives the
same results. A request about several slots is one call on each of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

# One minute of 64 clients takes some ten thousand states per slot. All of them stay in memory.
MAX_STATES = 200_000
ABSENT, FREE = "absent", "free"


def held_state(holder: str) -> str:
    return f"held {holder}"


def booked_state(booking_id: str) -> str:
    return f"booked {booking_id}"


@dataclass(frozen=True)
class Call:
    """One call on a slot, with its result; times are seconds, ``invoked_at <= completed_at``.

    ``operation`` is hold, release, book, cancel, move away, open or close, by the client ``client``
    (a holder or a booking id); a book may name its ``holder``. ``result`` is done, already done,
    taken (by another client), absent, not booked (the client moves away from a slot it does not
    have) or unknown: the call may take effect once at any later time, or never.

    There are two more operations: ``read``, whose result is a state, the first word of a state, or
    ``not`` and such a word; and ``expire``, made by ``hold_expiry``.
    """

    operation: str
    result: str
    invoked_at: float
    completed_at: float
    client: str = ""
    holder: str = ""

    @classmethod
    def hold_expiry(cls, until: float, client: str) -> Call:
        """The end of a hold by time, as a call with unknown outcome.

        No client invokes it, and it has no deadline: a request that read the clock just before may
        still see the hold.
        """
        return cls("expire", "unknown", until, until, client)

    @property
    def is_certain(self) -> bool:
        """Whether the call has taken effect."""
        return self.result != "unknown"

    @property
    def is_read_only(self) -> bool:
        """Whether the call changes no state, whenever it takes effect."""
        return self.operation == "read" or self.result not in ("done", "unknown")


def apply(state: str, call: Call) -> str | None:
    """Return the state after the call, or None if the call cannot have its result in this state."""
    if call.operation == "read":
        expected = call.result.removeprefix("not ")
        matches = expected in (state, state.partition(" ")[0])
        return state if matches is (expected == call.result) else None
    if state == ABSENT and (call.operation, call.result) == ("cancel", "done"):
        # A cancellation is repeated, and the slot has been closed since.
        return state
    result, next_state = _expected_result(state, call)
    if call.is_certain:
        return next_state if result == call.result else None
    return next_state


def _expected_result(state: str, call: Call) -> tuple[str, str]:
    if call.operation == "open":
        return ("done", FREE) if state == ABSENT else ("taken", state)
    if state == ABSENT and call.operation != "move away":
        return "absent", state
    required_states = {
        "hold": (FREE, held_state(call.client)),
        "book": (FREE, held_state(call.holder)),
        "release": (held_state(call.client),),
        "expire": (held_state(call.client),),
        "cancel": (booked_state(call.client),),
        "move away": (booked_state(call.client),),
        "close": (FREE,),
    }
    if state in required_states[call.operation]:
        next_states = {
            "hold": held_state(call.client),
            "book": booked_state(call.client),
            "close": ABSENT,
        }
        return "done", next_states.get(call.operation, FREE)
    if call.operation == "book" and state == booked_state(call.client):
        return "already done", state
    # Deleting a hold or a booking that does not exist succeeds, unless another client has one.
    deletes = {"release": "held", "cancel": "booked"}
    if call.operation in deletes and not state.startswith(deletes[call.operation]):
        return "done", state
    return ("not booked", state) if call.operation == "move away" else ("taken", state)


def is_linearizable(
    calls: Sequence[Call], *, initial_state: str = ABSENT, max_states: int = MAX_STATES
) -> bool:
    """Return whether a sequential order of the calls explains every result.

    A call that completes before another one is invoked comes first in that order.

    Raises:
        SearchLimitExceededError: The search visited ``max_states`` states without a decision.

    """
    calls = sorted(calls, key=lambda call: call.invoked_at)
    certain = [call for call in calls if call.is_certain]
    uncertain = [call for call in calls if not call.is_certain]
    visited: set[_SearchState] = set()
    frontier = [_SearchState(0, frozenset(), frozenset(), initial_state)]
    while frontier:
        current = frontier.pop()
        if current.prefix_length == len(certain):
            return True
        if current not in visited:
            if len(visited) == max_states:
                raise SearchLimitExceededError(
                    f"{len(certain)} certain and {len(uncertain)} uncertain calls: "
                    f"no decision after {max_states:,} states"
                )
            visited.add(current)
            frontier += _next_states(current, certain, uncertain)
    return False


class SearchLimitExceededError(Exception):
    """The search ended before it found an order or excluded all of them."""


class _SearchState(NamedTuple):
    """Which calls have taken effect, and the slot's state after them.

    These are the first ``prefix_length`` certain calls and ``completed`` further ones, and the
    uncertain calls ``uncertain``, by index.
    """

    prefix_length: int
    completed: frozenset[int]
    uncertain: frozenset[int]
    state: str

    def with_certain(self, index: int, state: str) -> _SearchState:
        prefix_length, completed = self.prefix_length, self.completed | {index}
        while prefix_length in completed:
            completed -= {prefix_length}
            prefix_length += 1
        return _SearchState(prefix_length, completed, self.uncertain, state)

    def with_uncertain(self, index: int, state: str) -> _SearchState:
        return self._replace(uncertain=self.uncertain | {index}, state=state)


def _next_states(
    search_state: _SearchState, certain: Sequence[Call], uncertain: Sequence[Call]
) -> list[_SearchState]:
    """Return the states after one more call, the most likely one last."""
    candidates, deadline = _next_certain_calls(search_state, certain)
    found = []
    for index, call in enumerate(uncertain):
        if call.invoked_at > deadline:
            break
        state = apply(search_state.state, call)
        if index not in search_state.uncertain and state not in (None, search_state.state):
            found.append(search_state.with_uncertain(index, str(state)))
    for index in candidates:
        state = apply(search_state.state, certain[index])
        if state is not None and certain[index].invoked_at <= deadline:
            found.append(search_state.with_certain(index, state))
            if certain[index].is_read_only:
                # A call without effect is always best taken as early as possible.
                return found[-1:]
    return found


def _next_certain_calls(
    search_state: _SearchState, certain: Sequence[Call]
) -> tuple[list[int], float]:
    """Return the calls that can be next, and the time by which the next call was invoked.

    The next call was invoked before any of the remaining calls completed.
    """
    deadline = inf
    candidates = []
    for index in range(search_state.prefix_length, len(certain)):
        if certain[index].invoked_at > deadline:
            break
        if index not in search_state.completed:
            deadline = min(deadline, certain[index].completed_at)
            candidates.append(index)
    return candidates, deadline
