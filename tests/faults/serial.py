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
MOST_TRIED = 200_000
ABSENT, FREE = "absent", "free"


def held(by: str) -> str:
    """The state of a slot that is held by that holder."""
    return f"held {by}"


def booked(by: str) -> str:
    """The state of a slot that is booked as that."""
    return f"booked {by}"


@dataclass(frozen=True)
class Deed:
    """What was asked of a slot, and how it was answered; ``answered`` is never before ``asked``.

    ``what``: hold, release, book, cancel, leave (move away), open, withdraw; by ``who``, and
    to book perhaps as a ``holder``. ``told``: done, already, taken (somebody else has it), absent,
    not (who wants to leave does not have it), unknown (it may take effect once, at any time, or
    never). And see, which is told a state or its first word, or what it is not: ``not free``. And
    ``a_run_out`` of a hold.
    """

    what: str
    told: str
    asked: float
    answered: float
    who: str = ""
    holder: str = ""

    @classmethod
    def a_run_out(cls, until: float, who: str) -> Deed:
        """What the clock does to a hold: from then on it may be over for whoever asks.

        Nobody asks for it, and by when everybody must know of it nobody says: who looked at the
        clock a moment before may still find a hold.
        """
        return cls("run out", "unknown", until, until, who)

    @property
    def is_sure(self) -> bool:
        """Whether it must have happened."""
        return self.told != "unknown"

    @property
    def changes_nothing(self) -> bool:
        """Whether it leaves the slot as it was, whenever it happened."""
        return self.what == "see" or self.told not in ("done", "unknown")


def after(state: str, deed: Deed) -> str | None:
    """The slot's state after that, from that state; None where the deed cannot be told so."""
    if deed.what == "see":
        seen = deed.told.removeprefix("not ")
        is_so = seen in (state, state.partition(" ")[0])
        return state if is_so is (seen == deed.told) else None
    told, left = _judged(state, deed)
    if deed.is_sure:
        return left if told == deed.told else None
    return left


def _judged(state: str, deed: Deed) -> tuple[str, str]:
    if deed.what == "open":
        return ("done", FREE) if state == ABSENT else ("taken", state)
    if state == ABSENT and deed.what != "leave":
        return "absent", state
    may_be = {
        "hold": (FREE, held(deed.who)),
        "book": (FREE, held(deed.holder)),
        "release": (held(deed.who),),
        "run out": (held(deed.who),),
        "cancel": (booked(deed.who),),
        "leave": (booked(deed.who),),
        "withdraw": (FREE,),
    }
    if state in may_be[deed.what]:
        leaves = {"hold": held(deed.who), "book": booked(deed.who), "withdraw": ABSENT}
        return "done", leaves.get(deed.what, FREE)
    if deed.what == "book" and state == booked(deed.who):
        return "already", state
    # Letting go of what one does not have is done, unless it is somebody else's.
    others = {"release": "held", "cancel": "booked"}
    if deed.what in others and not state.startswith(others[deed.what]):
        return "done", state
    return ("not", state) if deed.what == "leave" else ("taken", state)


def is_serial(deeds: Sequence[Deed], *, begins: str = ABSENT, most_tried: int = MOST_TRIED) -> bool:
    """Whether there is an order of them in which everybody is told what they were told.

    One deed comes before another at least where it was answered before the other was asked. Raises
    ``Undecided``: deeds of which nobody knows can be ordered in more ways than can be tried.
    """
    deeds = sorted(deeds, key=lambda deed: deed.asked)
    sure = [deed for deed in deeds if deed.is_sure]
    unsure = [deed for deed in deeds if not deed.is_sure]
    tried: set[_Reached] = set()
    to_try = [_Reached(0, frozenset(), frozenset(), begins)]
    while to_try:
        reached = to_try.pop()
        if reached.whole == len(sure):
            return True
        if reached not in tried:
            if len(tried) == most_tried:
                counts = f"{len(sure)} deeds and {len(unsure)} that may have happened"
                raise Undecided(f"{counts}: given up after {most_tried:,} ways of ordering them")
            tried.add(reached)
            to_try += _next(reached, sure, unsure)
    return False


class Undecided(Exception):
    """It was tried for long, and neither was an order found nor that there is none."""


class _Reached(NamedTuple):
    """All that is sure up to ``whole`` has happened, and ``more`` of it; and some that is not."""

    whole: int
    more: frozenset[int]
    unsure: frozenset[int]
    state: str

    def with_sure(self, place: int, state: str) -> _Reached:
        whole, more = self.whole, self.more | {place}
        while whole in more:
            more -= {whole}
            whole += 1
        return _Reached(whole, more, self.unsure, state)


def _next(reached: _Reached, sure: Sequence[Deed], unsure: Sequence[Deed]) -> list[_Reached]:
    """What may be reached by one deed more; what is most likely comes last."""
    latest = inf  # whatever happens next was asked before anything still to come was answered
    may_be = []
    for place in range(reached.whole, len(sure)):
        if sure[place].asked > latest:
            break
        if place not in reached.more:
            latest = min(latest, sure[place].answered)
            may_be.append(place)
    found = []
    for place, deed in enumerate(unsure):
        if deed.asked > latest:
            break
        left = after(reached.state, deed)
        if place not in reached.unsure and left not in (None, reached.state):
            found.append(reached._replace(unsure=reached.unsure | {place}, state=str(left)))
    for place in may_be:
        left = after(reached.state, sure[place])
        if left is not None and sure[place].asked <= latest:
            found.append(reached.with_sure(place, left))
            if sure[place].changes_nothing:
                # If it can come now, nothing is won by waiting with it.
                return found[-1:]
    return found
