"""State machine of all that a practice does: adds closures, holds and overrides to time off."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from chalicelib.domain.slot import SlotId, SlotStatus
from chalicelib.use_cases.manage_closures import ClosureRequest
from tests.support.plan_states import choices, dates, kills
from tests.support.plan_twins import ADMIN, DATES
from tests.support.time_off_states import SITE, OwnBooking, TimeOffStateMachine

if TYPE_CHECKING:
    from chalicelib.services import Services
    from tests.support.plan_states import SlotKey
    from tests.support.plan_twins import Kill, PlanDoctor

FIVE_MINUTES = timedelta(minutes=5)  # longer than a run: no hold expires


class PracticeStateMachine(TimeOffStateMachine):
    """Adds the practice's own acts; ``held`` has the holders of the slots that a site holds."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self.held: dict[SlotKey, str] = {}
        self.closures: list[str] = []

    @rule(first=dates, days=st.integers(0, 2), killed=kills)
    def close_practice(self, first: int, days: int, killed: list[Kill]) -> None:
        last = DATES[min(first + days, len(DATES) - 1)]
        request = ClosureRequest(name="Holiday", first=DATES[first], last=last)
        self.tick()
        (closure,) = self.services.closures.manage.create(ADMIN, [request])
        self.closures.append(closure.closure_id)
        for of_doctor in self.time_off:
            of_doctor.append(closure.time_off.time_off_id)
        self.apply_closure(closure.closure_id, killed)

    @rule(choice=choices, killed=kills)
    def lift_closure(self, choice: int, killed: list[Kill]) -> None:
        if self.closures:
            closure_id = self.closures[-1 - choice % len(self.closures)]
            self.tick()
            self.services.closures.manage.lift(ADMIN, closure_id)
            self.apply_closure(closure_id, killed)

    def apply_closure(self, closure_id: str, killed: list[Kill]) -> None:
        """Apply it to both, as the queue does; killed and repeated for one of the doctors."""
        before = self.twins[1].days()
        self.twins[0].apply_closure(closure_id, killed)
        self.twins[1].apply_closure(closure_id, [])
        self.forget_overlapped(before)

    @rule(choice=choices)
    def hold(self, choice: int) -> None:
        """Hold one of the slots that are there."""
        if not (key := self.pick_slot(choice)):
            return
        holder, was_blocked = uuid4().hex, self.is_covered(key)

        def hold(twin: PlanDoctor, _index: int) -> None:
            slot_id = SlotId(twin.doctor_id, key[1])
            twin.services.bookings.book_slots.hold(SITE, slot_id, holder, FIVE_MINUTES)

        if self.both(hold):
            assert not was_blocked
            self.held[key] = holder
            self.used.add(key)

    @rule(choice=choices)
    def book_held(self, choice: int) -> None:
        """Book a held slot, also in time off that was taken since: the site was promised it."""
        if not (key := self.pick_held(choice)):
            return
        own = OwnBooking(uuid4().hex, SITE, self.held.pop(key))

        def book(twin: PlanDoctor, index: int) -> None:
            slot_id = SlotId(twin.doctor_id, key[1])
            twin.services.bookings.book_slots.book(SITE, slot_id, own.booking(index))

        assert self.both(book)
        self.keep(key, own)

    @rule(choice=choices, is_override=st.booleans())
    def release(self, choice: int, *, is_override: bool) -> None:
        """End a hold: its holder, or the practice."""
        if not (key := self.pick_held(choice)):
            return
        holder = self.held.pop(key)

        def release(twin: PlanDoctor, _index: int) -> None:
            slot_id = SlotId(twin.doctor_id, key[1])
            if is_override:
                twin.overrides.release(ADMIN, slot_id, "by mistake")
            else:
                twin.services.bookings.book_slots.release(SITE, slot_id, holder)

        assert self.both(release)
        assert not self.slot_of(key).is_taken

    @rule(choice=choices)
    def disrupt(self, choice: int) -> None:
        """Mark a booking: it has to move, whether it is in time off or not."""
        if not (key := self.pick_booked(choice)):
            return
        is_new = not self.slot_of(key).is_disrupted

        def disrupt(twin: PlanDoctor, _index: int) -> None:
            twin.overrides.disrupt(ADMIN, SlotId(twin.doctor_id, key[1]), "called away")

        assert self.both(disrupt)
        assert self.slot_of(key).is_disrupted
        if is_new:
            self.marked.add(key)

    @rule(choice=choices)
    def lift_disruption(self, choice: int) -> None:
        """Remove the mark of a booking: from then on, whether it has to move is up to others."""
        if not (key := self.pick_booked(choice)):
            return

        def lift(twin: PlanDoctor, _index: int) -> None:
            twin.overrides.lift_disruption(ADMIN, SlotId(twin.doctor_id, key[1]))

        assert self.both(lift)
        assert not self.slot_of(key).is_disrupted
        self.marked.discard(key)
        self.excused.add(key)

    def pick_held(self, choice: int) -> SlotKey | None:
        held = sorted(self.held)
        return held[choice % len(held)] if held else None

    @invariant()
    def holds_are_kept(self) -> None:
        """No hold ends but by its holder, its booking or an override."""
        stored = {
            (on, slot.start)
            for on, day in self.twins[1].days().items()
            for slot in day.slots.values()
            if slot.status is SlotStatus.HELD
        }
        assert stored == self.held.keys()
