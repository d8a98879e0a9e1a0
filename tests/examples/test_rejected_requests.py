"""The booking site when the API rejects a request."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest

from tests.support.booking_site import LEE_MONDAY, hold
from tests.support.fake_slots_api import problem, taken
from tests.support.flask_browser import Browser

if TYPE_CHECKING:
    from flask import Flask

    from tests.support.fake_slots_api import FakeApi


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


def test_time_taken_is_named_in_the_clinics_time_zone(fake_api: FakeApi, patient: Browser) -> None:
    (slot_id,) = fake_api.open_slots("dr-okafor", "2026-11-23T04:00")
    patient.open("/doctors/dr-okafor?from=2026-11-23")
    fake_api.slots[slot_id].holder = "another"

    patient.press("04:00")

    assert "Sorry, 04:00 has just been taken." in patient.text


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
        ("booked_elsewhere", "wasn't booked, because this appointment already has another time."),
        ("booking_differs", "wasn't booked, because this appointment is for another patient."),
        ("cancelled", "wasn't booked, because you have cancelled this appointment."),
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


def test_too_many_holds_of_the_site_are_explained(fake_api: FakeApi, patient: Browser) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T09:00")
    patient.open(LEE_MONDAY)
    fake_api.max_holds = 0

    patient.press("09:00")

    assert "can't be reserved, because many people are booking right now." in patient.text
    assert "Please try again in a few minutes." in patient.text


def test_two_times_can_be_held_from_one_address(
    fake_api: FakeApi, patient: Browser, other_patient: Browser, third_patient: Browser
) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T09:00", "2026-11-23T09:30", "2026-11-23T10:00")
    hold(patient, "09:00")
    hold(other_patient, "09:30")

    hold(third_patient, "10:00")

    assert "You can hold 2 times at once from one internet connection." in third_patient.text
    assert third_patient.times == ["10:00–10:30"]
    patient.press("Back")
    hold(third_patient, "10:00")
    assert "You can hold" not in third_patient.text


def test_concurrent_requests_hold_only_two_times_per_address(
    fake_api: FakeApi, booking_site: Flask
) -> None:
    times = [f"{hour:02}:{minute}" for hour in range(9, 13) for minute in ("00", "30")]
    fake_api.open_slots("dr-lee", *(f"2026-11-23T{time}" for time in times))
    browsers = [Browser(booking_site.test_client()) for _ in times]
    for browser in browsers:
        browser.open(LEE_MONDAY)

    with ThreadPoolExecutor(len(times)) as executor:
        list(executor.map(Browser.press, browsers, times))

    assert sum(browser.url.endswith("/hold") for browser in browsers) == 2
    assert sum("You can hold 2 times at once" in browser.text for browser in browsers) == 6
