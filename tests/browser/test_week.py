"""The week in a real browser: one form for seven dates."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.accessibility import accessibility_violations
from tests.support.manage_slots_page import ManageSlotsPage, WeekPage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from playwright.sync_api import Page
    from pytest_playwright import CreateContextCallback

    from tests.support.live_server import LiveServer


IS_CUT_OFF = """element => element.scrollWidth > element.clientWidth ||
    element.scrollHeight > element.clientHeight"""


@pytest.fixture
def week_page(page: Page, live_server: LiveServer, unused_week: date) -> Iterator[WeekPage]:
    """A week of Dr Lee that no other test uses. Errors in the browser's console fail the test."""
    slots = WeekPage(page, live_server, unused_week)
    slots.open()
    yield slots
    assert slots.console_errors == []


def expect_summary(slots: ManageSlotsPage, text: str) -> None:
    expect(slots.page.locator("#summary")).to_have_text(text)


def test_box_conflict_is_explained_and_next_save_stores_the_rest(week_page: WeekPage) -> None:
    week_page.block_polls()
    week_page.save_elsewhere("09:00")

    week_page.check("Mon 09:00", "Mon 11:00", "Wed 10:00")
    week_page.save()

    status = week_page.page.get_by_role("status")
    expect(status).to_contain_text("Mon wasn't saved")
    expect(status).to_be_focused()
    box = week_page.label("Mon 09:00")
    before = box.bounding_box()
    reason = box.locator(".error")
    assert reason.evaluate(IS_CUT_OFF)
    box.hover()
    assert not reason.evaluate(IS_CUT_OFF)
    assert box.bounding_box() == before
    week_page.expect_unsaved(1)
    expect(week_page.checkbox("Mon 11:00")).to_be_checked()
    week_page.save()
    week_page.expect_saved()
    week_page.page.reload()
    assert week_page.checked_starts == ["Mon 09:00", "Wed 10:00", "Mon 11:00"]


def test_week_is_filled_by_keyboard_alone(week_page: WeekPage) -> None:
    keyboard = week_page.page.keyboard
    week_page.checkbox("Mon 09:00").focus()
    keyboard.press("Space")
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        keyboard.press(f"Shift+{key}")
    expect(week_page.checkbox("Wed 09:30")).to_be_focused()
    expect_summary(week_page, "6 changes on 3 days · 6 to open")

    keyboard.press("Control+s")

    week_page.expect_saved()
    expect(week_page.checkbox("Wed 09:30")).to_be_focused()
    expect(week_page.page.locator(".box[data-kind=free]")).to_have_count(6)


def test_all_fills_a_day_and_discard_can_be_undone(week_page: WeekPage) -> None:
    page = week_page.page
    tuesday = page.locator(f'th[data-day$="{week_page.date + timedelta(days=1)}"]')

    tuesday.get_by_role("button", name="All").click()
    expect_summary(week_page, "14 changes · 14 to open")
    page.get_by_role("button", name="Discard").click()
    assert week_page.checked_starts == []
    page.get_by_role("button", name="Undo").click()

    expect_summary(week_page, "14 changes · 14 to open")
    page.get_by_role("button", name="Review").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("will open: 09:00–09:30, 09:30–10:00")
    sizes = [
        dialog.get_by_role("heading", level=level).evaluate(
            "heading => parseFloat(getComputedStyle(heading).fontSize)"
        )
        for level in (2, 3)
    ]
    assert sizes[0] > sizes[1]
    assert accessibility_violations(page) == []


def test_unsaved_box_says_so_in_its_name(week_page: WeekPage) -> None:
    week_page.check("Mon 09:00")

    box = week_page.checkbox("Mon 09:00")
    expect(box).to_have_accessible_name("Mon 09:00–09:30 will open")
    box.uncheck()
    expect(box).to_have_accessible_name("Mon 09:00–09:30 closed")


def test_booking_on_another_day_appears_and_ticks_stay(week_page: WeekPage) -> None:
    week_page.check("Mon 09:00")
    week_page.save()
    week_page.expect_saved()
    week_page.check("Thu 13:00")
    week_page.checkbox("Thu 13:00").focus()

    week_page.book("09:00")
    week_page.poll_now()

    week_page.expect_status("Mon 09:00–09:30 is now booked")
    expect(week_page.checkbox("Mon 09:00")).to_be_disabled()
    expect(week_page.checkbox("Thu 13:00")).to_be_focused()
    expect_summary(week_page, "1 change · 1 to open")


def test_ticks_of_the_day_are_those_of_the_week(week_page: WeekPage) -> None:
    week_page.check("Mon 09:00", "Tue 10:00")

    day = ManageSlotsPage(week_page.page, week_page.server, week_page.date)
    day.open()

    assert day.checked_starts == ["09:00"]
    tuesday = week_page.date + timedelta(days=1)
    others = f"{tuesday:%a} {tuesday.day} {tuesday:%b} (1)"
    expect_summary(day, f"1 change · 1 to open. Unsaved on other days: {others}")


def test_week_works_without_javascript(
    new_context: CreateContextCallback, live_server: LiveServer, unused_week: date
) -> None:
    with new_context(java_script_enabled=False) as context:
        slots = WeekPage(context.new_page(), live_server, unused_week)
        slots.open()
        slots.check("Mon 09:00", "Sun 16:30")
        slots.save()
        slots.expect_saved()
        assert slots.checked_starts == ["Mon 09:00", "Sun 16:30"]


def test_phone_shows_one_day_and_the_strip_selects_it(week_page: WeekPage) -> None:
    page = week_page.page
    page.set_viewport_size({"width": 320, "height": 640})
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    expect(week_page.checkbox("Mon 09:00")).to_be_visible()
    expect(week_page.checkbox("Wed 09:00")).to_be_hidden()

    page.locator(".strip a").nth(2).click()
    expect(week_page.checkbox("Wed 09:00")).to_be_visible()
    expect(week_page.checkbox("Mon 09:00")).to_be_hidden()
    week_page.check("Wed 09:00")
    week_page.save()
    week_page.expect_saved()

    expect(week_page.checkbox("Wed 09:00")).to_be_visible()
    own = [url for url in requests if "/slots" in url and "part=" not in url]
    assert own == [f"{week_page.server.url}/slots/week"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.reload()
    expect(week_page.checkbox("Wed 09:00")).to_be_visible()
