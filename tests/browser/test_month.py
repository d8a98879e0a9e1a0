"""The month page on all screen sizes, and with the keyboard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.support.accessibility import assert_accessible_everywhere
from tests.support.manage_slots_page import POLL_URL

if TYPE_CHECKING:
    from datetime import date

    from playwright.sync_api import Page

    from tests.support.live_server import LiveServer
    from tests.support.manage_slots_page import ManageSlotsPage


def open_month(page: Page, live_server: LiveServer, on: date) -> None:
    """Open the month of the date."""
    page.goto(f"{live_server.url}/slots/month?doctor_id=dr-lee&month={on:%Y-%m}")


def test_month_has_no_axe_violations_and_no_horizontal_scroll(
    day_page: ManageSlotsPage, live_server: LiveServer
) -> None:
    page = day_page.page
    day_page.save_elsewhere("09:00", "09:30", "10:00")
    day_page.book("09:30")

    open_month(page, live_server, day_page.date)

    assert_accessible_everywhere(page)
    colours = [
        element.evaluate("e => getComputedStyle(e).backgroundColor")
        for element in (page.locator(".month .day").first, page.locator("html"))
    ]
    assert colours[0] not in {colours[1], "rgba(0, 0, 0, 0)"}  # a day is a card on the page


def test_day_of_the_month_leads_to_its_boxes(
    page: Page, live_server: LiveServer, unused_date: date
) -> None:
    open_month(page, live_server, unused_date)
    name = f"{unused_date:%A} {unused_date.day} {unused_date:%B}, nothing open"

    page.get_by_role("link", name=name).focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("checkbox", name="09:00")).to_be_visible()


def test_month_beside_the_week_follows_a_save(
    page: Page, live_server: LiveServer, unused_date: date
) -> None:
    page.goto(f"{live_server.url}/slots/week?doctor_id=dr-lee&date={unused_date}")
    day = page.locator(".rail [aria-current=date]")
    expect(day).to_have_accessible_name(re.compile("nothing open"))

    page.get_by_role("checkbox", name=f"{unused_date:%a} 11:00").check()
    page.locator("#save").click()

    expect(day).to_have_accessible_name(re.compile("1 open"))


def test_week_whose_month_cannot_be_loaded_shows_no_error(
    page: Page, live_server: LiveServer, unused_date: date
) -> None:
    page.route(re.compile("part=rail"), lambda route: route.abort())
    page.route(POLL_URL, lambda _route: None)  # a successful poll would end the error

    with page.expect_event("requestfailed"):
        page.goto(f"{live_server.url}/slots/week?doctor_id=dr-lee&date={unused_date}")
    box = page.get_by_role("checkbox", name=f"{unused_date:%a} 11:00")
    box.check()

    expect(page.locator("#summary")).to_contain_text("1 change")
    expect(page.get_by_role("alert")).to_be_empty()
