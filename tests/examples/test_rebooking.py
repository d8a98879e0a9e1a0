"""An appointment that the practice can't keep, on the booking site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.booking_site import book
from tests.support.fake_slots_api import unavailable

if TYPE_CHECKING:
    from tests.support.fake_slots_api import FakeApi
    from tests.support.flask_browser import Browser

CANT_KEEP = "The clinic can't keep this appointment."


@pytest.fixture
def disrupted(fake_api: FakeApi, patient: Browser) -> str:
    """The slot of the patient's appointment, which is disrupted."""
    (slot_id,) = fake_api.open_slots("dr-lee", "2026-11-23T09:00")
    book(patient)
    fake_api.slots[slot_id].is_disrupted = True
    return slot_id


def test_other_appointments_have_no_offers(fake_api: FakeApi, patient: Browser) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T09:00", "2026-11-23T10:00")
    book(patient)

    patient.open("/bookings")

    assert CANT_KEEP not in patient.text
    assert patient.times == []


def test_patient_rebooks_in_one_step(fake_api: FakeApi, patient: Browser, disrupted: str) -> None:
    (new,) = fake_api.open_slots("dr-lee", "2026-11-24T10:00")
    booking_id = fake_api.bookings()[disrupted]
    patient.open("/bookings")
    assert CANT_KEEP in patient.text
    assert patient.times == ["Tue 24 Nov, 10:00"]

    patient.press("Tue 24 Nov")

    assert "Appointment changed" in patient.text
    assert fake_api.bookings() == {new: booking_id}
    patient.open("/bookings")
    assert CANT_KEEP not in patient.text
    assert "You're changing" not in patient.text


def test_patient_rebooks_with_another_doctor(
    fake_api: FakeApi, patient: Browser, disrupted: str
) -> None:
    (new,) = fake_api.open_slots("dr-walker", "2026-11-24T10:00")
    patient.open("/bookings")

    patient.press("Mon 23 Nov, 23:00 with another doctor")

    assert "Dr Ruth Walker" in patient.text
    assert list(fake_api.bookings()) == [new]
    assert disrupted not in fake_api.bookings()


def test_offer_that_was_taken_meanwhile_leads_to_other_times(
    fake_api: FakeApi, patient: Browser, disrupted: str
) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T10:00")
    patient.open("/bookings")
    fake_api.slots["dr-lee~20261123T1000Z"].holder = "another"

    patient.press("Mon 23 Nov")

    assert "has just been taken" in patient.text
    assert "You keep this appointment until you confirm a new time." in patient.text
    assert list(fake_api.bookings()) == [disrupted]


def test_without_offers_the_patient_learns_what_to_do(patient: Browser, disrupted: str) -> None:
    del disrupted
    patient.open("/bookings")

    assert "Please choose another doctor, or call the clinic." in patient.text


def test_outage_while_rebooking_keeps_the_appointment(
    fake_api: FakeApi, patient: Browser, disrupted: str
) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T10:00")
    patient.open("/bookings")
    fake_api.next_responses = [unavailable()]

    patient.press("Mon 23 Nov")
    assert patient.status == 503

    patient.open("/")
    assert patient.status == 200
    assert list(fake_api.bookings()) == [disrupted]
