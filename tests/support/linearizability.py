"""Whether what clients were told of a slot can have happened one thing after the other.

Linearizability (Herlihy and Wing 1990) of each slot, searched for as Wing and Gong do: every deed
must fit in at one instant between its request and its answer, so that a slot that does one thing at
a time would have given the same answers. A deed of several slots is one deed of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

# A slot of a minute of 64 clients takes some ten thousand. Each is kept, so this is memory too.
MAX_STATES = 200_000
ABSENT, FREE = "absent", "free"


def held_state(holder: str) -> str:
    """The state of a slot that is held by that holder."""
    return f"held {holder}"


def booked_state(booking_id: str) -> str:
    """The state of a slot that is booked as that."""
    return f"booked {booking_id}"


@dataclass(frozen=True)
class Call:
    """What was asked of a slot, and how it was answered; ``answered`` is never before ``asked``.

    ``what``: hold, release, book, cancel, leave (move away), open, close; by ``who``, and
    to book perhaps as a ``holder``. ``told``: done, already, taken (somebody else has it), absent,
    not (who wants to leave does not have it), unknown (it may take effect once, at any time, or
    never). And see, which is told a state or its first word, or what it is not: ``not free``. And
    ``a_run_out`` of a hold.
    """

    operation: str
    result: str
    invoked_at: float
    completed_at: float
    who: str = ""
    holder: str = ""

    @classmethod
    def hold_expiry(cls, until: float, who: str) -> Call:
        """What the clock does to a hold: from then on it may be over for whoever asks.

        Nobody asks for it, and by when everybody must know of it nobody says: who looked at the
        clock a moment before may still find a hold.
        """
        return cls("run out", "unknown", until, until, who)

    @property
    def is_certain(self) -> bool:
        """Whether it must have happened."""
        return self.result != "unknown"

    @property
    def is_read_only(self) -> bool:
        """Whether it leaves the slot as it was, whenever it happened."""
        return self.operation == "see" or self.result not in ("done", "unknown")


def apply(state: str, call: Call) -> str | None:
    """The slot's state after that, from that state; None where the deed cannot be told so."""
    if call.operation == "see":
        seen = call.result.removeprefix("not ")
        is_so = seen in (state, state.partition(" ")[0])
        return state if is_so is (seen == call.result) else None
    told, left = _expected_result(state, call)
    if call.is_certain:
        return left if told == call.result else None
    return left


def _expected_result(state: str, call: Call) -> tuple[str, str]:
    if call.operation == "open":
        return ("done", FREE) if state == ABSENT else ("taken", state)
    if state == ABSENT and call.operation != "leave":
        return "absent", state
    may_be = {
        "hold": (FREE, held_state(call.who)),
        "book": (FREE, held_state(call.holder)),
        "release": (held_state(call.who),),
        "run out": (held_state(call.who),),
        "cancel": (booked_state(call.who),),
        "leave": (booked_state(call.who),),
        "close": (FREE,),
    }
    if state in may_be[call.operation]:
        leaves = {"hold": held_state(call.who), "book": booked_state(call.who), "close": ABSENT}
        return "done", leaves.get(call.operation, FREE)
    if call.operation == "book" and state == booked_state(call.who):
        return "already", state
    # Letting go of what one does not have is done, unless it is somebody else's.
    others = {"release": "held", "cancel": "booked"}
    if call.operation in others and not state.startswith(others[call.operation]):
        return "done", state
    return ("not", state) if call.operation == "leave" else ("taken", state)


def is_linearizable(
    calls: Sequence[Call], *, initial_state: str = ABSENT, max_states: int = MAX_STATES
) -> bool:
    """Whether there is an order of them in which everybody is told what they were told.

    One deed comes before another at least where it was answered before the other was asked. Raises
    ``Undecided``: deeds of which nobody knows can be ordered in more ways than can be tried.
    """
    calls = sorted(calls, key=lambda deed: deed.invoked_at)
    sure = [deed for deed in calls if deed.is_certain]
    unsure = [deed for deed in calls if not deed.is_certain]
    tried: set[_SearchState] = set()
    to_try = [_SearchState(0, frozenset(), frozenset(), initial_state)]
    while to_try:
        reached = to_try.pop()
        if reached.prefix_length == len(sure):
            return True
        if reached not in tried:
            if len(tried) == max_states:
                counts = f"{len(sure)} deeds and {len(unsure)} that may have happened"
                raise SearchLimitExceededError(
                    f"{counts}: given up after {max_states:,} ways of ordering them"
                )
            tried.add(reached)
            to_try += _next_states(reached, sure, unsure)
    return False


class SearchLimitExceededError(Exception):
    """It was tried for long, and neither was an order found nor that there is none."""


class _SearchState(NamedTuple):
    """All that is sure up to ``whole`` has happened, and ``more`` of it; and some that is not."""

    prefix_length: int
    completed: frozenset[int]
    uncertain: frozenset[int]
    state: str

    def with_certain(self, index: int, state: str) -> _SearchState:
        whole, more = self.prefix_length, self.completed | {index}
        while whole in more:
            more -= {whole}
            whole += 1
        return _SearchState(whole, more, self.uncertain, state)


def _next_states(
    search_state: _SearchState, certain: Sequence[Call], uncertain: Sequence[Call]
) -> list[_SearchState]:
    """What may be reached by one deed more; what is most likely comes last."""
    latest = inf  # whatever happens next was asked before anything still to come was answered
    may_be = []
    for place in range(search_state.prefix_length, len(certain)):
        if certain[place].invoked_at > latest:
            break
        if place not in search_state.completed:
            latest = min(latest, certain[place].completed_at)
            may_be.append(place)
    found = []
    for place, deed in enumerate(uncertain):
        if deed.invoked_at > latest:
            break
        left = apply(search_state.state, deed)
        if place not in search_state.uncertain and left not in (None, search_state.state):
            found.append(
                search_state._replace(uncertain=search_state.uncertain | {place}, state=str(left))
            )
    for place in may_be:
        left = apply(search_state.state, certain[place])
        if left is not None and certain[place].invoked_at <= latest:
            found.append(search_state.with_certain(place, left))
            if certain[place].is_read_only:
                # If it can come now, nothing is won by waiting with it.
                return found[-1:]
    return found
