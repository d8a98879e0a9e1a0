"""A doctor at her page and a patient at the booking site, at the same time in two browsers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.builders import LONDON, to_instant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from playwright.sync_api import Browser, Page

    from tests.browser.manage_slots import ManageSlotsPage

TIMEOUT_MS = 3_000


@pytest.fixture
def patient(browser: Browser) -> Iterator[Page]:
    """A patient's browser, which shares nothing with the doctor's."""
    context = browser.new_context(timezone_id="Europe/London")
    yield context.new_page()
    context.close()


def time_button(patient_page: Page, start: str, date: date) -> str:
    """The button of that time of Dr Lee's."""
    return f'button[name=slot_id][value="dr-lee~{to_instant(start, date, LONDON):%Y%m%dT%H%MZ}"]'


def test_what_she_saves_is_offered_and_what_is_booked_she_sees_with_her_work_untouched(
    slots: ManageSlotsPage, patient: Page, booking_site: str, on: date
) -> None:
    slots.check("10:00")
    slots.save()
    slots.expect_saved()
    slots.check("11:00")
    slots.checkbox("11:00").focus()

    patient.goto(f"{booking_site}/doctors/dr-lee?from={on}")
    patient.locator(time_button(patient, "10:00", on)).click()

    expect(slots.label("10:00")).to_contain_text("held", timeout=TIMEOUT_MS)
    patient.get_by_label("Your name").fill("Pat Smith")
    patient.get_by_role("button", name="Book appointment").click()
    expect(patient.get_by_text("Dr Mina Lee").first).to_be_visible()

    expect(slots.label("10:00")).to_contain_text("booked", timeout=TIMEOUT_MS)
    expect(slots.checkbox("10:00")).to_be_disabled()
    expect(slots.checkbox("11:00")).to_be_checked()
    expect(slots.checkbox("11:00")).to_be_focused()

    slots.save()
    slots.expect_saved()
    patient.goto(f"{booking_site}/doctors/dr-lee?from={on}")
    expect(patient.locator(time_button(patient, "11:00", on))).to_be_visible()
    expect(patient.locator(time_button(patient, "10:00", on))).to_have_count(0)


def test_a_patient_moves_and_cancels_and_the_doctor_sees_each_of_it(
    slots: ManageSlotsPage, patient: Page, booking_site: str, on: date
) -> None:
    slots.check("10:00", "10:30")
    slots.save()
    slots.expect_saved()
    patient.goto(f"{booking_site}/doctors/dr-lee?from={on}")
    patient.locator(time_button(patient, "10:00", on)).click()
    patient.get_by_label("Your name").fill("Pat Smith")
    patient.get_by_role("button", name="Book appointment").click()
    expect(slots.label("10:00")).to_contain_text("booked", timeout=TIMEOUT_MS)

    patient.get_by_role("button", name="Change time").click()
    patient.goto(f"{booking_site}/doctors/dr-lee?from={on}")
    patient.locator(time_button(patient, "10:30", on)).click()
    patient.get_by_role("button", name="Confirm new time").click()

    expect(slots.label("10:30")).to_contain_text("booked", timeout=TIMEOUT_MS)
    expect(slots.label("10:00")).to_contain_text("free", timeout=TIMEOUT_MS)

    patient.get_by_role("button", name=re.compile("^Cancel")).click()

    expect(slots.label("10:30")).to_contain_text("free", timeout=TIMEOUT_MS)
    expect(slots.checkbox("10:30")).to_be_checked()
