"""The settings page in a real browser: two editors, the week beside the form, and the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests
from playwright.sync_api import expect

from tests.support.accessibility import accessibility_violations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.support.browser_users import BrowserUsers
    from tests.support.live_server import LiveServer

DOCTOR = "dr-settings"
SETTINGS: dict[str, Any] = {
    "name": "Dr Settings",
    "specialty": "surgery",
    "location": "London",
    "time_zone": "Europe/London",
    "slot_minutes": 30,
    "sessions": [{"from": "09:00", "to": "12:00"}],
    "lead_minutes": 0,
    "window_days": 365,
    "delegates": [],
}


@pytest.fixture(autouse=True)
def path(live_server: LiveServer) -> str:
    """The settings of a doctor, who has the same ones before each test."""
    store_settings(live_server)
    return f"{live_server.url}/settings?doctor_id={DOCTOR}"


def store_settings(server: LiveServer, **changed: int) -> None:
    url, headers = f"{server.url}/doctors/{DOCTOR}", server.auth_headers("admin")
    settings = SETTINGS | changed
    requests.put(url, json=settings, headers=headers, timeout=30).raise_for_status()


def open_page(browser: Browser, users: BrowserUsers, path: str, **options: Any) -> Iterator[Page]:  # noqa: ANN401  any option of a context
    with browser.new_context(storage_state=users.storage_state("alex"), **options) as context:
        page = context.new_page()
        page.goto(path)
        yield page


@pytest.fixture
def page(browser: Browser, browser_users: BrowserUsers, path: str) -> Iterator[Page]:
    yield from open_page(browser, browser_users, path)


@pytest.fixture
def other(browser: Browser, browser_users: BrowserUsers, path: str) -> Iterator[Page]:
    """A second browser, without JavaScript."""
    yield from open_page(browser, browser_users, path, java_script_enabled=False)


def test_conflict_of_two_editors_has_no_axe_violations(page: Page, live_server: LiveServer) -> None:
    store_settings(live_server, window_days=90)
    page.get_by_label("Notice").fill("120")

    page.locator("#save").click()

    expect(page.get_by_role("alert").filter(has_text="Booking window")).to_contain_text("→ 90 days")
    assert accessibility_violations(page) == []


def test_week_is_drawn_again_as_fields_change(page: Page) -> None:
    total = page.locator("#week-total")
    expect(total).to_have_text("42 slots a week")
    length = page.get_by_label("Slot length")
    length.clear()
    length.press_sequentially("20")  # filled in by a script, Firefox would see no change
    page.get_by_label("Notice").focus()
    expect(total).to_have_text("63 slots a week")
    page.get_by_label("Sunday").uncheck()
    expect(total).to_have_text("54 slots a week")
    assert accessibility_violations(page) == []


@pytest.mark.only_browser("chromium")  # Playwright can't disable scripts over BiDi
def test_hours_are_added_by_the_keyboard_without_javascript(other: Page) -> None:
    other.get_by_role("button", name="Add hours").press("Enter")
    second = other.get_by_role("group", name="Hours 2")
    expect(second.get_by_label("Monday")).to_be_focused()
    other.keyboard.press("Space")
    second.get_by_label("From").fill("14")
    second.get_by_label("To").fill("15")
    other.get_by_role("button", name="Show the week").press("Enter")
    expect(other.locator("#week-total")).to_have_text("44 slots a week")

    other.get_by_label("Notice").press("Enter")

    expect(other.locator("#found")).to_have_text("Settings saved successfully")
