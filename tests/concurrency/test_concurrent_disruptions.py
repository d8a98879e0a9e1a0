"""Disruptions, desk bookings and overrides at the moment in which a patient acts."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from chalicelib.domain.booking import Booking
from chalicelib.domain.errors import ConflictError, SlotNotFoundError
from chalicelib.domain.permissions import Caller, Role
from chalicelib.domain.slot import SlotId
from tests.support import stored_day
from tests.support.booking_actions import save_slots
from tests.support.concurrent import concurrent_runner
from tests.support.factories import MONDAY, make_doctor, to_instant
from tests.support.profile import rounds

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.bootstrap import Services

ROUNDS = rounds(daily=8, nightly=200)
SITE = Caller(name="site", client="site", roles=frozenset({Role.BOOKING_SITE}))
ADMIN = Caller(name="alex", client="page", roles=frozenset({Role.ADMIN}))
EXPECTED = (ConflictError, SlotNotFoundError)


@pytest.fixture
def slots(services: Services) -> tuple[SlotId, SlotId]:
    """Two free slots of a new doctor."""
    doctor_id = f"dr-{uuid4().hex}"
    services.doctors.add(make_doctor(doctor_id))
    save_slots(services, doctor_id, opened=range(2))
    return SlotId(doctor_id, to_instant("09:00")), SlotId(doctor_id, to_instant("09:30"))


@pytest.mark.parametrize("number", range(ROUNDS))
def test_slot_of_a_disrupted_booking_is_never_open_again(
    services: Services, dynamodb: DynamoDBClient, slots: tuple[SlotId, SlotId], number: int
) -> None:
    """Whatever comes first: the mark, another client's booking, or the patient's own act."""
    first, second = slots
    book = services.book_slots.book
    overrides = services.override_bookings
    name = first.doctor_id  # a booking id is in one place
    book(SITE, first, Booking(booking_id=name, patient_reference="p"))
    moved = Booking(booking_id=name, patient_reference="p", previous_slot_id=first)
    patient = [
        lambda: services.book_slots.cancel(SITE, first, name),
        lambda: book(SITE, second, moved),
    ][number % 2]

    with concurrent_runner(3) as run:
        outcomes = run(
            [
                lambda: overrides.disrupt(ADMIN, first, "ill"),
                patient,
                lambda: book(ADMIN, first, Booking(booking_id=name)),
            ]
        )

    assert all(error is None or isinstance(error, EXPECTED) for error in outcomes)
    assert outcomes[1] is None
    stored = stored_day.read_stored_day(
        dynamodb, services.settings.table_name, first.doctor_id, MONDAY
    )
    stored.assert_valid()
    is_marked, is_at_desk = outcomes[0] is None, outcomes[2] is None
    if is_marked and not is_at_desk:
        with pytest.raises(SlotNotFoundError):
            services.book_slots.get_slot(first)


def test_mark_and_its_lifting_leave_one_or_the_other(
    services: Services, slots: tuple[SlotId, SlotId]
) -> None:
    """The end of the booking tells which: the slot is closed exactly if the mark was last."""
    first, _ = slots
    overrides = services.override_bookings
    for number in range(ROUNDS):
        booking = Booking(booking_id=f"{first.doctor_id[:40]}-{number}", patient_reference="p")
        services.book_slots.book(SITE, first, booking)
        with concurrent_runner(2) as run:
            outcomes = run(
                [
                    lambda: overrides.disrupt(ADMIN, first, "ill"),
                    lambda: overrides.lift_disruption(ADMIN, first),
                ]
            )
        assert outcomes == [None, None]
        is_marked = services.book_slots.get_slot(first).slot.is_disrupted
        services.book_slots.cancel(SITE, first, booking.booking_id)
        if is_marked:
            with pytest.raises(SlotNotFoundError):
                services.book_slots.get_slot(first)
            save_slots(services, first.doctor_id, opened=range(1))
        assert services.book_slots.get_slot(first).slot.status == "free"
