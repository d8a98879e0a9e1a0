"""A doctor manages their slots in a real browser."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from chalicelib.storage import keys
from chalicelib.storage.models import BaseItem
from tests.support import direct_writes
from tests.support.factories import LONDON, to_instant
from tests.support.manage_slots_page import ManageSlotsPage

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route
    from pytest_playwright import CreateContextCallback

    from tests.support.browser_users import BrowserUsers
    from tests.support.live_server import LiveServer


def stored_item_types(date: date) -> dict[str, int]:
    """Count the stored items of Dr Lee's date by type."""
    items = BaseItem.query(keys.doctor_pk("dr-lee"), consistent_read=True)
    kinds = [item.sk.partition("#")[0] for item in items if str(date) in item.sk]
    return {kind: kinds.count(kind) for kind in ("DAY", "SLOT", "CHANGE")}


def test_ticked_boxes_open_slots_and_unticked_ones_close_them(day_page: ManageSlotsPage) -> None:
    day_page.check("09:00", "09:30", "13:00", "16:30")
    day_page.save()
    day_page.expect_saved()
    assert stored_item_types(day_page.date) == {"DAY": 1, "SLOT": 4, "CHANGE": 1}

    day_page.checkbox("09:00").uncheck()
    expect(day_page.page.get_by_role("status")).to_be_empty()  # it said that all is saved
    day_page.check("10:00")
    day_page.save()

    expect(day_page.label("09:00")).to_contain_text("closed")
    day_page.expect_saved()
    day_page.open()
    assert day_page.checked_starts == ["09:30", "10:00", "13:00", "16:30"]
    expect(day_page.page.get_by_text("4 open")).to_be_visible()


def test_slot_booked_during_edit_is_shown_as_booked(day_page: ManageSlotsPage) -> None:
    day_page.check("09:00", "09:30")
    day_page.save()
    day_page.expect_saved()
    day_page.block_polls()
    direct_writes.book(to_instant("09:00", day_page.date, LONDON))

    day_page.checkbox("09:00").uncheck()
    day_page.checkbox("09:30").uncheck()
    with day_page.page.expect_response("**/slots") as answer:
        day_page.save()

    assert answer.value.status == 400
    day_page.expect_status("09:00–09:30 is booked and can't be closed")
    assert stored_item_types(day_page.date) == {"DAY": 1, "SLOT": 2, "CHANGE": 1}
    expect(day_page.checkbox("09:00")).to_be_disabled()
    expect(day_page.label("09:00")).to_contain_text("booked")
    expect(day_page.page.get_by_role("status")).to_be_focused()
    expect(day_page.checkbox("09:30")).not_to_be_checked()
    day_page.save()
    day_page.expect_saved()
    assert stored_item_types(day_page.date)["SLOT"] == 1


def test_held_slot_is_labelled_and_cannot_be_unticked(day_page: ManageSlotsPage) -> None:
    day_page.save_elsewhere("10:00")
    start = to_instant("10:00", day_page.date, LONDON)
    direct_writes.hold(start, held_until=start)

    day_page.open()

    expect(day_page.label("10:00")).to_contain_text("held")
    expect(day_page.checkbox("10:00")).to_be_disabled()


def test_boxes_that_have_begun_are_past(page: Page, live_server: LiveServer) -> None:
    slots = ManageSlotsPage(page, live_server, date(2026, 1, 5))
    slots.open()

    expect(slots.label("09:00")).to_contain_text("past")
    expect(slots.checkbox("09:00")).to_be_disabled()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)


def test_unchanged_day_reports_no_changes(day_page: ManageSlotsPage) -> None:
    day_page.checkbox("09:00").press("Enter")

    day_page.expect_status("No changes to save")
    assert stored_item_types(day_page.date) == {"DAY": 0, "SLOT": 0, "CHANGE": 0}


def test_double_click_on_save_saves_once(day_page: ManageSlotsPage) -> None:
    day_page.check("09:00")

    day_page.page.get_by_role("button", name="Save").dblclick()

    day_page.expect_saved()
    assert stored_item_types(day_page.date) == {"DAY": 1, "SLOT": 1, "CHANGE": 1}


def test_tick_during_save_is_kept(day_page: ManageSlotsPage) -> None:
    def tick_another(route: Route) -> None:
        day_page.checkbox("11:30").check()
        route.continue_()

    day_page.page.route("**/slots", tick_another)

    day_page.check("09:00")
    day_page.save()

    day_page.expect_saved()
    assert day_page.checked_starts == ["09:00", "11:30"]
    day_page.expect_unsaved(1)


@pytest.mark.only_browser("chromium")  # Playwright can't disable scripts over BiDi
def test_page_works_without_javascript(
    new_context: CreateContextCallback, live_server: LiveServer, unused_date: date
) -> None:
    with new_context(java_script_enabled=False) as context:
        slots = ManageSlotsPage(context.new_page(), live_server, unused_date)
        slots.open()
        expect(slots.page.get_by_role("button", name="All")).to_have_count(0)
        slots.check("09:00", "16:30")
        slots.save()
        slots.expect_saved()
        assert slots.checked_starts == ["09:00", "16:30"]
        slots.page.reload()
        expect(slots.page.get_by_role("status")).not_to_contain_text("saved")

        slots.save_elsewhere("10:00")
        slots.check("10:00", "11:00")
        slots.save()
        expect(slots.label("10:00")).to_contain_text("Slot already exists")
        assert slots.checked_starts == ["09:00", "10:00", "11:00", "16:30"]

        slots.page.get_by_role("link", name="Next day").click()
        expect(slots.page).to_have_url(re.compile(f"date={unused_date + timedelta(days=1)}"))


def test_repeated_hour_has_two_boxes_with_offsets(
    page: Page, live_server: LiveServer, browser_users: BrowserUsers
) -> None:
    browser_users.switch_user(page.context, "dr-walker")
    slots = ManageSlotsPage(page, live_server, date(2027, 4, 4), "dr-walker")
    slots.open()

    slots.check("01:30 +11:00")
    slots.save()
    slots.expect_saved()

    expect(slots.checkbox("01:30 +11:00")).to_be_checked()
    expect(slots.checkbox("01:30 +10:30")).not_to_be_checked()
    assert page.get_by_role("checkbox").count() == 49
