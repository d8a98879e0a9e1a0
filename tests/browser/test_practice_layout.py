"""The practice day on paper and on a phone: nothing is cut off, and no row is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.support.browser_users import BrowserUsers
    from tests.support.live_server import LiveServer

MAX_DOCTORS = 20
PAPER_WIDTH, PAPER_HEIGHT = 1047, 720
"""A4 landscape within its margins, in CSS pixels."""
SPECIALTY = "layout"
DAY = f"/practice?date=2098-03-24&specialty={SPECIALTY}"
EMPTY_ROWS = """[...document.querySelectorAll("tbody tr")].filter((row) =>
    row.checkVisibility() && !row.matches(".session") &&
    ![...row.querySelectorAll(".box")].some((box) => box.checkVisibility())).length"""


@pytest.fixture(scope="module")
def practice(live_server: LiveServer) -> None:
    """Twenty doctors, every other of whom works in the evening alone."""
    for number in range(MAX_DOCTORS):
        hours = {"from": "18:00", "to": "20:00"} if number % 2 else {"from": "09:00", "to": "12:00"}
        settings: dict[str, Any] = {
            "name": f"Dr Layout Number {number}",
            "specialty": SPECIALTY,
            "location": "Leeds",
            "time_zone": "Europe/London",
            "slot_minutes": 30,
            "sessions": [hours],
        }
        url = f"{live_server.url}/doctors/dr-layout-{number}"
        headers = live_server.auth_headers("admin")
        requests.put(url, json=settings, headers=headers, timeout=30).raise_for_status()


@pytest.fixture
def page(browser: Browser, browser_users: BrowserUsers, practice: None) -> Iterator[Page]:
    """A page of an admin."""
    del practice
    with browser.new_context(storage_state=browser_users.storage_state("alex")) as context:
        yield context.new_page()


@pytest.mark.only_browser("chromium")  # BiDi can't emulate paper
def test_twenty_doctors_are_printed_side_by_side(page: Page, live_server: LiveServer) -> None:
    page.set_viewport_size({"width": PAPER_WIDTH, "height": PAPER_HEIGHT})
    page.goto(f"{live_server.url}{DAY}")
    page.emulate_media(media="print")

    assert page.locator("thead th[data-day]").count() == MAX_DOCTORS
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    legend = page.locator(".legend")
    assert legend.is_visible()
    # Else white words would be on white paper.
    assert legend.evaluate("e => getComputedStyle(e).printColorAdjust") == "exact"


def test_phone_shows_no_hour_without_a_box_of_the_doctor(
    page: Page, live_server: LiveServer
) -> None:
    page.set_viewport_size({"width": 390, "height": 812})
    page.goto(f"{live_server.url}{DAY}")

    for number in (0, 11):
        page.locator(".strip a").nth(number).click()
        assert page.evaluate(EMPTY_ROWS) == 0
        assert page.locator(".box:visible").count() in {4, 6}
