"""Undo in a real browser: after a save, and on the page of changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.support.manage_slots_page import WeekPage

if TYPE_CHECKING:
    from datetime import date

    from playwright.sync_api import Page

    from tests.support.live_server import LiveServer
    from tests.support.manage_slots_page import ManageSlotsPage


def test_save_can_be_undone_and_the_undo_too(day_page: ManageSlotsPage) -> None:
    status = day_page.page.get_by_role("status")
    day_page.check("09:00", "09:30")
    day_page.save()
    day_page.expect_saved()

    day_page.page.get_by_role("button", name="Undo").click()
    expect(status).to_contain_text("Change undone")
    expect(status).to_be_focused()
    assert day_page.checked_starts == []

    day_page.page.get_by_role("button", name="Undo").click()
    expect(day_page.checkbox("09:00")).to_be_checked()
    assert day_page.checked_starts == ["09:00", "09:30"]


def test_change_can_be_undone_while_a_discard_can_be(day_page: ManageSlotsPage) -> None:
    page = day_page.page
    day_page.check("09:00")
    day_page.save()
    day_page.expect_saved()
    history = day_page.open_history()
    day_page.check("10:00")
    page.get_by_role("button", name="Discard").click()
    day_page.expect_status("Discarded")

    history.get_by_role("button", name="Undo").click()

    day_page.expect_status("Change undone")
    assert day_page.checked_starts == []


def test_one_undo_takes_back_the_save_of_a_week(
    page: Page, live_server: LiveServer, unused_week: date
) -> None:
    week = WeekPage(page, live_server, unused_week)
    week.open()
    week.check("Mon 09:00", "Wed 10:00", "Fri 16:30")
    week.save()
    week.expect_saved()

    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_role("status")).to_contain_text("Change undone")
    assert week.checked_starts == []
    page.reload()
    assert week.checked_starts == []


def test_change_is_undone_from_the_feed(day_page: ManageSlotsPage) -> None:
    page = day_page.page
    day_page.check("09:00")
    day_page.save()
    day_page.expect_saved()

    day_page.visit_changes()
    page.get_by_role("main").get_by_role("button", name="Undo").click()

    expect(page.get_by_role("status")).to_have_text("Change undone")
    expect(page.get_by_role("article").first).to_contain_text("Undo")
    page.get_by_role("link", name="Back to").click()
    assert day_page.checked_starts == []
