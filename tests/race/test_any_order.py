"""Whatever is done in whatever order, the store is what a simple model says, and whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from uuid import uuid4

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from chalicelib import bootstrap
from chalicelib.domain.caller import Caller, Role
from chalicelib.domain.claims import Booking
from chalicelib.domain.doctor_settings import DoctorSettings
from chalicelib.domain.errors import Conflict, Refused, SlotUnknown
from chalicelib.domain.slot_id import SlotId
from chalicelib.domain.ticks import Tick
from chalicelib.use_cases.manage_slots import SaveRequest
from tests.builders import MONDAY, SUNDAY_NOON, a_session, at
from tests.race import history
from tests.support.profile import rounds

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.bootstrap import Services

ANYBODY = Caller(name="sam", client="test", roles=frozenset({Role.ADMIN}))
LENGTHS = [20, 30, 60]
MINUTE = timedelta(minutes=1)

places = st.integers(0, 5)
people = st.sampled_from(["ann", "bob"])
bookings = st.sampled_from(["b-1", "b-2", "b-3"])
doctors = st.integers(0, 1)


@dataclass
class Known:
    """A slot as the model has it; who holds or booked it, if anybody does."""

    end: datetime
    holder: str | None = None
    until: datetime | None = None
    booking: str | None = None

    def is_held(self, now: datetime) -> bool:
        return self.until is not None and now < self.until

    def is_free_for(self, holder: str | None, now: datetime) -> bool:
        is_mine = holder is not None and self.holder == holder
        return self.booking is None and (is_mine or not self.is_held(now))


@dataclass
class Model:
    """What one doctor's Monday, from nine to eleven, should be."""

    minutes: int = 30
    slots: dict[datetime, Known] = field(default_factory=dict)

    def box(self, place: int) -> datetime:
        return at("09:00") + place * self.minutes * MINUTE

    def is_box(self, start: datetime) -> bool:
        return start + self.minutes * MINUTE <= at("11:00")


