"""Pages in a language with long texts that is written from right to left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.live_server import LiveServer, start_server
from tests.support.tab import sign_in
from tests.support.waiting import wait_until
from tools.catalogue import write_pseudo_language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.tab import OpenWindow, Tab

PSEUDO = "ar-XB"
OF_LEE = "doctor_id=dr-lee"
SETTINGS = f"/settings?{OF_LEE}"
WEEK = f"/slots/week?{OF_LEE}&date=2027-06-07"
SERIES = f"/series/new?{OF_LEE}"
PATHS = (
    f"/slots?{OF_LEE}&date=2027-06-07",
    WEEK,
    f"/slots/month?{OF_LEE}&month=2027-06",
    SETTINGS,
    "/people",
    "/nowhere",
    f"/changes?{OF_LEE}",
    f"/series?{OF_LEE}",
    f"/slots/origins?{OF_LEE}&date=2027-06-07",
    "/practice?date=2027-06-07",
    "/doctors",
    "/new-doctor",
    "/doctors/dr-lee/sign-in",
    "/new-delegate",
    "/reports",
    f"/import?{OF_LEE}",
    f"/time-off?{OF_LEE}",
    f"/calendar-feeds?{OF_LEE}",
    SERIES,
)
# The layout of the other widths is the same in all engines.
WIDTHS = {"chromium": (320, 375, 1280), "firefox": (320,), "webkit": (320,)}
SIGN_OF_PREVIOUS = "getComputedStyle(document.querySelector('#previous'), '::before').content"
# In the picture of a week, the names of hours end before the boxes begin.
HOURS_OVER_BOXES = """[...document.querySelectorAll(".week-picture .hour")].filter(hour =>
    hour.getBoundingClientRect().right >
    document.querySelector(".week-picture rect").getBoundingClientRect().left).length"""
IS_TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"


@pytest.fixture(scope="session")
def pseudo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server with pages in the pseudo-language."""
    catalogues = tmp_path_factory.mktemp("catalogues")
    write_pseudo_language(catalogues, PSEUDO)
    data = tmp_path_factory.mktemp("pseudo-data")
    settings = {"PAGE_LANGUAGE": PSEUDO, "CATALOGUE_FOLDER": str(catalogues)}
    with start_server(data, **settings) as server:
        yield server


@pytest.mark.one_engine_by_day
def test_long_texts_from_right_to_left_fit_the_window(
    open_window: OpenWindow, engine: str, pseudo_server: LiveServer
) -> None:
    assert list(overflows(open_window, pseudo_server, WIDTHS[engine])) == []


def overflows(
    open_window: OpenWindow, server: LiveServer, widths: tuple[int, ...]
) -> Iterator[tuple[str, int]]:
    """Visit each page once, in a window that takes each width; yield where it is too narrow.

    The last page is that of a new series, whose preview is visited too.
    """
    with open_window(javascript=True, width=widths[0]) as window:
        tab = window.new_tab()
        tab.open(f"{server.url}/slots")
        sign_in(tab, "alex")
        for path in PATHS:
            tab.open(f"{server.url}{path}")
            assert tab.evaluate("document.documentElement.dir") == "rtl"
            assert tab.text("h1"), path
            if path == WEEK:
                expect_texts_of_scripts_in_the_catalogue(tab)
                assert str(tab.evaluate(SIGN_OF_PREVIOUS)).startswith('"‹')  # browsers mirror it
            if path == SETTINGS:
                assert tab.evaluate(HOURS_OVER_BOXES) == 0
            yield from ((path, width) for width in overflowing_widths(tab, widths))
        tab.evaluate("document.querySelector('.plan-form button').click()")
        wait_until(lambda: tab.text("#plan-heading").startswith("["))
        preview = overflowing_widths(tab, widths)
        yield from (("the preview of a series", width) for width in preview)


def overflowing_widths(tab: Tab, widths: tuple[int, ...]) -> list[int]:
    """Return those of the widths that are too narrow for the page; the tab has the first again."""
    overflowing = []
    for width in widths:
        tab.set_width(width)
        if tab.evaluate(IS_TOO_WIDE):
            overflowing.append(width)
    tab.set_width(widths[0])
    return overflowing


def expect_texts_of_scripts_in_the_catalogue(tab: Tab) -> None:
    tab.evaluate("document.querySelector('[name=ticked]:enabled').click()")

    wait_until(lambda: tab.text("#summary").startswith("["))
    assert tab.text(".box[data-unsaved] .state").strip().startswith("[")
