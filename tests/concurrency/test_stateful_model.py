"""Model-based test: after any sequence of operations, the store equals a simple model."""

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
from chalicelib.domain.booking import Booking
from chalicelib.domain.changes import SlotChange
from chalicelib.domain.doctor import DoctorSettings
from chalicelib.domain.errors import ConflictError, RequestRejectedError, SlotNotFoundError
from chalicelib.domain.permissions import Caller, Role
from chalicelib.domain.slot import SlotId, SlotStatus
from chalicelib.use_cases.manage_slots import SaveRejectedError, SaveRequest
from tests.support import stored_day
from tests.support.factories import MONDAY, SUNDAY_NOON, make_session, to_instant
from tests.support.profile import rounds

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.bootstrap import Services

ADMIN = Caller(name="sam", client="test", roles=frozenset({Role.ADMIN}))
SLOT_LENGTHS = [20, 30, 60]
MINUTE = timedelta(minutes=1)

grid_indexes = st.integers(0, 5)
holders = st.sampled_from(["ann", "bob"])
booking_ids = st.sampled_from(["b-1", "b-2", "b-3"])
doctors = st.integers(0, 1)


@dataclass
class ModelSlot:
    """A slot of the model, with its hold or booking."""

    end: datetime
    holder: str | None = None
    held_until: datetime | None = None
    booking_id: str | None = None

    def is_held(self, now: datetime) -> bool:
        return self.held_until is not None and now < self.held_until

    def is_free_for(self, holder: str | None, now: datetime) -> bool:
        is_mine = holder is not None and self.holder == holder
        return self.booking_id is None and (is_mine or not self.is_held(now))


@dataclass
class ModelDay:
    """The model of one doctor's Monday, with a session from 9:00 to 11:00."""

    minutes: int = 30
    slots: dict[datetime, ModelSlot] = field(default_factory=dict)

    def grid_start(self, index: int) -> datetime:
        return to_instant("09:00") + index * self.minutes * MINUTE

    def is_on_grid(self, start: datetime) -> bool:
        return start + self.minutes * MINUTE <= to_instant("11:00")


