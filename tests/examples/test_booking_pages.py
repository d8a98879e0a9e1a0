from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest

from tests.support.fake_slots_api import problem, taken, unavailable

if TYPE_CHECKING:
    from flask import Flask

    from tests.support.fake_slots_api import FakeApi
    from tests.support.flask_browser import Browser

LEE_MONDAY = "/doctors/dr-lee?from=2026-11-23"


def hold(patient: Browser, time: str = "09:00") -> None:
    patient.open(LEE_MONDAY)
    patient.press(time)


def book(patient: Browser) -> None:
    hold(patient)
    patient.press("Book appointment", name="Ada Byron")


# Hold and book


def test_chosen_time_is_held_until_the_time_shown(fake_api: FakeApi, patient: Browser) -> None:
    (slot_id,) = fake_api.open_slots("dr-lee", "2026-11-23T09:00")

    hold(patient)

    assert fake_api.slots[slot_id].holder
    assert "Confirm your appointment" in patient.text
    assert "We're holding this time for you until 12:05" in patient.text
    assert "Monday 23 November 2026, 09:00–09:30 (London time)" in patient.text


def test_booking_is_stored_and_listed(fake_api: FakeApi, patient: Browser) -> None:
    (slot_id,) = fake_api.open_slots("dr-lee", "2026-11-23T09:00")

    book(patient)

    assert list(fake_api.bookings()) == [slot_id]
    assert "Appointment booked" in patient.text
    assert "Monday 23 November 2026, 09:00–09:30 (London time)" in patient.text
    assert "Dr Mina Lee, London · for Ada Byron" in patient.text


def test_api_receives_no_patient_name(fake_api: FakeApi, patient: Browser) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T09:00")

    book(patient)

    assert "patient_reference" in fake_api.received
    assert "Ada" not in fake_api.received


def test_booking_form_shows_the_reference_sent(fake_api: FakeApi, patient: Browser) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T09:00")
    hold(patient)
    notice = "We don't share your name with the clinic's calendar. It only receives this reference:"
    reference = patient.text.partition(notice)[2].split()[0]

    patient.press("Book appointment", name="Ada Byron")

    assert f'"patient_reference": "{reference}"' in fake_api.received


def test_form_submitted_twice_books_once(fake_api: FakeApi, patient: Browser) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T09:00")
    hold(patient)
    form = patient.page

    patient.press("Book appointment", name="Ada Byron")
    patient.page = form
    patient.press("Book appointment", name="Ada Byron")

    assert patient.text.count("Dr Mina Lee") == 1
    assert [request for request in fake_api.requests if request.endswith("/booking")] == [
        "PUT /slots/dr-lee~20261123T0900Z/booking"
    ]


def test_lost_response_is_retried_with_the_same_id(fake_api: FakeApi, patient: Browser) -> None:
    (slot_id,) = fake_api.open_slots("dr-lee", "2026-11-23T09:00")
    hold(patient)
    form = patient.page
    fake_api.next_responses = [unavailable()]
    patient.press("Book appointment", name="Ada Byron")
    assert patient.status == 503
    assert "Go back and try again. You won't be booked twice." in patient.text
    (booking_id,) = form.select("input[name=booking_id]")
    fake_api.slots[slot_id].booking_id = str(booking_id["value"])

    patient.page = form
    patient.press("Book appointment", name="Ada Byron")

    assert "Appointment booked" in patient.text


def test_booking_without_name_is_rejected(fake_api: FakeApi, patient: Browser) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T09:00")
    hold(patient)

    patient.press("Book appointment", name=" ")

    assert "Enter the patient's name" in patient.text
    assert fake_api.bookings() == {}


def test_back_button_releases_the_hold(
    fake_api: FakeApi, patient: Browser, other_patient: Browser
) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T09:00")
    hold(patient)
    other_patient.open(LEE_MONDAY)
    assert other_patient.times == []

    patient.press("Back")

    assert patient.times == ["09:00–09:30"]
    other_patient.open(LEE_MONDAY)
    assert other_patient.times == ["09:00–09:30"]


def test_second_hold_releases_the_first(fake_api: FakeApi, patient: Browser) -> None:
    first, second = fake_api.open_slots("dr-lee", "2026-11-23T09:00", "2026-11-23T09:30")
    hold(patient, "09:00")

    hold(patient, "09:30")

    assert fake_api.slots[first].holder is None
    assert fake_api.slots[second].holder


