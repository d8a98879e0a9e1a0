"""Pages in a language with long texts that is written from right to left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.browser_users import submit_login_form
from tests.support.live_server import LiveServer, start_server
from tools.catalogue import write_pseudo_language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

PSEUDO = "ar-XB"
PATHS = (
    "/slots?date=2027-06-07",
    "/slots/week?date=2027-06-07",
    "/slots/month?month=2027-06",
    "/changes",
    "/settings",
    "/series",
    "/slots/origins?date=2027-06-07",
    "/nowhere",
    "/series/new",
)


@pytest.fixture(scope="module")
def pseudo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server with pages in the pseudo-language."""
    catalogues = tmp_path_factory.mktemp("catalogues")
    write_pseudo_language(catalogues, PSEUDO)
    data = tmp_path_factory.mktemp("pseudo-data")
    settings = {"PAGE_LANGUAGE": PSEUDO, "CATALOGUE_FOLDER": str(catalogues)}
    with start_server(data, **settings) as server:
        yield server


@pytest.fixture
def pseudo_page(browser: Browser, pseudo_server: LiveServer) -> Iterator[Page]:
    """Dr Lee is signed in."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{pseudo_server.url}/slots")
        submit_login_form(page, "dr-lee")
        page.wait_for_url(f"{pseudo_server.url}/slots**")
        yield page


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_long_texts_from_right_to_left_fit_the_window(
    pseudo_page: Page, pseudo_server: LiveServer, width: int
) -> None:
    pseudo_page.set_viewport_size({"width": width, "height": 800})

    overflowing = []
    for path in PATHS:
        pseudo_page.goto(f"{pseudo_server.url}{path}")
        assert pseudo_page.locator("html").get_attribute("dir") == "rtl"
        if pseudo_page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            overflowing.append(path)
    pseudo_page.locator(".plan-form button").click()
    expect(pseudo_page.locator(".weeks").first).to_be_visible()
    if pseudo_page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        overflowing.append("the preview of a series")

    assert overflowing == []


def test_texts_of_the_script_are_in_the_catalogue(
    pseudo_page: Page, pseudo_server: LiveServer
) -> None:
    pseudo_page.goto(f"{pseudo_server.url}/slots/week?date=2027-06-07")

    pseudo_page.locator("[name=ticked]").first.check()

    summary = pseudo_page.locator("#summary").inner_text()
    state = pseudo_page.locator(".box[data-unsaved] .state").inner_text()
    assert all(text.strip().startswith("[") for text in (summary, state))
