from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.support.booking_site import LEE_MONDAY, book, hold
from tests.support.factories import SUNDAY_NOON
from tests.support.fake_slots_api import unavailable

if TYPE_CHECKING:
    from flask import Flask

    from tests.support.fake_slots_api import FakeApi
    from tests.support.flask_browser import Browser


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


def test_held_time_can_be_found_again(fake_api: FakeApi, patient: Browser) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T09:00", "2026-11-23T09:30")
    hold(patient)

    patient.open(LEE_MONDAY)

    assert "We're holding 09:00 with Dr Mina Lee for you until 12:05." in patient.text
    assert patient.times == ["09:30–10:00"]
    patient.follow("Continue")
    assert "Confirm your appointment" in patient.text
    patient.open("/bookings")
    patient.press("Release")
    assert patient.times == ["09:00–09:30", "09:30–10:00"]
    assert "We're holding" not in patient.text


def test_expired_hold_offers_the_times_again(
    fake_api: FakeApi, booking_site: Flask, patient: Browser
) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T09:00", "2026-11-23T09:30")
    hold(patient)
    booking_site.config["NOW"] = lambda: SUNDAY_NOON + timedelta(minutes=5)

    patient.open("/hold")

    assert "Your hold has expired. Please choose a time again." in patient.text
    assert patient.url == "/doctors/dr-lee"
    assert "We're holding" not in patient.text


def test_form_sent_after_the_hold_books_a_time_still_free(
    fake_api: FakeApi, booking_site: Flask, patient: Browser
) -> None:
    (slot_id,) = fake_api.open_slots("dr-lee", "2026-11-23T09:00")
    hold(patient)
    booking_site.config["NOW"] = lambda: SUNDAY_NOON + timedelta(minutes=6)

    patient.press("Book appointment", name="Ada Byron")

    assert list(fake_api.bookings()) == [slot_id]
    assert "Appointment booked" in patient.text


def test_confirmation_page_without_a_hold_shows_bookings(patient: Browser) -> None:
    patient.open("/hold")

    assert patient.url == "/bookings"


# Confirmation


def test_confirmation_shows_the_reference_sent(fake_api: FakeApi, patient: Browser) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T09:00")

    book(patient)

    reference = patient.text.partition("Reference: ")[2].split()[0]
    assert f'"patient_reference": "{reference}"' in fake_api.received


# Security


def test_names_are_escaped(fake_api: FakeApi, patient: Browser) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T09:00")
    hold(patient)

    patient.press("Book appointment", name="<script>alert(1)</script>")

    assert "for <script>alert(1)</script>" in patient.text
    assert len(patient.page.select("script")) == 1


def test_form_without_csrf_token_does_nothing(
    fake_api: FakeApi, booking_site: Flask, patient: Browser
) -> None:
    (slot_id,) = fake_api.open_slots("dr-lee", "2026-11-23T09:00")
    patient.open(LEE_MONDAY)

    response = patient.client.post("/doctors/dr-lee/hold", data={"slot_id": slot_id})

    assert response.status_code == 400
    assert fake_api.slots[slot_id].holder is None
