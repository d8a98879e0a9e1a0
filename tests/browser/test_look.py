"""The page on every screen: readable, reachable, and without a fault that axe-core knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests import behind
from tests.browser.manage_slots import POLL_URL, ManageSlotsPage
from tests.builders import LONDON, to_instant

if TYPE_CHECKING:
    from datetime import date

    from playwright.sync_api import Page, ViewportSize
    from pytest_playwright import CreateContextCallback

    from tests.running import LiveServer

Scheme = Literal["light", "dark"]


def accessibility_violations(page: Page) -> list[str]:
    """What axe-core finds."""
    found = Axe().run(page)
    return [f"{fault['id']}: {fault['nodes']}" for fault in found.response["violations"]]


def show_every_state(slots: ManageSlotsPage) -> None:
    """Free, booked and held slots, unsaved ticks, reasons at two boxes, and news."""
    slots.check("09:00", "09:30", "10:00", "10:30", "11:00")
    slots.save()
    slots.expect_saved()
    slots.block_polls()
    behind.book(to_instant("09:30", slots.date, LONDON))
    behind.hold(
        to_instant("10:00", slots.date, LONDON), held_until=to_instant("10:00", slots.date, LONDON)
    )
    slots.checkbox("09:30").uncheck()
    slots.checkbox("10:00").uncheck()
    slots.check("11:30")
    slots.save()
    slots.expect_status("Not saved")
    slots.page.unroute(POLL_URL)
    slots.book("11:00")
    slots.expect_status("11:00–11:30 is booked now")


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (320, "dark"),
        (1280, "light"),
        pytest.param(320, "light", marks=pytest.mark.nightly),
        pytest.param(768, "light", marks=pytest.mark.nightly),
        pytest.param(768, "dark", marks=pytest.mark.nightly),
        pytest.param(1280, "dark", marks=pytest.mark.nightly),
    ],
)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    new_context: CreateContextCallback, server: LiveServer, on: date, width: int, scheme: Scheme
) -> None:
    viewport: ViewportSize = {"width": width, "height": 800}
    with new_context(viewport=viewport, color_scheme=scheme) as context:
        slots = ManageSlotsPage(context.new_page(), server, on)
        slots.open()
        assert accessibility_violations(slots.page) == []

        show_every_state(slots)

        assert accessibility_violations(slots.page) == []
        assert slots.page.evaluate("document.documentElement.scrollWidth") <= width
        assert slots.console_errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_an_error_page(
    new_context: CreateContextCallback, server: LiveServer, scheme: Scheme
) -> None:
    with new_context(color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(f"{server.url}/slots?doctor_id=dr-who")

        expect(page.get_by_text("There is no doctor dr-who")).to_be_visible()
        assert accessibility_violations(page) == []


def test_boxes_are_large_enough_for_a_thumb(
    new_context: CreateContextCallback, server: LiveServer, on: date
) -> None:
    with new_context(viewport={"width": 320, "height": 640}) as context:
        slots = ManageSlotsPage(context.new_page(), server, on)
        slots.open()

        for label in slots.page.locator("label:has([name=ticked])").all():
            size = label.bounding_box()
            assert size is not None
            assert min(size["width"], size["height"]) >= 44


def test_a_box_that_has_the_focus_is_never_under_the_bar(slots: ManageSlotsPage) -> None:
    slots.page.set_viewport_size({"width": 320, "height": 480})
    bar = slots.page.locator(".bar")

    slots.checkbox("09:00").focus()
    for _ in range(13):
        slots.page.keyboard.press("ArrowDown")

        box = slots.page.locator("label:has(:focus)").bounding_box()
        over = bar.bounding_box()
        assert box is not None
        assert over is not None
        assert box["y"] + box["height"] <= over["y"] + 1
        assert box["y"] >= 0
