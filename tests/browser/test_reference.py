"""The API reference on all screen sizes: accessible by axe-core."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import expect

from tests.support.accessibility import accessibility_violations
from tests.support.profile import is_nightly

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.support.live_server import LiveServer

MAX_CLOSED_HEIGHT = 70
"""Pixels of a closed entry, with its share of the headings; an open one has hundreds."""


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (320, "dark"),
        pytest.param(1280, "light", marks=pytest.mark.nightly),
        pytest.param(320, "light", marks=pytest.mark.nightly),
        pytest.param(1280, "dark", marks=pytest.mark.nightly),
    ],
)
def test_page_has_no_axe_violations_and_no_horizontal_scroll(
    browser: Browser, live_server: LiveServer, width: int, scheme: Literal["light", "dark"]
) -> None:
    viewport = {"width": width, "height": 800}
    with browser.new_context(viewport=viewport, color_scheme=scheme) as context:  # type: ignore[arg-type]
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(f"{live_server.url}/docs")
        if is_nightly():  # axe-core takes as long for closed details as for open ones
            assert accessibility_violations(page) == []
        else:  # and a quarter of a minute for all of them
            page.get_by_role("searchbox", name="Search").fill("calendar feed")
            expect(page.get_by_role("status")).not_to_be_empty()

        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")

        assert accessibility_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert complaints == []


@pytest.mark.only_browser("chromium")  # Playwright can't disable scripts over BiDi
def test_operation_is_reached_from_the_list(browser: Browser, live_server: LiveServer) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/docs")

        page.get_by_role("navigation").get_by_role("link", name="PUT /slots/{slot_id}/hold").click()

        hold = page.locator("details.operation", has_text="Hold a slot")
        box = hold.get_by_role("heading", name="Hold a slot").bounding_box()
        assert box is not None
        assert 0 <= box["y"] < 200
        expect(hold.get_by_role("heading", name="Responses", exact=True)).to_be_visible()


def test_contents_stay_beside_the_text(page: Page, live_server: LiveServer) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{live_server.url}/docs#Slot")

    expect(page.get_by_role("heading", name="Slot", exact=True)).to_be_in_viewport()
    expect(page.get_by_role("searchbox", name="Search")).to_be_in_viewport()


def test_text_ends_before_the_edge_of_the_window(page: Page, live_server: LiveServer) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{live_server.url}/docs")

    for text in page.locator("main > p").all():
        box = text.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 1280 - 16


def test_search_shows_the_entries_that_have_all_words(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/docs")
    contents = page.get_by_role("navigation")

    page.get_by_role("searchbox", name="Search").fill("HOLD seconds")

    expect(page.get_by_role("heading", name="Hold a slot")).to_be_visible()
    expect(contents.get_by_role("link", name="Hold a slot")).to_be_visible()
    expect(page.get_by_role("heading", name="Save a week")).to_be_hidden()
    expect(contents.get_by_role("link", name="Save a week")).to_be_hidden()
    shown = page.locator("main details:is(.operation, .schema):visible").count()
    expect(page.get_by_role("status")).to_contain_text(f"{shown} of ")

    page.get_by_role("searchbox", name="Search").fill("")

    expect(page.get_by_role("heading", name="Save a week")).to_be_visible()
    expect(page.get_by_role("status")).to_be_empty()


def test_entries_are_closed_until_they_are_opened(page: Page, live_server: LiveServer) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{live_server.url}/docs")

    entries = page.locator("main details:is(.operation, .schema)").count()
    assert page.evaluate("document.documentElement.scrollHeight") < entries * MAX_CLOSED_HEIGHT
    responses = page.get_by_role("heading", name="Responses", exact=True)
    expect(responses).to_have_count(0)
    page.get_by_role("heading", name="Save a week").click()
    expect(responses).to_have_count(1)


def test_header_of_every_response_is_named_once(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/docs")

    expect(page.locator("code", has_text="Vary")).to_have_count(1)
