"""The doctor's hours change while their page has unsaved changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import requests
from playwright.sync_api import expect

from tests.support.manage_slots_page import ManageSlotsPage

if TYPE_CHECKING:
    from datetime import date

    from playwright.sync_api import Page

    from tests.support.browser_users import BrowserUsers
    from tests.support.live_server import LiveServer


def set_slot_minutes(server: LiveServer, doctor_id: str, minutes: int) -> None:
    """Store a doctor with the settings of Dr Lee and slots of that length."""
    admin = server.auth_headers("admin")
    settings = requests.get(f"{server.url}/doctors/dr-lee", headers=admin, timeout=10).json()
    settings |= {"doctor_id": doctor_id, "delegates": [], "slot_minutes": minutes}
    answer = requests.put(
        f"{server.url}/doctors/{doctor_id}", json=settings, headers=admin, timeout=10
    )
    assert answer.ok, answer.text


@pytest.fixture
def hours_page(
    page: Page, live_server: LiveServer, browser_users: BrowserUsers, unused_date: date
) -> ManageSlotsPage:
    """The page of a doctor of this test, with slots of 30 minutes, as an administrator sees it."""
    doctor_id = f"dr-hours-{unused_date}"
    set_slot_minutes(live_server, doctor_id, 30)
    browser_users.switch_user(page.context, "alex")
    slots = ManageSlotsPage(page, live_server, unused_date, doctor_id)
    slots.open()
    return slots


def change_hours(slots: ManageSlotsPage, minutes: int) -> None:
    set_slot_minutes(slots.server, f"dr-hours-{slots.date}", minutes)


def test_poll_names_unsaved_changes_that_new_hours_end(hours_page: ManageSlotsPage) -> None:
    hours_page.check("09:00", "09:30", "10:00")

    change_hours(hours_page, 20)

    hours_page.expect_status("Your hours for this day have changed")
    hours_page.expect_status(
        "Your changes to 09:00–09:30, 09:30–10:00 and 10:00–10:30 can no longer be saved"
    )
    expect(hours_page.label("09:00")).to_contain_text("09:00–09:20")
    assert hours_page.checked_starts == []
    hours_page.expect_unsaved(0)


def test_stored_slots_with_unsaved_changes_outlive_new_hours(hours_page: ManageSlotsPage) -> None:
    hours_page.check("09:00", "09:30")
    hours_page.save()
    hours_page.expect_saved()
    hours_page.checkbox("09:30").uncheck()

    change_hours(hours_page, 60)

    hours_page.expect_status("Your hours for this day have changed")
    assert hours_page.checked_starts == ["09:00"]
    hours_page.expect_unsaved(1)
    hours_page.save()
    hours_page.expect_saved()
    expect(hours_page.label("09:00")).to_contain_text("09:00–09:30")


def test_save_of_old_boxes_keeps_them_with_reasons(hours_page: ManageSlotsPage) -> None:
    hours_page.block_polls()
    hours_page.check("09:00", "09:30")
    change_hours(hours_page, 20)

    hours_page.save()

    hours_page.expect_status("Nothing was saved")
    old = hours_page.session("Outside your current hours")
    expect(old.get_by_role("checkbox")).to_have_count(2)
    for time in ("09:00–09:30", "09:30–10:00"):
        box = old.get_by_role("checkbox", name=re.compile(f"^{time[:5]}"))
        expect(box).to_be_checked()
        expect(box).to_have_accessible_description(f"{time} is not one of this day's slots")
        box.uncheck()
    hours_page.check("09:20")
    hours_page.save()
    hours_page.expect_saved()
    assert hours_page.checked_starts == ["09:20"]


def test_reload_names_unsaved_changes_that_new_hours_end(hours_page: ManageSlotsPage) -> None:
    hours_page.block_polls()
    hours_page.check("09:30")
    change_hours(hours_page, 20)

    hours_page.page.reload()

    hours_page.expect_status("Your change to 09:30–10:00 can no longer be saved")
    hours_page.expect_unsaved(0)
