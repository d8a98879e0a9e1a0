"""Whether what clients were told of a slot can have happened one thing after the other.

Linearizability (Herlihy and Wing 1990) of each slot, searched for as Wing and Gong do: every deed
must fit in at one instant between its request and its answer, so that a slot that does one thing at
a time would have given the same answers. A deed of several slots is one deed of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    unknown (it may take effect once, at any time, or never). And see, which is told a state or its
    first word, or what it is not: ``not free``.
    """

    what: str
    told: str
    asked: float
    answered: float
    who: str = ""
    holder: str = ""

    @property
    def is_sure(self) -> bool:
        """Whether it must have happened."""
        return self.told != "unknown"

    @property
    def until(self) -> float:
        """Up to when it happened."""
        return self.answered if self.is_sure else inf


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
    if state == ABSENT:
        return "absent", state
    may_be = {
        "hold": (FREE, held(deed.who)),
        "book": (FREE, held(deed.holder)),
        "release": (held(deed.who),),
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


def is_serial(deeds: Sequence[Deed], *, begins: str = ABSENT) -> bool:
    """Whether there is an order of them in which everybody is told what they were told.

    One deed comes before another at least where it was answered before the other was asked.
    """
    deeds = sorted(deeds, key=lambda deed: deed.asked)
    everything = sum(1 << place for place, deed in enumerate(deeds) if deed.is_sure)
    tried: set[tuple[int, str]] = set()
    to_try = [(0, 0, begins)]
    while to_try:
        done, first, state = to_try.pop()
        if (done, state) in tried:
            continue
        tried.add((done, state))
        if done & everything == everything:
            return True
        while done >> first & 1:
            first += 1
        for place in _may_be_next(deeds, done, first):
            left = after(state, deeds[place])
            if left is None:
                continue
            to_try.append((done | 1 << place, first, left))
            if left == state and deeds[place].is_sure:
                # It changes nothing: if it can come now, nothing is won by waiting with it.
                break
    return False


def _may_be_next(deeds: Sequence[Deed], done: int, first: int) -> list[int]:
    """Those that nothing which is still to come must come before."""
    latest = inf
    found = []
    for place in range(first, len(deeds)):
        if deeds[place].asked > latest:
            break
        if not done >> place & 1:
            latest = min(latest, deeds[place].until)
            found.append(place)
    return [place for place in found if deeds[place].asked <= latest]