class AnyOrder(RuleBasedStateMachine):
    """Two doctors, some patients, and a clock."""

    def __init__(self, services: Services, dynamodb: DynamoDBClient) -> None:
        super().__init__()
        self.dynamodb = dynamodb
        self.now = SUNDAY_NOON
        self.services = bootstrap.assemble(
            services.settings, now=lambda: self.now, pause=lambda _attempt: None
        )
        self.ids = [f"dr-{uuid4().hex}" for _ in range(2)]
        self.models = [Model(), Model()]
        for which in range(2):
            self.put(which, 30)

    def put(self, which: int, minutes: int) -> None:
        self.models[which].minutes = minutes
        self.services.keep_doctors.put(
            ANYBODY,
            DoctorSettings(
                doctor_id=self.ids[which],
                name="Dr Any",
                specialty="any",
                location="Leeds",
                time_zone="Europe/London",
                slot_minutes=minutes,
                sessions=(a_session("09:00", "11:00"),),
                lead_minutes=0,
                window_days=365,
                delegates=None,
            ),
        )

    def slot_id(self, which: int, place: int) -> SlotId:
        return SlotId(self.ids[which], self.models[which].box(place))

    def expect(self, deed: Callable[[], object], *, refused: type[Refused] | None) -> None:
        """The deed must succeed, or be refused in just that way."""
        outcome = None
        try:
            deed()
        except Refused as error:
            outcome = type(error)
        assert outcome is refused

    @rule(seconds=st.sampled_from([1, 29, 30, 600, 3600, 75_600]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(which=doctors, minutes=st.sampled_from(LENGTHS))
    def the_length_of_her_slots_changes(self, which: int, minutes: int) -> None:
        self.put(which, minutes)

    @rule(which=doctors, opens=st.sets(places, max_size=3), withdraws=st.sets(places, max_size=3))
    def a_doctor_saves(self, which: int, opens: set[int], withdraws: set[int]) -> None:
        model = self.models[which]
        opened = {model.box(place) for place in opens - withdraws}
        withdrawn = {model.box(place) for place in withdraws}
        asked = [
            *(Tick(start, "free") for start in sorted(opened)),
            *(Tick(start, "busy-unavailable") for start in sorted(withdrawn)),
        ]
        request = SaveRequest(
            doctor_id=self.ids[which], date=MONDAY, asked=asked, request_id=uuid4().hex
        )
        left = {start: slot for start, slot in model.slots.items() if start not in withdrawn}
        may_withdraw = all(
            start in model.slots and start > self.now
            and model.slots[start].is_free_for(None, self.now)
            for start in withdrawn
        )  # fmt: skip
        new = {start: Known(end=start + model.minutes * MINUTE) for start in opened}
        all_of_it = sorted((start, slot.end) for start, slot in [*left.items(), *new.items()])
        may_open = all(
            start not in model.slots and model.is_box(start) and start > self.now for start in new
        ) and all(one[1] <= other[0] for one, other in pairwise(all_of_it))
        may = asked and may_withdraw and may_open

        save = self.services.manage_slots.save
        self.expect(lambda: save(ANYBODY, request), refused=None if may else Refused)

        if may:
            model.slots = left | new

    @rule(which=doctors, place=places, holder=people, seconds=st.sampled_from([30, 1800]))
    def a_patient_holds(self, which: int, place: int, holder: str, seconds: int) -> None:
        slot_id, length = self.slot_id(which, place), timedelta(seconds=seconds)
        slot = self.models[which].slots.get(slot_id.start)
        hold = self.services.book_slots.hold

        self.expect(
            lambda: hold(ANYBODY, slot_id, holder, length),
            refused=self.refusal(slot, slot_id.start, holder),
        )

        if slot and self.refusal(slot, slot_id.start, holder) is None:
            slot.holder, slot.until = holder, self.now + length

    def refusal(
        self, slot: Known | None, start: datetime, holder: str | None
    ) -> type[Refused] | None:
        if slot is None:
            return SlotUnknown
        return None if slot.is_free_for(holder, self.now) and start > self.now else Conflict

    @rule(which=doctors, place=places, holder=people)
    def a_patient_lets_go(self, which: int, place: int, holder: str) -> None:
        slot_id = self.slot_id(which, place)
        slot = self.models[which].slots.get(slot_id.start)
        is_held_by_other = slot and slot.is_held(self.now) and slot.holder != holder
        refused = SlotUnknown if slot is None else Conflict if is_held_by_other else None
        release = self.services.book_slots.release

        self.expect(lambda: release(ANYBODY, slot_id, holder), refused=refused)

        if slot and slot.holder == holder:
            slot.holder = slot.until = None

    @rule(which=doctors, place=places, booking=bookings, holder=st.none() | people)
    def a_patient_books(self, which: int, place: int, booking: str, holder: str | None) -> None:
        slot_id = self.slot_id(which, place)
        slot = self.models[which].slots.get(slot_id.start)
        is_hers = slot is not None and slot.booking == booking
        refused = None if is_hers else self.refusal(slot, slot_id.start, holder)
        wanted = Booking(booking_id=booking, patient_reference="r", holder=holder)
        book = self.services.book_slots.book

        self.expect(lambda: book(ANYBODY, slot_id, wanted), refused=refused)

        if slot and refused is None:
            slot.holder, slot.until, slot.booking = None, None, booking

    @rule(which=doctors, place=places, booking=bookings, from_which=doctors, from_place=places)
    def a_patient_moves(
        self, which: int, place: int, booking: str, from_which: int, from_place: int
    ) -> None:
        slot_id, old_id = self.slot_id(which, place), self.slot_id(from_which, from_place)
        slot = self.models[which].slots.get(slot_id.start)
        old = self.models[from_which].slots.get(old_id.start)
        refused = self.refusal(slot, slot_id.start, None)
        if slot_id == old_id:
            refused = Refused
        elif slot is not None and slot.booking == booking:
            refused = None
        elif refused is None and (old is None or old.booking != booking):
            refused = Conflict
        wanted = Booking(booking_id=booking, patient_reference="r", moves=old_id)
        book = self.services.book_slots.book

        self.expect(lambda: book(ANYBODY, slot_id, wanted), refused=refused)

        if slot and old and refused is None and slot.booking != booking:
            slot.holder, slot.until, slot.booking = None, None, booking
            old.booking = None

    @rule(which=doctors, place=places, booking=bookings)
    def a_patient_cancels(self, which: int, place: int, booking: str) -> None:
        slot_id = self.slot_id(which, place)
        slot = self.models[which].slots.get(slot_id.start)
        is_others = slot is not None and slot.booking not in (None, booking)
        refused = SlotUnknown if slot is None else Conflict if is_others else None
        cancel = self.services.book_slots.cancel

        self.expect(lambda: cancel(ANYBODY, slot_id, booking), refused=refused)

        if slot and slot.booking == booking:
            slot.booking = None

    @invariant()
    def the_store_is_what_the_model_says(self) -> None:
        for doctor_id, model in zip(self.ids, self.models, strict=True):
            table = self.services.settings.table_name
            stored = history.read(self.dynamodb, table, doctor_id, MONDAY)
            stored.require_whole()
            assert stored.claims == {
                start: (slot.holder, slot.until, slot.booking)
                for start, slot in model.slots.items()
            }
            assert stored.slots == {(start, slot.end) for start, slot in model.slots.items()}

    @invariant()
    def what_is_bookable_is_listed_and_nothing_else(self) -> None:
        for doctor_id, model in zip(self.ids, self.models, strict=True):
            found = self.services.find_slots.of_doctor(doctor_id, MONDAY, MONDAY)
            assert [slot.start for slot in found.slots] == sorted(
                start
                for start, slot in model.slots.items()
                if slot.is_free_for(None, self.now) and start > self.now
            )


def test_no_order_of_deeds_breaks_a_schedule(services: Services, dynamodb: DynamoDBClient) -> None:
    class OfThese(AnyOrder):
        def __init__(self) -> None:
            super().__init__(services, dynamodb)

    runs = rounds(daily=40, nightly=500)
    run_state_machine_as_test(OfThese, settings=settings(max_examples=runs, stateful_step_count=30))
