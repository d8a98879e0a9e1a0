"""What must hold in every state and at every step, whatever runs at the same time.

Two guarantees are no matter of the protocol: that a rejection names each slot, and that wall-clock
times survive clock changes.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from tests.model.decisions import TimeOff, is_blocked, overlap
from tests.model.saves import REJECTED, Save
from tests.model.states import is_end
from tests.model.table import Day

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.model.states import Scenario, State, Transition
    from tests.model.table import Act, Booking, Slot


def find_violation(transition: Transition, scenario: Scenario) -> str:
    """Return the first invariant that the step breaks, in words; "" if it breaks none."""
    for invariant, text in INVARIANTS.items():
        if not invariant(transition):
            return text
    if is_end(scenario, transition.after) and scenario.result is not None:
        slots = {start: slot.status for start, slot in slots_of(transition.after).items()}
        return "" if slots == scenario.result else f"in the end the day has {scenario.result}"
    return ""


def slots_of(state: State) -> dict[str, Slot]:
    return {key[1]: item for key, item in state.table.items() if key[0] == "slot"}


def _claims(state: State) -> dict[str, tuple[str, str]]:
    return {start: (slot.status, slot.claim) for start, slot in slots_of(state).items()}


def _no_overlap(transition: Transition) -> bool:
    return not any(overlap(*pair) for pair in combinations(slots_of(transition.after), 2))


def _day_lists_slots(transition: Transition) -> bool:
    """A scenario may begin with a day that has lost a slot."""
    return _differences(transition.after) <= _differences(transition.before)


def _differences(state: State) -> set[tuple[str, str, int]]:
    """Return what the day lists otherwise than it is stored."""
    listed = state.table.get(("day",), Day()).slots.items()
    return {(start, entry.status, entry.until) for start, entry in listed} ^ {
        (start, slot.status, slot.until) for start, slot in slots_of(state).items()
    }


def _claims_stay(transition: Transition) -> bool:
    after = slots_of(transition.after)
    return all(
        (start in after and after[start].claim == slot.claim)
        or transition.request.startswith(f"{slot.claim} ")
        for start, slot in slots_of(transition.before).items()
        if slot.status == "booked" or (slot.status == "held" and slot.until > transition.before.now)
    )


def _one_effect(transition: Transition) -> bool:
    is_repeated = transition.request in transition.before.requests_done
    return not is_repeated or _claims(transition.before) == _claims(transition.after)


def _not_rejected_after_commit(transition: Transition) -> bool:
    actor = transition.actor
    is_rejection = set(transition.after.memories) - set(transition.before.memories) == {REJECTED}
    return not (
        is_rejection
        and isinstance(actor, Save)
        and ("change", actor.request) in transition.before.table
    )


def _time_off_is_kept(transition: Transition) -> bool:
    blocked = transition.before.table.get(("day",), Day()).blocked
    before, after = _claims(transition.before), _claims(transition.after)
    return not any(
        is_blocked(start, blocked)
        for start, claim in after.items()
        if start not in before or (claim != before[start] and claim[0] != "free")
    )


def _plan_respects_hands(transition: Transition) -> bool:
    if not (isinstance(transition.actor, Save) and transition.actor.is_plan):
        return True
    listed = transition.before.table.get(("day",), Day()).slots
    closed = slots_of(transition.before).keys() - slots_of(transition.after).keys()
    is_time_off = isinstance(transition.actor.decide, TimeOff)
    return is_time_off or not any(listed[start].is_by_hand for start in closed)


def _log_is_kept(transition: Transition) -> bool:
    return _log(transition.before).items() <= _log(transition.after).items()


def _log_explains_slots(transition: Transition) -> bool:
    status: dict[str, str] = {}
    for _, act in sorted(_log(transition.after).items()):
        status |= dict.fromkeys((*act.opened, *act.freed), "free")
        status |= dict.fromkeys(act.booked, "booked")
        status = {start: each for start, each in status.items() if start not in act.closed}
    slots = slots_of(transition.after).items()
    return status == {
        start: "booked" if slot.status == "booked" else "free" for start, slot in slots
    }


def _log(state: State) -> dict[tuple[str, ...], Act]:
    return {key: item for key, item in state.table.items() if key[0] == "audit"}


def _bookings(state: State) -> dict[str, Booking]:
    return {key[1]: item for key, item in state.table.items() if key[0] == "booking"}


def _record_knows_slot(transition: Transition) -> bool:
    slots = slots_of(transition.after)
    return all(
        [start for start, slot in slots.items() if slot.claim == claim]
        == ([booking.slot] if booking.slot else [])
        for claim, booking in _bookings(transition.after).items()
    )


def _patient_stays(transition: Transition) -> bool:
    after = _bookings(transition.after)
    return all(
        after[claim].patient == booking.patient
        for claim, booking in _bookings(transition.before).items()
        if booking.slot and after[claim].slot
    )


INVARIANTS: dict[Callable[[Transition], bool], str] = {
    _no_overlap: "no two slots overlap",
    _claims_stay: "only its own client ends a hold or a booking",
    _time_off_is_kept: "nothing is opened, held or booked in time off",
    _plan_respects_hands: "a plan doesn't close what was opened by hand",
    _one_effect: "a request has one effect, however often it is sent",
    _not_rejected_after_commit: "a request that is saved is not rejected",
    _record_knows_slot: "a booking has one slot, and its record knows it",
    _patient_stays: "a booking stays with its patient",
    _log_is_kept: "the audit log is only added to",
    _log_explains_slots: "the audit log explains the slots",
    _day_lists_slots: "the day lists its slots as they are",
}
