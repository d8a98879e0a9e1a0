"""The desk and the bookings to be rebooked: with the keyboard, and on all screen sizes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.support.accessibility import assert_accessible_everywhere

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.manage_slots_page import ManageSlotsPage


def open_bookings(day_page: ManageSlotsPage, *starts: str) -> Page:
    """Open slots, and follow the link to the bookings of the day."""
    day_page.save_elsewhere(*starts)
    day_page.page.get_by_role("link", name="Bookings and desk").click()
    expect(day_page.page.get_by_role("heading", level=1)).to_contain_text("Bookings on")
    return day_page.page


def test_staff_book_at_the_desk_and_free_again_by_keyboard(day_page: ManageSlotsPage) -> None:
    page = open_bookings(day_page, "09:00", "09:30")
    row = page.get_by_role("listitem").filter(has_text="09:00–09:30")

    row.get_by_role("button", name="Book at the desk").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Booked by the practice")
    expect(row).to_contain_text("Booked by the practice")

    row.get_by_text("Free…").focus()
    page.keyboard.press("Enter")
    row.get_by_role("button", name="Free 09:00–09:30").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("The booking by the practice has ended")
    expect(row.get_by_role("button", name="Book at the desk")).to_be_visible()


def test_mark_leads_to_what_needs_rebooking_and_back(day_page: ManageSlotsPage) -> None:
    page = open_bookings(day_page, "09:00")
    page.get_by_role("button", name="Book at the desk").click()
    page.get_by_text("Mark for rebooking…").click()
    page.get_by_label("Reason").fill("Ill")
    page.get_by_role("button", name=re.compile("^Mark 09:00")).click()

    expect(page.get_by_role("listitem").filter(has_text="Needs rebooking: Ill")).to_be_visible()
    day_page.open()
    expect(page.get_by_role("link", name="1 to rebook")).to_be_visible()
    page.get_by_role("link", name="Week", exact=True).click()
    page.set_viewport_size({"width": 375, "height": 812})
    strip = page.get_by_role("navigation", name="Days of the week")
    strip.get_by_role("link", name="1 to rebook").click()
    page.get_by_role("link", name="1 to rebook", exact=True).click()
    expect(page.get_by_text("0 of 1 done")).to_be_visible()
    page.emulate_media(reduced_motion="reduce")
    # Chromium's own bar would be grey where nothing is done.
    assert page.locator("progress").evaluate("e => getComputedStyle(e).appearance") == "none"

    month = f"{day_page.server.url}/slots/month?doctor_id=dr-lee&month={day_page.date:%Y-%m}"
    page.goto(month)
    day = page.get_by_role("link", name=re.compile(f"^{day_page.date:%A} {day_page.date.day} "))
    sign = "e => getComputedStyle(e, '::after').content"
    assert day.locator(".number").evaluate(sign) == '" !" / ""'


def test_pages_have_no_axe_violations_and_no_horizontal_scroll(day_page: ManageSlotsPage) -> None:
    page = open_bookings(day_page, "09:00", "09:30")
    page.get_by_role("button", name="Book at the desk").first.click()
    page.get_by_text("Mark for rebooking…").click()
    assert_accessible_everywhere(page)
    page.get_by_label("Reason").fill("Ill")
    page.get_by_role("button", name=re.compile("^Mark")).click()

    page.get_by_role("link", name="Needs rebooking").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Needs rebooking")
    assert_accessible_everywhere(page)
