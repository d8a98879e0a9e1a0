"""A doctor on the page and a patient on the booking site, in two browsers at the same time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import expect

from tests.support.contrast import faint_fields
from tests.support.factories import LONDON, to_instant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from playwright.sync_api import Browser, Page

    from tests.support.manage_slots_page import ManageSlotsPage


SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.fixture
def patient_page(browser: Browser) -> Iterator[Page]:
    """A patient's browser, separate from the doctor's."""
    context = browser.new_context(timezone_id="Europe/London")
    yield context.new_page()
    context.close()


def time_button(patient_page: Page, start: str, date: date) -> str:
    """Return the selector of the button for that time of Dr Lee."""
    return f'button[name=slot_id][value="dr-lee~{to_instant(start, date, LONDON):%Y%m%dT%H%MZ}"]'


def test_saved_slot_is_offered_and_booking_keeps_unsaved_ticks(
    day_page: ManageSlotsPage, patient_page: Page, booking_site_url: str, unused_date: date
) -> None:
    day_page.check("10:00")
    day_page.save()
    day_page.expect_saved()
    day_page.check("11:00")
    day_page.checkbox("11:00").focus()

    patient_page.goto(f"{booking_site_url}/doctors/dr-lee?from={unused_date}")
    patient_page.locator(time_button(patient_page, "10:00", unused_date)).click()

    expect(day_page.label("10:00")).to_contain_text("held")
    patient_page.get_by_label("Your name").fill("Pat Smith")
    patient_page.get_by_role("button", name="Book appointment").click()
    expect(patient_page.get_by_text("Dr Mina Lee").first).to_be_visible()

    expect(day_page.label("10:00")).to_contain_text("booked")
    expect(day_page.checkbox("10:00")).to_be_disabled()
    expect(day_page.checkbox("11:00")).to_be_checked()
    assert day_page.checkbox("11:00").evaluate("box => box === document.activeElement")

    day_page.save()
    day_page.expect_saved()
    patient_page.goto(f"{booking_site_url}/doctors/dr-lee?from={unused_date}")
    expect(patient_page.locator(time_button(patient_page, "11:00", unused_date))).to_be_visible()
    expect(patient_page.locator(time_button(patient_page, "10:00", unused_date))).to_have_count(0)


def test_booking_site_fields_have_borders_and_dates_in_words(
    patient_page: Page, booking_site_url: str
) -> None:
    for path in ("", "find?specialty=cardiology&from=2030-03-05", "doctors/dr-lee?from=2030-03-05"):
        patient_page.goto(f"{booking_site_url}/{path}")

        for scheme in SCHEMES:
            patient_page.emulate_media(color_scheme=scheme)
            assert faint_fields(patient_page) == [], path
        field = patient_page.get_by_label("From", exact=True)
        field.fill("2030-03-12")
        expect(field).to_have_accessible_description("Tuesday 12 March 2030")


def test_held_page_says_when_the_hold_has_expired(
    day_page: ManageSlotsPage, patient_page: Page, booking_site_url: str, unused_date: date
) -> None:
    day_page.save_elsewhere("10:00")
    patient_page.clock.install()
    patient_page.goto(f"{booking_site_url}/doctors/dr-lee?from={unused_date}")
    patient_page.locator(time_button(patient_page, "10:00", unused_date)).click()
    expect(patient_page.get_by_role("timer")).to_have_text(re.compile(r"[45]:\d\d"))

    patient_page.clock.run_for(300_000)

    expect(patient_page.get_by_role("alert")).to_contain_text("Your hold has expired.")
    expect(patient_page.get_by_role("button", name="Book appointment")).to_be_hidden()


def test_patient_moves_and_cancels_and_doctor_sees_both(
    day_page: ManageSlotsPage, patient_page: Page, booking_site_url: str, unused_date: date
) -> None:
    day_page.check("10:00", "10:30")
    day_page.save()
    day_page.expect_saved()
    patient_page.goto(f"{booking_site_url}/doctors/dr-lee?from={unused_date}")
    patient_page.locator(time_button(patient_page, "10:00", unused_date)).click()
    patient_page.get_by_label("Your name").fill("Pat Smith")
    patient_page.get_by_role("button", name="Book appointment").click()
    expect(day_page.label("10:00")).to_contain_text("booked")

    with patient_page.expect_navigation():
        patient_page.get_by_role("button", name="Change time").click()
    patient_page.goto(f"{booking_site_url}/doctors/dr-lee?from={unused_date}")
    patient_page.locator(time_button(patient_page, "10:30", unused_date)).click()
    patient_page.get_by_role("button", name="Confirm new time").click()

    expect(day_page.label("10:30")).to_contain_text("booked")
    expect(day_page.label("10:00")).to_contain_text("open")

    patient_page.get_by_role("button", name="Cancel appointment").click()
    expect(patient_page.get_by_role("heading", name="Do you want to cancel")).to_be_visible()
    patient_page.get_by_role("button", name="Cancel appointment").click()

    expect(day_page.label("10:30")).to_contain_text("open")
    expect(day_page.checkbox("10:30")).to_be_checked()
