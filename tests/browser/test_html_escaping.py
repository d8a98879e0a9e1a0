"""Markup in data appears as text and creates no elements in a real browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.support.html import MARKUP_SAMPLES

if TYPE_CHECKING:
    from datetime import date

    from tests.support.browser_users import BrowserUsers
    from tests.support.live_server import LiveServer

NAME, SPECIALTY, LOCATION = MARKUP_SAMPLES[0], MARKUP_SAMPLES[1], MARKUP_SAMPLES[3]
INJECTED_ELEMENTS = (
    "[onerror], [onload], [onfocus], [autofocus], main script, main svg, main img, main b"
)


@pytest.fixture
def markup_day_url(
    page: Page, live_server: LiveServer, browser_users: BrowserUsers, unused_date: date
) -> str:
    """The day of a doctor whose settings contain markup. Sam, their delegate, is signed in."""
    doctor_id = f"dr-odd-{unused_date}"
    settings = {
        "name": NAME,
        "specialty": SPECIALTY,
        "location": LOCATION,
        "time_zone": "Europe/London",
        "slot_minutes": 30,
        "sessions": [{"from": "09:00", "to": "10:00"}],
        "delegates": ["sam"],
    }
    made = page.request.put(
        f"{live_server.url}/doctors/{doctor_id}",
        data=settings,
        headers=live_server.auth_headers("admin"),
    )
    assert made.status == 201, made.text()
    browser_users.switch_user(page.context, "sam")
    return f"{live_server.url}/slots?doctor_id={doctor_id}&date={unused_date}"


def expect_plain_text(page: Page, *texts: str) -> None:
    """Assert that the texts are visible and created no elements."""
    for word in texts:
        expect(page.get_by_text(word).filter(visible=True).first).to_be_visible()
    expect(page.locator(INJECTED_ELEMENTS)).to_have_count(0)


def test_doctor_with_markup_in_name_is_managed_like_any_other(
    page: Page, live_server: LiveServer, markup_day_url: str
) -> None:
    page.goto(f"{live_server.url}/slots")
    expect_plain_text(page, NAME, SPECIALTY, LOCATION)

    page.goto(markup_day_url)
    expect_plain_text(page, NAME, SPECIALTY, LOCATION)
    assert NAME in page.title()

    page.get_by_role("link", name="Next day").click()
    expect(page).not_to_have_url(markup_day_url)
    expect_plain_text(page, NAME, SPECIALTY, LOCATION)
    assert NAME in page.title()

    page.get_by_role("checkbox", name="09:00").check()
    page.get_by_role("button", name=re.compile("^Save")).click()
    expect(page.get_by_role("status")).to_contain_text("Slots saved successfully")
    page.get_by_text("History", exact=True).click()
    expect(page.get_by_role("article")).to_be_visible()
    expect_plain_text(page, NAME)

    page.get_by_role("link", name="All changes to this day").click()
    expect_plain_text(page, NAME)
    assert NAME in page.title()


def test_not_found_page_is_not_cached_or_framed(page: Page, live_server: LiveServer) -> None:
    for path in ("/doctors/dr-unknown", "/nowhere"):
        answer = page.goto(f"{live_server.url}{path}")

        assert answer is not None
        assert (answer.status, answer.headers["cache-control"]) == (404, "no-store")
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
