"""The month page on all screen sizes, and with the keyboard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import expect

from tests.support.accessibility import accessibility_violations
from tests.support.manage_slots_page import POLL_URL, ManageSlotsPage

if TYPE_CHECKING:
    from datetime import date

    from playwright.sync_api import Page, ViewportSize
    from pytest_playwright import CreateContextCallback

    from tests.support.live_server import LiveServer

Scheme = Literal["light", "dark"]


def open_month(page: Page, live_server: LiveServer, on: date) -> None:
    """Open the month of the date."""
    page.goto(f"{live_server.url}/slots/month?doctor_id=dr-lee&month={on:%Y-%m}")


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (320, "dark"),
        (1280, "light"),
        pytest.param(375, "light", marks=pytest.mark.nightly),
        pytest.param(1280, "dark", marks=pytest.mark.nightly),
    ],
)
def test_month_has_no_axe_violations_and_no_horizontal_scroll(
    new_context: CreateContextCallback,
    live_server: LiveServer,
    unused_date: date,
    width: int,
    scheme: Scheme,
) -> None:
    viewport: ViewportSize = {"width": width, "height": 800}
    with new_context(viewport=viewport, color_scheme=scheme) as context:
        slots = ManageSlotsPage(context.new_page(), live_server, unused_date)
        slots.open()
        slots.check("09:00", "09:30", "10:00")
        slots.save()
        slots.expect_saved()
        slots.book("09:30")

        open_month(slots.page, live_server, unused_date)

        assert accessibility_violations(slots.page) == []
        colours = [
            element.evaluate("e => getComputedStyle(e).backgroundColor")
            for element in (slots.page.locator(".month .day").first, slots.page.locator("html"))
        ]
        assert colours[0] != colours[1]  # a day is a card on the page
        assert slots.page.evaluate("document.documentElement.scrollWidth") <= width
        assert slots.console_errors == []


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
