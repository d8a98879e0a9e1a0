"""The scenarios of disruptions by name, and what must hold at every step of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.model.disruptions import (
    EVENTS,
    GRACE,
    NOTE,
    SLOT,
    Announcer,
    Booker,
    Lifter,
    Marked,
    Marker,
    MarkSafeguard,
    Rebooker,
    booked_slot,
    minute_of,
)
from tests.model.states import Scenario

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.model.states import Transition


def find_violation(transition: Transition, _scenario: Scenario) -> str:
    """Return what the step breaks, in words; "" if it breaks nothing."""
    return next((text for text, holds in INVARIANTS.items() if not holds(transition)), "")


def _slots(transition: Transition) -> tuple[Marked, Marked]:
    return transition.before.table[SLOT], transition.after.table[SLOT]


def _is_not_offered_again(transition: Transition) -> bool:
    before, after = _slots(transition)
    if before.status != "booked" or after.status == "booked":
        return True
    return after.status == ("closed" if before.since else "free")


def _only_bookings_are_marked(transition: Transition) -> bool:
    _before, after = _slots(transition)
    return not after.since or after.status == "booked"


def _mark_stays_the_same(transition: Transition) -> bool:
    before, after = _slots(transition)
    return before.since == after.since or 0 in {before.since, after.since}


def _own_mark_is_lifted(transition: Transition) -> bool:
    before, after = _slots(transition)
    is_lifted = isinstance(transition.actor, Lifter) and before.since != after.since
    return not is_lifted or transition.text.endswith(f" {before.since}")


def _booking_is_its_owner_s(transition: Transition) -> bool:
    before, after = _slots(transition)
    actor = transition.actor
    own = actor.claim if isinstance(actor, Rebooker) else None
    return before.status != "booked" or before.claim in {after.claim, own}


def _mark_is_announced_or_noted(transition: Transition) -> bool:
    _before, after = _slots(transition)
    return NOTE in transition.after.table or after.since == after.announced


def _event_is_true_and_after_the_grace(transition: Transition) -> bool:
    reported = transition.after.table[EVENTS][len(transition.before.table[EVENTS]) :]
    since, now = transition.before.table[SLOT].since, transition.before.now
    return not reported or (reported == (since,) and (not since or now >= minute_of(since) + GRACE))


INVARIANTS: dict[str, Callable[[Transition], bool]] = {
    "only its own booking site ends a booking": _booking_is_its_owner_s,
    "the slot of a disrupted booking is closed, any other opens": _is_not_offered_again,
    "only a booking is marked": _only_bookings_are_marked,
    "a mark doesn't replace another": _mark_stays_the_same,
    "a mark is lifted by those who have seen it": _own_mark_is_lifted,
    "what is not announced is noted": _mark_is_announced_or_noted,
    "an event says what is so, after the grace": _event_is_true_and_after_the_grace,
}
SCENARIOS: dict[str, Scenario] = {
    "mark_and_cancellation": Scenario(
        booked_slot(), (Marker("Lee"), Rebooker("Ann"), Booker("Ben")), 1
    ),
    "two_marks_and_announcement": Scenario(
        booked_slot(), (Marker("Lee"), Marker("Sam", at=2), Announcer("The schedule")), 2
    ),
    "lift_within_the_grace": Scenario(
        booked_slot(), (Marker("Lee"), Lifter("Sam"), Announcer("The schedule")), 2
    ),
    "lift_and_mark_again": Scenario(
        booked_slot(since=11, announced=11),
        (Lifter("Lee"), Lifter("Sam"), Marker("Kim", at=2), Announcer("The schedule")),
        2,
    ),
    "rebooked_while_announced": Scenario(
        booked_slot(since=11), (Announcer("The schedule"), Lifter("Lee"), Rebooker("Ann")), 2
    ),
    "cancelled_and_booked_again": Scenario(
        booked_slot(), (Rebooker("Ann"), Rebooker("Ann again"), Booker("Ben"), Marker("Lee")), 1
    ),
}
# The scenario that shows best what goes wrong without a safeguard.
COUNTER_EXAMPLES: dict[MarkSafeguard, str] = {
    MarkSafeguard.MARK_NEEDS_BOOKING: "mark_and_cancellation",
    MarkSafeguard.MARK_IS_NEW: "two_marks_and_announcement",
    MarkSafeguard.LIFT_IS_OF_MARK: "lift_and_mark_again",
    MarkSafeguard.CANCEL_HAS_BOOKING: "cancelled_and_booked_again",
    MarkSafeguard.CANCEL_KNOWS_MARK: "mark_and_cancellation",
    MarkSafeguard.NOTE_IN_TRANSACTION: "two_marks_and_announcement",
    MarkSafeguard.GRACE_IS_OVER: "lift_within_the_grace",
    MarkSafeguard.NOTE_AS_READ: "lift_within_the_grace",
}
