"""Changes in a real browser: the filters of their page, and the history beside a day."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.accessibility import accessibility_violations

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_playwright import CreateContextCallback

    from tests.support.live_server import LiveServer
    from tests.support.manage_slots_page import ManageSlotsPage


def open_changes(page: Page, server: LiveServer) -> None:
    page.goto(f"{server.url}/changes?doctor_id=dr-lee")


def save_and_book(day_page: ManageSlotsPage) -> None:
    """Make two changes of the day: a save of two slots, and a booking."""
    day_page.save_elsewhere("09:00", "09:30")
    day_page.book("09:00")


def test_filters_refine_the_feed_and_can_be_bookmarked(
    day_page: ManageSlotsPage, live_server: LiveServer
) -> None:
    page, date = day_page.page, day_page.date.isoformat()
    save_and_book(day_page)
    open_changes(page, live_server)

    page.get_by_label("From").fill(date)
    page.get_by_label("To").fill(date)
    expect(page.get_by_role("article")).to_have_count(2)
    expect(page).to_have_url(re.compile(f"date={date}$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Changes to")
    expect(page.get_by_label("To")).to_be_focused()

    page.get_by_label("Kind").select_option("Bookings")
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("article")).to_contain_text("Booked 09:00–09:30")

    page.reload()
    expect(page.get_by_role("article")).to_have_count(1)
    page.get_by_role("link", name="Clear filters").click()
    expect(page.get_by_label("To")).to_have_value("")


def test_person_is_found_by_name(day_page: ManageSlotsPage, live_server: LiveServer) -> None:
    page = day_page.page
    save_and_book(day_page)
    open_changes(page, live_server)

    page.get_by_label("Person").fill("kim")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("status")).to_have_text("No changes match these filters")

    page.get_by_label("Person").fill("dr mina lee")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article").first).to_contain_text("Dr Mina Lee, via Manage Slots")
    expect(page.get_by_role("status")).to_be_empty()


def test_range_that_runs_backwards_says_so(page: Page, live_server: LiveServer) -> None:
    open_changes(page, live_server)

    page.get_by_label("From").fill("2026-12-09")
    page.get_by_label("To").fill("2026-12-01")

    expect(page.get_by_role("status")).to_have_text("The last date is before the first")
    expect(page.get_by_label("To")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("To")).to_have_value("2026-12-01")


@pytest.mark.only_browser("chromium")  # Playwright can't disable scripts over BiDi
def test_filters_and_history_work_without_javascript(
    day_page: ManageSlotsPage, new_context: CreateContextCallback
) -> None:
    save_and_book(day_page)
    page = new_context(java_script_enabled=False).new_page()
    page.goto(day_page.url)

    page.get_by_text("History", exact=True).click()
    page.get_by_role("link", name="All changes to this day").click()
    expect(page.get_by_role("article")).to_have_count(2)
    page.get_by_label("Kind").select_option("Saves")
    page.get_by_role("button", name="Filter").click()

    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("article")).to_contain_text("Opened 09:00–10:00")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_have_text(re.compile("Undone, except"))
    expect(page.get_by_label("Kind")).to_have_value("save")


def test_history_opens_beside_the_day_and_keeps_ticks(day_page: ManageSlotsPage) -> None:
    save_and_book(day_page)
    day_page.check("11:00")

    history = day_page.open_history()

    expect(history.get_by_role("article")).to_have_count(2)
    expect(history.get_by_role("article").first).to_contain_text("Booked 09:00–09:30")
    expect(day_page.checkbox("11:00")).to_be_checked()
    day_page.expect_unsaved(1)
    assert accessibility_violations(day_page.page) == []


def test_history_follows_saves_bookings_and_undo(day_page: ManageSlotsPage) -> None:
    history = day_page.open_history()
    expect(history).to_contain_text("No changes yet")

    day_page.check("09:00", "09:30")
    day_page.save()
    expect(history.get_by_role("article")).to_contain_text("Opened 09:00–10:00")

    day_page.book("09:00")
    day_page.poll_now()
    expect(history.get_by_role("article").first).to_contain_text("Booked 09:00–09:30")

    history.get_by_role("button", name="Undo").click()
    day_page.expect_status("Undone, except")
    expect(history.get_by_role("article").first).to_contain_text("Closed 09:30–10:00")
    assert day_page.checked_starts == []


def test_another_day_has_a_history_of_its_own(day_page: ManageSlotsPage) -> None:
    save_and_book(day_page)
    expect(day_page.open_history().get_by_role("article")).to_have_count(2)

    day_page.page.get_by_role("link", name="Next day").click()

    expect(day_page.page.locator(".history[open]")).to_have_count(0)
    expect(day_page.open_history()).to_contain_text("No changes yet")
