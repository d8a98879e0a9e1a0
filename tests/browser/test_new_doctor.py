"""An admin adds a doctor, opens a week for them, and the doctor signs in."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.counted_actions import CountedActions

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.support.browser_users import BrowserUsers
    from tests.support.live_server import LiveServer

MAX_ACTIONS = 20
WEEK_SLOTS = 5 * 14
NEW_PASSWORD = "a long enough pass phrase"
_numbers = count(1)


def next_monday() -> date:
    today = datetime.now(UTC).date()
    return today + timedelta(days=7 - today.weekday())


def add_doctor_and_open_hours(page: Page, name: str) -> tuple[int, str]:
    """Do what an admin does; return how many actions it took, and the temporary password."""
    person = CountedActions(page)
    person.click(page.get_by_role("link", name="Doctors", exact=True))
    person.click(page.get_by_role("link", name="Add a doctor"))
    person.fill(page.get_by_label("Name", exact=True), name)
    person.fill(page.get_by_label("Specialty"), "dermatology")
    person.fill(page.get_by_label("Location"), "Leeds")
    person.click(page.get_by_role("main").get_by_role("button", name="Add a doctor"))
    password = page.locator("#temporary-password").inner_text()
    person.click(page.get_by_role("button", name="Open their hours"))
    person.click(page.get_by_role("button", name=re.compile(r"^Open \d+ slots$")))
    expect(page.get_by_role("heading", name=re.compile(r"^\d+ slots opened"))).to_be_visible()
    return person.count, password


def sign_in_first(page: Page, url: str, user_name: str, password: str) -> int:
    """Do what the doctor does; return how many actions it took."""
    person = CountedActions(page)
    page.goto(f"{url}/slots")
    person.fill(page.locator("[name=username]"), user_name)
    person.fill(page.locator("[name=password]"), password)
    person.click(page.get_by_role("button", name="Sign in"))
    person.fill(page.locator("[name=new_password]"), NEW_PASSWORD)
    person.fill(page.locator("[name=confirm_password]"), NEW_PASSWORD)
    person.click(page.locator("[type=submit], form button").first)
    expect(page.get_by_text(f"Signed in as {user_name}")).to_be_visible()
    return person.count


def test_new_doctor_signs_in_with_open_weeks_in_twenty_actions(
    browser: Browser, live_server: LiveServer, browser_users: BrowserUsers
) -> None:
    last_name = f"Newcomer{next(_numbers)}"
    with browser.new_context(storage_state=browser_users.storage_state("alex")) as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/slots?doctor_id=dr-lee")
        by_admin, password = add_doctor_and_open_hours(page, f"Dr Ada {last_name}")
    with browser.new_context() as context:
        page = context.new_page()
        by_doctor = sign_in_first(page, live_server.url, f"dr-{last_name.lower()}", password)

        page.goto(f"{live_server.url}/slots/week?date={next_monday()}")
        expect(page.locator(".box[data-kind=free]")).to_have_count(WEEK_SLOTS)
    assert by_admin + by_doctor <= MAX_ACTIONS


@pytest.mark.only_browser("chromium")  # Playwright can't disable scripts over BiDi
def test_doctor_is_added_by_keyboard_without_scripts(
    browser: Browser, live_server: LiveServer, browser_users: BrowserUsers
) -> None:
    state = browser_users.storage_state("alex")
    with browser.new_context(storage_state=state, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/new-doctor")
        page.get_by_label("Name", exact=True).focus()
        for text in (f"Dr Kim Keys{next(_numbers)}", "surgery", "Leeds"):
            page.keyboard.type(text)
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # in a field: the form is sent

        expect(page.get_by_role("heading", name="Doctor added")).to_be_visible()
        expect(page.locator("#temporary-password")).to_be_visible()
