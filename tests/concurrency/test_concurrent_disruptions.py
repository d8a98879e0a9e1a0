"""Disruptions, desk bookings and overrides at the moment in which a patient acts."""

from __future__ import annotations

from datetime import timedelta
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

    from chalicelib.services import Services

ROUNDS = rounds(daily=5, nightly=200)
SITE = Caller(name="site", client="site", roles=frozenset({Role.BOOKING_SITE}))
OTHER_SITE = Caller(name="other", client="other", roles=frozenset({Role.BOOKING_SITE}))
ADMIN = Caller(name="alex", client="page", roles=frozenset({Role.ADMIN}))
FIVE_MINUTES = timedelta(minutes=5)
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
    book = services.bookings.book_slots.book
    overrides = services.bookings.override_bookings
    name = first.doctor_id  # a booking id is in one place
    book(SITE, first, Booking(booking_id=name, patient_reference="p"))
    moved = Booking(booking_id=name, patient_reference="p", previous_slot_id=first)
    patient = [
        lambda: services.bookings.book_slots.cancel(SITE, first, name),
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
    assert_valid(services, dynamodb, first)
    is_marked, is_at_desk = outcomes[0] is None, outcomes[2] is None
    if is_marked and not is_at_desk:
        with pytest.raises(SlotNotFoundError):
            services.bookings.book_slots.get_slot(first)


def test_mark_and_its_lifting_leave_one_or_the_other(
    services: Services, slots: tuple[SlotId, SlotId]
) -> None:
    """The end of the booking tells which: the slot is closed exactly if the mark was last."""
    first, _ = slots
    overrides = services.bookings.override_bookings
    for number in range(ROUNDS):
        booking = Booking(booking_id=f"{first.doctor_id[:40]}-{number}", patient_reference="p")
        services.bookings.book_slots.book(SITE, first, booking)
        with concurrent_runner(2) as run:
            outcomes = run(
                [
                    lambda: overrides.disrupt(ADMIN, first, "ill"),
                    lambda: overrides.lift_disruption(ADMIN, first),
                ]
            )
        assert outcomes == [None, None]
        is_marked = services.bookings.book_slots.get_slot(first).slot.is_disrupted
        services.bookings.book_slots.cancel(SITE, first, booking.booking_id)
        if is_marked:
            with pytest.raises(SlotNotFoundError):
                services.bookings.book_slots.get_slot(first)
            save_slots(services, first.doctor_id, opened=range(1))
        assert services.bookings.book_slots.get_slot(first).slot.status == "free"


def test_hold_that_the_practice_ends_goes_to_one_client_at_most(
    services: Services, dynamodb: DynamoDBClient, slots: tuple[SlotId, SlotId]
) -> None:
    """The holder books, the practice ends the hold, and others want the slot, all at once."""
    first, _ = slots
    book, overrides = services.bookings.book_slots.book, services.bookings.override_bookings

    def race(name: str) -> list[Exception | None]:
        services.bookings.book_slots.hold(SITE, first, name, FIVE_MINUTES)
        with concurrent_runner(4) as run:
            return run(
                [
                    lambda: overrides.release(ADMIN, first, "by mistake"),
                    lambda: book(SITE, first, patient_booking(f"{name}-own", holder=name)),
                    lambda: book(OTHER_SITE, first, patient_booking(f"{name}-other")),
                    lambda: book(ADMIN, first, Booking(booking_id=f"{name}-desk")),
                ]
            )

    for number in range(ROUNDS):
        outcomes = race(f"{first.doctor_id[:40]}-{number}")
        assert all(error is None or isinstance(error, ConflictError) for error in outcomes)
        booked = outcomes[1:].count(None)
        assert booked <= 1
        assert services.bookings.book_slots.get_slot(first).slot.status == (
            "busy" if booked else "free"
        )
        assert_valid(services, dynamodb, first)
        overrides.revoke(ADMIN, first, "next round")


def test_revoked_booking_is_in_one_place_at_most(
    services: Services, dynamodb: DynamoDBClient, slots: tuple[SlotId, SlotId]
) -> None:
    """The admin revokes it, its client moves it, and the desk wants the slot, all at once."""
    first, second = slots
    book, overrides = services.bookings.book_slots.book, services.bookings.override_bookings

    def race(name: str) -> list[Exception | None]:
        book(SITE, first, patient_booking(name))
        with concurrent_runner(3) as run:
            return run(
                [
                    lambda: overrides.revoke(ADMIN, first, "wrong patient"),
                    lambda: book(SITE, second, patient_booking(name, moves=first)),
                    lambda: book(ADMIN, first, Booking(booking_id=f"{name}-desk")),
                ]
            )

    for number in range(ROUNDS):
        outcomes = race(f"{first.doctor_id[:40]}-{number}")
        assert all(error is None or isinstance(error, ConflictError) for error in outcomes)
        _, moved, at_desk = outcomes
        status = [services.bookings.book_slots.get_slot(each).slot.status for each in slots]
        assert (status[1] == "busy") is (moved is None)
        assert at_desk is None or status[0] == "free"
        assert_valid(services, dynamodb, first)
        for each in slots:
            overrides.revoke(ADMIN, each, "next round")


def patient_booking(
    booking_id: str, *, holder: str | None = None, moves: SlotId | None = None
) -> Booking:
    return Booking(
        booking_id=booking_id, patient_reference="p", holder=holder, previous_slot_id=moves
    )


def assert_valid(services: Services, dynamodb: DynamoDBClient, slot_id: SlotId) -> None:
    table = services.settings.table_name
    stored_day.read_stored_day(dynamodb, table, slot_id.doctor_id, MONDAY).assert_valid()