def test_form_of_a_replaced_hold_books_nothing(fake_api: FakeApi, patient: Browser) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T09:00", "2026-11-23T09:30")
    hold(patient, "09:00")
    form = patient.page
    hold(patient, "09:30")

    patient.page = form
    patient.press("Book appointment", name="Ada Byron")

    assert "Your hold has expired. Please choose a time again." in patient.text
    assert fake_api.bookings() == {}


def test_back_button_pressed_twice_shows_the_search(fake_api: FakeApi, patient: Browser) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T09:00")
    hold(patient)
    form = patient.page
    patient.press("Back")

    patient.page = form
    patient.press("Back")

    assert patient.url == "/"


def test_confirmation_page_without_a_hold_shows_bookings(patient: Browser) -> None:
    patient.open("/hold")

    assert patient.url == "/bookings"


# Rejected requests


def test_time_taken_by_another_patient_offers_free_times(
    fake_api: FakeApi, patient: Browser, other_patient: Browser
) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T09:00", "2026-11-23T09:30")
    patient.open(LEE_MONDAY)
    hold(other_patient)

    patient.press("09:00")

    assert "Sorry, 09:00 has just been taken. Please choose another time." in patient.text
    assert "held by another client" not in patient.text
    assert patient.times == ["09:30–10:00"]


def test_time_taken_is_named_in_the_visitors_time_zone(fake_api: FakeApi, patient: Browser) -> None:
    (slot_id,) = fake_api.open_slots("dr-lee", "2026-11-23T09:00")
    patient.open(LEE_MONDAY)
    patient.press("Show", zone="Asia/Tokyo")
    fake_api.slots[slot_id].holder = "another"

    patient.press("18:00")

    assert "Sorry, 18:00 has just been taken." in patient.text


def test_time_closed_by_the_doctor_offers_free_times(fake_api: FakeApi, patient: Browser) -> None:
    (closed, _) = fake_api.open_slots("dr-lee", "2026-11-23T09:00", "2026-11-23T09:30")
    patient.open(LEE_MONDAY)
    del fake_api.slots[closed]

    patient.press("09:00")

    assert "Sorry, that time is no longer available." in patient.text
    assert patient.times == ["09:30–10:00"]


def test_rejected_booking_offers_free_times(fake_api: FakeApi, patient: Browser) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T09:00", "2026-11-23T09:30")
    hold(patient)
    fake_api.next_responses = [taken()]

    patient.press("Book appointment", name="Ada Byron")

    assert "Sorry, 09:00 has just been taken. Please choose another time." in patient.text
    assert "Monday 23 November 2026" in patient.text
    assert fake_api.bookings() == {}


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("in_past", "Sorry, 09:00 has already started."),
        ("not_bookable", "Sorry, 09:00 is not open for booking."),
        ("slot_not_found", "Sorry, 09:00 is no longer available."),
    ],
)
def test_rejected_booking_explains_the_error_code(
    fake_api: FakeApi, patient: Browser, code: str, reason: str
) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T09:00")
    hold(patient)
    fake_api.next_responses = [problem(HTTPStatus.CONFLICT, "A sentence of the API", code)]

    patient.press("Book appointment", name="Ada Byron")

    assert reason in patient.text
    assert "A sentence of the API" not in patient.text


# Change and cancel bookings


def test_cancelled_booking_is_released_and_not_listed(fake_api: FakeApi, patient: Browser) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T09:00")
    book(patient)

    patient.press("Cancel appointment")

    assert "Appointment cancelled" in patient.text
    assert "You have no bookings." in patient.text
    assert fake_api.bookings() == {}


def test_rejected_cancellation_keeps_the_booking(fake_api: FakeApi, patient: Browser) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T09:00")
    book(patient)
    fake_api.next_responses = [taken()]

    patient.press("Cancel appointment")

    assert "Sorry, we couldn't cancel this appointment." in patient.text
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

    patient.press("Cancel appointment")

    assert "You have no bookings." in patient.text
    assert "You're changing" not in patient.text


@pytest.mark.parametrize("button", ["Change time", "Cancel appointment"])
def test_form_of_a_cancelled_booking_does_nothing(
    fake_api: FakeApi, patient: Browser, button: str
) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T09:00")
    book(patient)
    form = patient.page
    patient.press("Cancel appointment")

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


# Security


def test_form_without_csrf_token_does_nothing(
    fake_api: FakeApi, booking_site: Flask, patient: Browser
) -> None:
    (slot_id,) = fake_api.open_slots("dr-lee", "2026-11-23T09:00")
    patient.open(LEE_MONDAY)

    response = patient.client.post("/doctors/dr-lee/hold", data={"slot_id": slot_id})

    assert response.status_code == 400
    assert fake_api.slots[slot_id].holder is None
