"""The page on all screen sizes: accessible by axe-core, readable and reachable."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import expect

from tests.support import direct_writes
from tests.support.accessibility import (
    accessibility_violations,
    assert_accessible_everywhere,
    each_look,
)
from tests.support.contrast import fill_contrast
from tests.support.factories import LONDON, to_instant
from tests.support.manage_slots_page import POLL_URL, ManageSlotsPage

if TYPE_CHECKING:
    from datetime import date

    from playwright.sync_api import Page
    from pytest_playwright import CreateContextCallback

    from tests.support.browser_users import BrowserUsers
    from tests.support.live_server import LiveServer


Scheme = Literal["light", "dark"]
KINDS = ("booked", "free", "off")
# The ranges of times that break at the end of a line, or have a hyphen.
BROKEN_RANGES = """(() => {
    const found = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode;
        for (const match of text.data.matchAll(/\\d\\d:\\d\\d ?([–-]) ?\\d\\d:\\d\\d/g)) {
            const range = document.createRange();
            range.setStart(text, match.index);
            range.setEnd(text, match.index + match[0].length);
            const lines = new Set([...range.getClientRects()].map(rect => rect.y));
            if (lines.size > 1 || match[1] === "-") found.push(match[0]);
        }
    }
    return found;
})()"""
MAX_STATUS_LINES = 3


def show_every_state(slots: ManageSlotsPage) -> None:
    """Show free, booked and held slots, unsaved changes, two boxes with errors, and news."""
    slots.check("09:00", "09:30", "10:00", "10:30", "11:00")
    slots.save()
    slots.expect_saved()
    slots.block_polls()
    direct_writes.book(to_instant("09:30", slots.date, LONDON))
    direct_writes.hold(
        to_instant("10:00", slots.date, LONDON), held_until=to_instant("10:00", slots.date, LONDON)
    )
    slots.checkbox("09:30").uncheck()
    slots.checkbox("10:00").uncheck()
    slots.check("11:30")
    slots.save()
    slots.expect_status("Nothing was saved")
    slots.page.unroute(POLL_URL)
    slots.book("11:00")
    slots.expect_status("11:00–11:30 is now booked")


def test_tick_is_drawn_at_once(day_page: ManageSlotsPage) -> None:
    day_page.check("09:00")

    assert day_page.page.evaluate("document.getAnimations().length") == 0


def test_page_has_no_axe_violations_and_no_horizontal_scroll(day_page: ManageSlotsPage) -> None:
    page = day_page.page
    assert_accessible_everywhere(page)

    show_every_state(day_page)

    assert_accessible_everywhere(page)
    for _ in each_look(page):
        fills = {kind: fill_contrast(page, f".box[data-kind={kind}]") for kind in KINDS}
        assert max(fills, key=fills.__getitem__) == "booked"
        assert page.evaluate(BROKEN_RANGES) == []


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.nightly)])
def test_error_page_has_no_axe_violations(
    new_context: CreateContextCallback, live_server: LiveServer, scheme: Scheme
) -> None:
    with new_context(color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/slots?doctor_id=dr-who")

        expect(page.get_by_text('We couldn\'t find a doctor with the ID "dr-who"')).to_be_visible()
        assert accessibility_violations(page) == []


def test_boxes_are_large_enough_to_tap(
    new_context: CreateContextCallback, live_server: LiveServer, unused_date: date
) -> None:
    with new_context(viewport={"width": 320, "height": 640}) as context:
        slots = ManageSlotsPage(context.new_page(), live_server, unused_date)
        slots.open()

        for label in slots.page.locator("label:has([name=ticked])").all():
            size = label.bounding_box()
            assert size is not None
            assert min(size["width"], size["height"]) >= 44


def test_focused_box_is_never_under_the_bar(day_page: ManageSlotsPage) -> None:
    day_page.page.set_viewport_size({"width": 320, "height": 480})
    bar = day_page.page.locator(".save-bar")

    day_page.check("09:00")
    for _ in range(13):
        day_page.page.keyboard.press("ArrowDown")

        box = day_page.page.locator("label:has(:focus)").bounding_box()
        over = bar.bounding_box()
        assert box is not None
        assert over is not None
        assert box["y"] + box["height"] <= over["y"] + 1
        assert box["y"] >= 0


def test_unsaved_and_rejected_boxes_are_as_high_as_before(day_page: ManageSlotsPage) -> None:
    page, box = day_page.page, day_page.label("09:00")
    day_page.block_polls()
    heights = {}
    for width in (1280, 375):
        page.set_viewport_size({"width": width, "height": 812})
        heights[width] = box.evaluate("box => box.offsetHeight")
    place = box.bounding_box()
    day_page.save_elsewhere("09:00")

    day_page.check("09:00")
    day_page.expect_unsaved(1)
    assert box.bounding_box() == place
    day_page.save()

    day_page.expect_status("Nothing was saved")
    for width, height in heights.items():
        page.set_viewport_size({"width": width, "height": 812})
        expect(box.get_by_text("Slot already exists: 09:00–09:30")).to_be_in_viewport()
        assert box.evaluate("box => box.offsetHeight") == height
        assert status_lines(day_page) <= MAX_STATUS_LINES


def status_lines(day_page: ManageSlotsPage) -> float:
    """The height of the message beside Save, in lines."""
    lines: float = day_page.page.get_by_role("status").evaluate(
        "status => status.offsetHeight / parseFloat(getComputedStyle(status).lineHeight)"
    )
    return lines


def test_save_bar_is_at_window_bottom_without_covering_page_end(day_page: ManageSlotsPage) -> None:
    page, save = day_page.page, day_page.page.get_by_role("button", name="Save")
    day_page.check("09:00")

    page.set_viewport_size({"width": 812, "height": 375})  # a phone held sideways
    expect(save).to_be_in_viewport(ratio=1)
    for width in (375, 1280):
        page.set_viewport_size({"width": width, "height": 1400})  # higher than the page
        bar = page.locator(".save-bar").bounding_box()
        assert bar is not None
        assert (bar["x"], bar["width"], bar["y"] + bar["height"]) == (0, width, 1400)
        page.set_viewport_size({"width": width, "height": 600})
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        last = page.locator(".legend li").last.bounding_box()
        assert last is not None
        assert last["y"] + last["height"] <= 600 - bar["height"]


POSITIONS = """[".toolbar", "#schedule", ".box"].map(selector => {
    const { x, y } = document.querySelector(selector).getBoundingClientRect();
    return [selector, x, y];
})"""


def test_nothing_moves_when_the_end_of_the_page_arrives(day_page: ManageSlotsPage) -> None:
    page = day_page.page
    complete = page.evaluate(POSITIONS)

    page.evaluate("document.querySelector('#manage > aside').remove()")

    # As in a browser that shows the page before all of it has come.
    assert page.evaluate(POSITIONS) == complete


@pytest.mark.only_browser("chromium")  # others make no PDF
def test_week_and_month_are_printed_on_one_page_each(
    page: Page, live_server: LiveServer, browser_users: BrowserUsers
) -> None:
    browser_users.switch_user(page.context, "alex")
    for path in (
        "week?doctor_id=dr-okafor&date=2098-03-24",
        "month?doctor_id=dr-lee&month=2098-03",
    ):
        page.goto(f"{live_server.url}/slots/{path}")

        expect(page.locator(":is(#schedule, .month)")).to_have_count(1)
        assert re.findall(rb"/Count (\d+)", page.pdf(prefer_css_page_size=True)) == [b"1"], path


@pytest.mark.only_browser("chromium")  # BiDi can't emulate paper
def test_printed_week_of_short_slots_says_when_each_starts(
    page: Page, live_server: LiveServer, browser_users: BrowserUsers
) -> None:
    browser_users.switch_user(page.context, "alex")
    page.goto(f"{live_server.url}/slots/week?doctor_id=dr-okafor&date=2098-03-24")
    page.emulate_media(media="print")

    expect(page.locator(".box .time")).to_have_count(12 * 7)
    for time in page.locator(".box .time").all()[:3]:
        size = time.bounding_box()
        assert size is not None
        assert size["width"] > 10
    expect(page.get_by_role("list", name="Legend")).to_be_visible()


@pytest.mark.only_browser("chromium")  # BiDi can't emulate paper
def test_printed_schedule_names_the_doctor_above_the_table(day_page: ManageSlotsPage) -> None:
    day_page.page.emulate_media(media="print")

    doctor = day_page.page.get_by_text("Dr Mina Lee").locator("visible=true").bounding_box()
    table = day_page.page.locator(".schedule").bounding_box()
    assert doctor is not None
    assert table is not None
    assert doctor["y"] + doctor["height"] <= table["y"]
    expect(day_page.page.get_by_label("Go to date")).to_be_hidden()
