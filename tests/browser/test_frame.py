"""Every page with its header, on all screen sizes: accessible by axe-core, and without overflow."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import expect

from tests.support.accessibility import accessibility_violations
from tests.support.contrast import faint_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, ViewportSize

    from tests.support.browser_users import BrowserUsers
    from tests.support.live_server import LiveServer

WEEK = "/slots/week?doctor_id=dr-lee&date=2098-03-24"
PAGES = (
    WEEK,
    "/slots/history?doctor_id=dr-lee&date=2098-03-24",
    "/changes?doctor_id=dr-lee",
    "/changes?doctor_id=dr-lee&from=2098-03-25&to=2098-03-24",
    "/settings?doctor_id=dr-lee",
    "/import?doctor_id=dr-lee",
    "/calendar-feeds?doctor_id=dr-lee",
    "/reports",
    "/slots/origins?doctor_id=dr-lee&date=2098-03-24",
    "/doctors",
    "/new-doctor",
    "/doctors/dr-lee/sign-in",
    "/people",
    "/new-delegate",
    "/practice?date=2098-03-24",
    "/nowhere",
    "/signed-in",
)
# Daily, axe looks at these on both screens where they have slots of every status.
PAGES_OF_OTHER_TESTS = (
    "/slots?doctor_id=dr-lee&date=2098-03-24",
    "/slots/month?doctor_id=dr-lee&month=2098-03",
)
WIDE_PAGES = ("/doctors", "/people", "/practice?date=2098-03-24", "/reports")
LAPTOP_WIDTH = 1280
MIN_MARGIN = 12
MAX_HEADER_HEIGHT = 80
MAX_ROW_HEIGHT = 60
MAX_FIRST_BOX_TOP = 220
MIN_BOXES_IN_SIGHT = 12
# The width of the text that a list shows, and of what is inside its padding.
TEXT_AND_ROOM = """list => {
    const style = getComputedStyle(list);
    const context = document.createElement("canvas").getContext("2d");
    context.font = style.font;
    const padding = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
    return [context.measureText(list.selectedOptions[0].text).width, list.clientWidth - padding];
}"""


@contextmanager
def open_as_admin(
    browser: Browser, live_server: LiveServer, users: BrowserUsers, path: str, *, width: int
) -> Iterator[Page]:
    """Open a page in a browser of that width, as an admin."""
    state = users.storage_state("alex")
    size: ViewportSize = {"width": width, "height": 800}
    with browser.new_context(storage_state=state, viewport=size) as context:
        page = context.new_page()
        page.goto(f"{live_server.url}{path}")
        yield page


def assert_fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def assert_has_margin(page: Page) -> None:
    left = page.locator("main").evaluate(
        "main => Math.min(...[...main.children].map(e => e.getBoundingClientRect().left))"
    )
    assert left >= MIN_MARGIN, page.url


def test_pages_fit_and_pass_axe_on_dark_phone_and_light_desktop(
    browser: Browser, live_server: LiveServer, browser_users: BrowserUsers
) -> None:
    """Each page is loaded once, and then turned into that of a wider phone and of a desktop."""
    state = browser_users.storage_state("alex")
    with browser.new_context(storage_state=state) as context:
        page = context.new_page()
        for path in PAGES:
            page.emulate_media(color_scheme="dark")
            page.set_viewport_size({"width": 320, "height": 812})
            page.goto(f"{live_server.url}{path}")
            assert_fits(page)
            assert accessibility_violations(page) == [], path
            assert faint_fields(page) == [], path

            page.set_viewport_size({"width": 375, "height": 812})
            assert_fits(page)

            page.emulate_media(color_scheme="light")
            page.set_viewport_size({"width": 1280, "height": 812})
            assert_fits(page)
            assert accessibility_violations(page) == [], path
            assert faint_fields(page) == [], path
            if path in WIDE_PAGES:
                assert_has_margin(page)


@pytest.mark.nightly
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 375, 1280])
def test_no_page_overflows_or_violates_axe(
    browser: Browser,
    live_server: LiveServer,
    browser_users: BrowserUsers,
    width: int,
    scheme: Literal["light", "dark"],
) -> None:
    with browser.new_context(
        storage_state=browser_users.storage_state("alex"),
        viewport={"width": width, "height": 812},
        color_scheme=scheme,
    ) as context:
        page = context.new_page()
        for path in (*PAGES, *PAGES_OF_OTHER_TESTS):
            page.goto(f"{live_server.url}{path}")

            assert_fits(page)
            assert accessibility_violations(page) == [], path
            if path in WIDE_PAGES and width == LAPTOP_WIDTH:
                assert_has_margin(page)


@pytest.mark.parametrize("name", ["dr-lee", "sam", "alex"])
def test_header_leaves_a_phone_to_the_boxes(
    browser: Browser, live_server: LiveServer, browser_users: BrowserUsers, name: str
) -> None:
    with browser.new_context(
        storage_state=browser_users.storage_state(name), viewport={"width": 375, "height": 812}
    ) as context:
        page = context.new_page()
        page.goto(f"{live_server.url}{WEEK}")
        header = page.locator("body > header").bounding_box()
        box = page.locator(".box:visible").first.bounding_box()

        assert header is not None
        assert header["height"] <= MAX_HEADER_HEIGHT
        assert box is not None
        assert box["y"] <= MAX_FIRST_BOX_TOP
        whole = page.locator(".box:visible").evaluate_all(
            "boxes => boxes.filter(box => box.getBoundingClientRect().bottom <= innerHeight).length"
        )
        assert whole >= MIN_BOXES_IN_SIGHT


def test_skip_link_leads_past_the_header(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}{WEEK}")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_switch_follows_the_date_that_is_shown(
    browser: Browser, live_server: LiveServer, browser_users: BrowserUsers
) -> None:
    with browser.new_context(storage_state=browser_users.storage_state("alex")) as context:
        page = context.new_page()
        page.goto(f"{live_server.url}{WEEK}")
        page.locator("#next").click()  # without a new header
        expect(page).to_have_url(f"{live_server.url}{WEEK.replace('24', '31')}")

        page.get_by_label("Doctor", exact=True).select_option("Dr Chidi Okafor")
        page.get_by_role("button", name="Switch").click()

        other = f"{live_server.url}/slots/week?doctor_id=dr-okafor&date=2098-03-31"
        expect(page).to_have_url(other)


@pytest.mark.only_browser("chromium")  # BiDi can't emulate paper
def test_printed_page_has_no_header(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/settings")
    page.emulate_media(media="print")

    expect(page.locator("body > header")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.only_browser("chromium")  # as of 2026, others open the row at its start
def test_current_page_is_in_sight_in_an_admins_header_on_a_phone(
    browser: Browser, live_server: LiveServer, browser_users: BrowserUsers
) -> None:
    with open_as_admin(browser, live_server, browser_users, "/people", width=390) as page:
        current = page.locator(".sections [aria-current]")
        expect(current).to_be_in_viewport(ratio=1)
        for path in ("/settings?doctor_id=dr-lee", "/reports"):
            page.goto(f"{live_server.url}{path}")
            expect(current).to_be_in_viewport(ratio=1)


def test_admins_laptop_header_is_one_row_with_full_doctor_name(
    browser: Browser, live_server: LiveServer, browser_users: BrowserUsers
) -> None:
    path = WEEK.replace("dr-lee", "dr-okafor")
    with open_as_admin(browser, live_server, browser_users, path, width=1100) as page:
        for width, doctor in ((1100, "Dr Chidi Okafor"), (1280, "Dr Alexandra Konstantinou")):
            page.set_viewport_size({"width": width, "height": 800})
            header = page.locator("body > header").bounding_box()
            assert header is not None
            assert header["height"] <= MAX_ROW_HEIGHT
            doctors = page.get_by_label("Doctor", exact=True)
            doctors.evaluate("(list, name) => list.selectedOptions[0].text = name", doctor)
            name, room = doctors.evaluate(TEXT_AND_ROOM)
            assert name <= room + 1  # a browser rounds the widths of letters
