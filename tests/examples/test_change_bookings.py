"""The booking site's pages to move and cancel bookings."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest

from tests.support.booking_site import book, cancel, hold
from tests.support.fake_slots_api import problem, taken

if TYPE_CHECKING:
    from tests.support.fake_slots_api import FakeApi
    from tests.support.flask_browser import Browser


def test_cancelled_booking_is_released_and_not_listed(fake_api: FakeApi, patient: Browser) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T09:00")
    book(patient)

    cancel(patient)

    assert "Appointment cancelled" in patient.text
    assert "You have no bookings." in patient.text
    assert fake_api.bookings() == {}


def test_cancelling_asks_first_and_names_the_appointment(
    fake_api: FakeApi, patient: Browser
) -> None:
    (slot_id,) = fake_api.open_slots("dr-lee", "2026-11-23T09:00")
    book(patient)

    patient.press("Cancel appointment")

    assert "Do you want to cancel this appointment?" in patient.text
    assert "Monday 23 November 2026, 09:00–09:30 (London time)" in patient.text
    assert "Dr Mina Lee, London · for Ada Byron" in patient.text
    assert list(fake_api.bookings()) == [slot_id]

    patient.follow("Keep my appointment")

    assert "for Ada Byron" in patient.text
    assert list(fake_api.bookings()) == [slot_id]


def test_rejected_cancellation_keeps_the_booking(fake_api: FakeApi, patient: Browser) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T09:00")
    book(patient)
    patient.press("Cancel appointment")
    fake_api.next_responses = [taken()]

    patient.press("Cancel appointment")

    assert "Sorry, we couldn't cancel this appointment: please ask the clinic." in patient.text
    assert "for Ada Byron" in patient.text


def test_appointment_that_has_started_is_not_cancelled(fake_api: FakeApi, patient: Browser) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T09:00")
    book(patient)
    fake_api.next_responses = [problem(HTTPStatus.CONFLICT, "A sentence of the API", "in_past")]

    cancel(patient)

    assert "we couldn't cancel this appointment: it has already started." in patient.text
    assert "for Ada Byron" in patient.text


def test_booking_moves_to_a_time_of_another_doctor(fake_api: FakeApi, patient: Browser) -> None:
    (old,) = fake_api.open_slots("dr-lee", "2026-11-23T09:00")
    (new,) = fake_api.open_slots("dr-okafor", "2026-11-24T08:00")
    book(patient)
    booking_id = fake_api.bookings()[old]
    patient.press("Change time")
    assert "You're changing your appointment with Dr Mina Lee" in patient.text
    assert "You keep this appointment until you confirm a new time." in patient.text
    assert fake_api.bookings() == {old: booking_id}

    patient.open("/doctors/dr-okafor?from=2026-11-24")
    patient.press("08:00")
    assert "Confirm your new time" in patient.text
    assert "Your current appointment will be released when you confirm." in patient.text
    patient.press("Confirm new time")

    assert fake_api.bookings() == {new: booking_id}
    assert "Appointment changed" in patient.text
    assert "Dr Chidi Okafor, New_York · for Ada Byron" in patient.text
    assert "You're changing" not in patient.text
    assert "Dr Mina Lee" not in patient.text


def test_cancelled_move_changes_nothing(fake_api: FakeApi, patient: Browser) -> None:
    old, new = fake_api.open_slots("dr-lee", "2026-11-23T09:00", "2026-11-23T09:30")
    book(patient)
    patient.press("Change time")
    patient.press("09:30")

    patient.press("Keep my appointment")

    assert list(fake_api.bookings()) == [old]
    assert fake_api.slots[new].holder is None
    assert "You're changing" not in patient.text


def test_cancelled_booking_no_longer_waits_for_a_move(fake_api: FakeApi, patient: Browser) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T09:00")
    book(patient)
    patient.press("Change time")
    patient.open("/bookings")

    cancel(patient)

    assert "You have no bookings." in patient.text
    assert "You're changing" not in patient.text


@pytest.mark.parametrize("button", ["Change time", "Cancel appointment"])
def test_form_of_a_cancelled_booking_does_nothing(
    fake_api: FakeApi, patient: Browser, button: str
) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T09:00")
    book(patient)
    form = patient.page
    cancel(patient)

    patient.page = form
    patient.press(button)

    assert patient.url == "/bookings"
    assert "You have no bookings." in patient.text


def test_bookings_of_another_visitor_are_not_listed(
    fake_api: FakeApi, patient: Browser, other_patient: Browser
) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T09:00")
    book(patient)

    other_patient.open("/bookings")

    assert "You have no bookings." in other_patient.text


@pytest.mark.parametrize("page", ["confirmed", "cancel", "appointment.ics"])
def test_booking_of_another_visitor_is_not_shown(
    fake_api: FakeApi, patient: Browser, other_patient: Browser, page: str
) -> None:
    (slot_id,) = fake_api.open_slots("dr-lee", "2026-11-23T09:00")
    book(patient)

    other_patient.open(f"/bookings/{fake_api.bookings()[slot_id]}/{page}")

    assert other_patient.url == "/bookings"
    assert "You have no bookings." in other_patient.text


def test_booking_of_another_visitor_is_not_cancelled(
    fake_api: FakeApi, patient: Browser, other_patient: Browser
) -> None:
    (old, _) = fake_api.open_slots("dr-lee", "2026-11-23T09:00", "2026-11-23T09:30")
    book(patient)
    hold(other_patient, "09:30")
    (field,) = other_patient.page.select("form.card input[name=csrf_token]")
    data = {"csrf_token": str(field["value"])}

    other_patient.client.post(f"/bookings/{fake_api.bookings()[old]}/cancel", data=data)

    assert list(fake_api.bookings()) == [old]