class SlotStateMachine(RuleBasedStateMachine):
    """Random operations of doctors and patients with two doctors' slots, and a clock."""

    def __init__(self, services: Services, dynamodb: DynamoDBClient) -> None:
        super().__init__()
        self.dynamodb = dynamodb
        self.now = SUNDAY_NOON
        self.services = bootstrap.build_services(
            services.settings, now=lambda: self.now, pause=lambda _attempt: None
        )
        self.ids = [f"dr-{uuid4().hex}" for _ in range(2)]
        self.models = [ModelDay(), ModelDay()]
        for doctor in range(2):
            self.save_doctor(doctor, 30)

    def save_doctor(self, doctor: int, minutes: int) -> None:
        self.models[doctor].minutes = minutes
        self.services.manage_doctors.put(
            ADMIN,
            DoctorSettings(
                doctor_id=self.ids[doctor],
                name="Dr Any",
                specialty="any",
                location="Leeds",
                time_zone="Europe/London",
                slot_minutes=minutes,
                sessions=(make_session("09:00", "11:00"),),
                lead_minutes=0,
                window_days=365,
                delegates=None,
            ),
        )

    def slot_id(self, doctor: int, index: int) -> SlotId:
        return SlotId(self.ids[doctor], self.models[doctor].grid_start(index))

    def expect_outcome(
        self, operation: Callable[[], object], *, error_type: type[RequestRejectedError] | None
    ) -> None:
        """Fail unless the operation succeeds, or raises exactly this type of error."""
        outcome = None
        try:
            operation()
        except RequestRejectedError as error:
            outcome = type(error)
        assert outcome is error_type

    @rule(seconds=st.sampled_from([1, 29, 30, 600, 3600, 75_600]))
    def advance_clock(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(doctor=doctors, minutes=st.sampled_from(SLOT_LENGTHS))
    def change_slot_length(self, doctor: int, minutes: int) -> None:
        self.save_doctor(doctor, minutes)

    @rule(
        doctor=doctors,
        to_open=st.sets(grid_indexes, max_size=3),
        to_close=st.sets(grid_indexes, max_size=3),
    )
    def save_day(self, doctor: int, to_open: set[int], to_close: set[int]) -> None:
        model = self.models[doctor]
        opened = {model.grid_start(index) for index in to_open - to_close}
        closed = {model.grid_start(index) for index in to_close}
        changes = [
            *(SlotChange(start, SlotStatus.FREE) for start in sorted(opened)),
            *(SlotChange(start, SlotStatus.UNAVAILABLE) for start in sorted(closed)),
        ]
        request = SaveRequest(
            doctor_id=self.ids[doctor],
            date=MONDAY,
            changes=changes,
            request_id=uuid4().hex,
            fingerprint="f",
        )
        remaining = {start: slot for start, slot in model.slots.items() if start not in closed}
        can_close = all(
            start in model.slots and start > self.now
            and model.slots[start].is_free_for(None, self.now)
            for start in closed
        )  # fmt: skip
        new = {start: ModelSlot(end=start + model.minutes * MINUTE) for start in opened}
        intervals = sorted((start, slot.end) for start, slot in [*remaining.items(), *new.items()])
        can_open = all(
            start not in model.slots and model.is_on_grid(start) and start > self.now
            for start in new
        ) and all(earlier[1] <= later[0] for earlier, later in pairwise(intervals))
        is_valid = changes and can_close and can_open

        save = self.services.manage_slots.save
        self.expect_outcome(
            lambda: save(ADMIN, request), error_type=None if is_valid else SaveRejectedError
        )

        if is_valid:
            model.slots = remaining | new

    @rule(doctor=doctors, index=grid_indexes, holder=holders, seconds=st.sampled_from([30, 1800]))
    def hold_slot(self, doctor: int, index: int, holder: str, seconds: int) -> None:
        slot_id, length = self.slot_id(doctor, index), timedelta(seconds=seconds)
        slot = self.models[doctor].slots.get(slot_id.start)
        hold = self.services.book_slots.hold

        self.expect_outcome(
            lambda: hold(ADMIN, slot_id, holder, length),
            error_type=self.expected_error(slot, slot_id.start, holder),
        )

        if slot and self.expected_error(slot, slot_id.start, holder) is None:
            slot.holder, slot.held_until = holder, self.now + length

    def expected_error(
        self, slot: ModelSlot | None, start: datetime, holder: str | None
    ) -> type[RequestRejectedError] | None:
        if slot is None:
            return SlotNotFoundError
        return None if slot.is_free_for(holder, self.now) and start > self.now else ConflictError

    @rule(doctor=doctors, index=grid_indexes, holder=holders)
    def release_hold(self, doctor: int, index: int, holder: str) -> None:
        slot_id = self.slot_id(doctor, index)
        slot = self.models[doctor].slots.get(slot_id.start)
        is_held_by_other = slot and slot.is_held(self.now) and slot.holder != holder
        expected = (
            SlotNotFoundError if slot is None else ConflictError if is_held_by_other else None
        )
        release = self.services.book_slots.release

        self.expect_outcome(lambda: release(ADMIN, slot_id, holder), error_type=expected)

        if slot and slot.holder == holder:
            slot.holder = slot.held_until = None

    @rule(doctor=doctors, index=grid_indexes, booking=booking_ids, holder=st.none() | holders)
    def book_slot(self, doctor: int, index: int, booking: str, holder: str | None) -> None:
        slot_id = self.slot_id(doctor, index)
        slot = self.models[doctor].slots.get(slot_id.start)
        is_same_booking = slot is not None and slot.booking_id == booking
        expected = None if is_same_booking else self.expected_error(slot, slot_id.start, holder)
        booking_request = Booking(booking_id=booking, patient_reference="r", holder=holder)
        book = self.services.book_slots.book

        self.expect_outcome(lambda: book(ADMIN, slot_id, booking_request), error_type=expected)

        if slot and expected is None:
            slot.holder, slot.held_until, slot.booking_id = None, None, booking

    @rule(
        doctor=doctors,
        index=grid_indexes,
        booking=booking_ids,
        old_doctor=doctors,
        old_index=grid_indexes,
    )
    def move_booking(
        self, doctor: int, index: int, booking: str, old_doctor: int, old_index: int
    ) -> None:
        slot_id, old_id = self.slot_id(doctor, index), self.slot_id(old_doctor, old_index)
        slot = self.models[doctor].slots.get(slot_id.start)
        old = self.models[old_doctor].slots.get(old_id.start)
        expected = self.expected_error(slot, slot_id.start, None)
        if slot_id == old_id:
            expected = RequestRejectedError
        elif slot is not None and slot.booking_id == booking:
            expected = None
        elif expected is None and (old is None or old.booking_id != booking):
            expected = ConflictError
        booking_request = Booking(
            booking_id=booking, patient_reference="r", previous_slot_id=old_id
        )
        book = self.services.book_slots.book

        self.expect_outcome(lambda: book(ADMIN, slot_id, booking_request), error_type=expected)

        if slot and old and expected is None and slot.booking_id != booking:
            slot.holder, slot.held_until, slot.booking_id = None, None, booking
            old.booking_id = None

    @rule(doctor=doctors, index=grid_indexes, booking=booking_ids)
    def cancel_booking(self, doctor: int, index: int, booking: str) -> None:
        slot_id = self.slot_id(doctor, index)
        slot = self.models[doctor].slots.get(slot_id.start)
        is_booked_by_other = slot is not None and slot.booking_id not in (None, booking)
        expected = (
            SlotNotFoundError if slot is None else ConflictError if is_booked_by_other else None
        )
        cancel = self.services.book_slots.cancel

        self.expect_outcome(lambda: cancel(ADMIN, slot_id, booking), error_type=expected)

        if slot and slot.booking_id == booking:
            slot.booking_id = None

    @invariant()
    def store_matches_model(self) -> None:
        for doctor_id, model in zip(self.ids, self.models, strict=True):
            table = self.services.settings.table_name
            stored = stored_day.read_stored_day(self.dynamodb, table, doctor_id, MONDAY)
            stored.assert_valid()
            assert stored.claims == {
                start: (slot.holder, slot.held_until, slot.booking_id)
                for start, slot in model.slots.items()
            }
            assert stored.slots == {(start, slot.end) for start, slot in model.slots.items()}

    @invariant()
    def availability_matches_model(self) -> None:
        for doctor_id, model in zip(self.ids, self.models, strict=True):
            found = self.services.find_slots.for_doctor(doctor_id, MONDAY, MONDAY)
            assert [slot.start for slot in found.slots] == sorted(
                start
                for start, slot in model.slots.items()
                if slot.is_free_for(None, self.now) and start > self.now
            )


def test_any_operation_order_matches_model(services: Services, dynamodb: DynamoDBClient) -> None:
    class OfThese(SlotStateMachine):
        def __init__(self) -> None:
            super().__init__(services, dynamodb)

    runs = rounds(daily=40, nightly=500)
    run_state_machine_as_test(OfThese, settings=settings(max_examples=runs, stateful_step_count=30))
