"""Model-based test: after any sequence of operations, the store equals a simple model."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from msgspec import structs

from chalicelib import bootstrap
from chalicelib.domain.booking import Booking
from chalicelib.domain.changes import SlotChange
from chalicelib.domain.doctor import DoctorSettings
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.permissions import Caller, Role
from chalicelib.domain.slot import SlotId, SlotStatus
from chalicelib.use_cases.manage_slots import SaveRejectedError, SaveRequest
from chalicelib.use_cases.override_bookings import BookingQuery
from tests.support import stored_day
from tests.support.booking_model import MAX_HOLDS, BookingModel, ModelDay, ModelSlot
from tests.support.factories import MONDAY, SUNDAY_NOON, make_session
from tests.support.profile import rounds

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.services import Services

ADMIN = Caller(name="sam", client="test", roles=frozenset({Role.ADMIN}))
# Who owns what the caller books: two booking sites, and the practice.
CALLERS = {
    "site-a": Caller(name="site-a", client="site-a", roles=frozenset({Role.BOOKING_SITE})),
    "site-b": Caller(name="site-b", client="site-b", roles=frozenset({Role.BOOKING_SITE})),
    "practice": ADMIN,
}
SLOT_LENGTHS = [20, 30, 30, 60]
MINUTE = timedelta(minutes=1)

grid_indexes = st.integers(0, 4)
owners = st.sampled_from(list(CALLERS))
holders = st.sampled_from(["ann", "bob"])
booking_ids = st.sampled_from(["b-1", "b-2"])
references = st.sampled_from(["r-1", "r-1", "r-2"])
doctors = st.integers(0, 1)


class SlotStateMachine(RuleBasedStateMachine):
    """Random operations of doctors, their desk and two booking sites, and a clock."""

    def __init__(self, services: Services, dynamodb: DynamoDBClient) -> None:
        super().__init__()
        self.dynamodb = dynamodb
        limited = structs.replace(services.settings, max_holds_per_client=MAX_HOLDS)
        self.services = bootstrap.build_services(
            limited, now=lambda: self.now, pause=lambda _attempt: None
        )
        self.ids = [f"dr-{uuid4().hex}" for _ in range(2)]
        self.models = [ModelDay(), ModelDay()]
        # The bookings of all machines are in one table, so each machine has its own ids.
        self.suffix = uuid4().hex
        self.model = BookingModel(self.models, SUNDAY_NOON)
        for doctor in range(2):
            self.save_doctor(doctor, 30)
            self.open_slots(doctor)

    @property
    def now(self) -> datetime:
        """The time of the machine's clock."""
        return self.model.now

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

    def open_slots(self, doctor: int) -> None:
        """Open all slots of the doctor's Monday, so that most operations find one."""
        model = self.models[doctor]
        starts = [model.grid_start(index) for index in range(4)]
        self.save_slots(doctor, [SlotChange(start, SlotStatus.FREE) for start in starts])
        model.slots = {start: ModelSlot(end=start + 30 * MINUTE) for start in starts}

    def save_slots(self, doctor: int, changes: list[SlotChange]) -> None:
        request = SaveRequest(
            doctor_id=self.ids[doctor],
            date=MONDAY,
            changes=changes,
            request_id=uuid4().hex,
            fingerprint="f",
        )
        self.services.manage_slots.save(ADMIN, request)

    def slot_id(self, doctor: int, index: int) -> SlotId:
        return SlotId(self.ids[doctor], self.models[doctor].grid_start(index))

    def expect_code(self, operation: Callable[[], object], code: str | None) -> None:
        """Fail unless the operation succeeds, or is rejected with this code."""
        outcome = None
        try:
            operation()
        except RequestRejectedError as error:
            outcome = error.violations[0].code
        assert outcome == code

    @rule(seconds=st.sampled_from([1, 29, 30, 600, 3600, 75_600]))
    def advance_clock(self, seconds: int) -> None:
        self.model.now += timedelta(seconds=seconds)

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
        is_saved = self.model.save(doctor, opened, closed)

        with nullcontext() if is_saved else pytest.raises(SaveRejectedError):
            self.save_slots(doctor, changes)

    @rule(
        doctor=doctors, index=grid_indexes, owner=owners, holder=holders,
        seconds=st.sampled_from([30, 600, 1800]),
    )  # fmt: skip
    def hold_slot(self, doctor: int, index: int, owner: str, holder: str, seconds: int) -> None:
        slot_id, length = self.slot_id(doctor, index), timedelta(seconds=seconds)
        code = self.model.hold(doctor, slot_id.start, owner, holder, length)
        hold = self.services.bookings.book_slots.hold

        self.expect_code(lambda: hold(CALLERS[owner], slot_id, holder, length), code)

    @rule(doctor=doctors, index=grid_indexes, owner=owners, holder=holders)
    def release_hold(self, doctor: int, index: int, owner: str, holder: str) -> None:
        slot_id = self.slot_id(doctor, index)
        code = self.model.release(doctor, slot_id.start, owner, holder)
        release = self.services.bookings.book_slots.release

        self.expect_code(lambda: release(CALLERS[owner], slot_id, holder), code)

    @rule(
        doctor=doctors, index=grid_indexes, owner=owners, booking=booking_ids,
        reference=references, holder=st.none() | holders,
    )  # fmt: skip
    def book_slot(
        self, doctor: int, index: int, owner: str, booking: str, reference: str, holder: str | None
    ) -> None:
        slot_id = self.slot_id(doctor, index)
        requested = Booking(
            booking_id=booking + self.suffix, patient_reference=reference, holder=holder
        )
        code = self.model.book(doctor, slot_id.start, owner, requested)
        book = self.services.bookings.book_slots.book

        self.expect_code(lambda: book(CALLERS[owner], slot_id, requested), code)

    @rule(
        doctor=doctors, index=grid_indexes, owner=owners, booking=booking_ids,
        reference=references, old_doctor=doctors, old_index=grid_indexes,
    )  # fmt: skip
    def move_booking(
        self,
        doctor: int,
        index: int,
        owner: str,
        booking: str,
        reference: str,
        old_doctor: int,
        old_index: int,
    ) -> None:
        slot_id, old_id = self.slot_id(doctor, index), self.slot_id(old_doctor, old_index)
        requested = Booking(
            booking_id=booking + self.suffix, patient_reference=reference, previous_slot_id=old_id
        )
        code = self.model.move(
            (doctor, slot_id.start), (old_doctor, old_id.start), owner, requested
        )
        book = self.services.bookings.book_slots.book

        self.expect_code(lambda: book(CALLERS[owner], slot_id, requested), code)

    @rule(doctor=doctors, index=grid_indexes, owner=owners, booking=booking_ids)
    def move_booking_from_its_slot(self, doctor: int, index: int, owner: str, booking: str) -> None:
        record = self.model.records.get((owner, booking + self.suffix))
        if record is not None and record.place is not None and record.reference is not None:
            old_doctor, start = record.place
            slot_id = self.slot_id(doctor, index)
            requested = Booking(
                booking_id=booking + self.suffix,
                patient_reference=record.reference,
                previous_slot_id=SlotId(self.ids[old_doctor], start),
            )
            code = self.model.move((doctor, slot_id.start), record.place, owner, requested)
            book = self.services.bookings.book_slots.book

            self.expect_code(lambda: book(CALLERS[owner], slot_id, requested), code)

    @rule(doctor=doctors, index=grid_indexes, owner=owners, booking=booking_ids)
    def cancel_booking(self, doctor: int, index: int, owner: str, booking: str) -> None:
        slot_id = self.slot_id(doctor, index)
        code = self.model.cancel(doctor, slot_id.start, owner, booking + self.suffix)
        cancel = self.services.bookings.book_slots.cancel

        self.expect_code(lambda: cancel(CALLERS[owner], slot_id, booking + self.suffix), code)

    @rule(doctor=doctors, index=grid_indexes, act=st.sampled_from(["release", "disrupt", "revoke"]))
    def override(self, doctor: int, index: int, act: str) -> None:
        slot_id = self.slot_id(doctor, index)
        code = self.model.override(doctor, slot_id.start, act)
        run = getattr(self.services.bookings.override_bookings, act)

        self.expect_code(lambda: run(ADMIN, slot_id, "a reason"), code)

    @rule(doctor=doctors, owner=owners)
    def release_holds(self, doctor: int, owner: str) -> None:
        expected = self.model.release_holds(doctor, owner)

        released = self.services.bookings.override_bookings.release_holds(
            ADMIN, self.ids[doctor], owner
        )

        assert released == expected

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
    def each_client_sees_its_own_bookings(self) -> None:
        for doctor_id, model in zip(self.ids, self.models, strict=True):
            query = BookingQuery(doctor_id=doctor_id, first=MONDAY, last=MONDAY)
            for owner, caller in CALLERS.items():
                found = self.services.bookings.override_bookings.list_bookings(caller, query)
                assert [
                    (stored.slot.start, stored.booking_id, stored.slot.is_disrupted)
                    for stored in found.bookings
                ] == [
                    (start, slot.booking_id, slot.is_disrupted)
                    for start, slot in sorted(model.slots.items())
                    if slot.booking_id and owner in (slot.owner, "practice")
                ]

    @invariant()
    def availability_matches_model(self) -> None:
        for doctor_id, model in zip(self.ids, self.models, strict=True):
            found = self.services.find_slots.for_doctor(doctor_id, MONDAY, MONDAY)
            assert [slot.start for slot in found.slots] == sorted(
                start
                for start, slot in model.slots.items()
                if not slot.is_taken(self.now) and start > self.now
            )


def test_any_operation_order_matches_model(services: Services, dynamodb: DynamoDBClient) -> None:
    class OfThese(SlotStateMachine):
        def __init__(self) -> None:
            super().__init__(services, dynamodb)

    runs = rounds(daily=3, nightly=500)
    run_state_machine_as_test(OfThese, settings=settings(max_examples=runs, stateful_step_count=30))
