"""Unsaved changes when the user leaves the page: kept in the tab until they save or sign out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support import direct_writes
from tests.support.factories import LONDON, to_instant
from tests.support.manage_slots_page import ManageSlotsPage

if TYPE_CHECKING:
    from datetime import date

    from playwright.sync_api import Browser, Dialog, Page

    from tests.support.browser_users import BrowserUsers
    from tests.support.live_server import LiveServer

STORED = "JSON.stringify(sessionStorage)"


def open_next_day(slots: ManageSlotsPage) -> None:
    tomorrow = slots.date + timedelta(days=1)
    slots.page.get_by_role("link", name="Next day").click()
    expect(slots.page.get_by_role("heading", name=f"{tomorrow:%A} {tomorrow.day} ")).to_be_visible()


def test_unsaved_changes_of_all_days_survive_reload(day_page: ManageSlotsPage) -> None:
    day_page.check("09:00", "10:00")
    open_next_day(day_page)
    day_page.check("16:00")

    day_page.page.reload()

    assert day_page.checked_starts == ["16:00"]
    day_page.expect_unsaved_message(
        f"1 unsaved change. Unsaved on other days: {day_page.date:%a} {day_page.date.day}"
        f" {day_page.date:%b} (2)"
    )
    day_page.open()
    assert day_page.checked_starts == ["09:00", "10:00"]
    day_page.save()
    day_page.expect_saved()
    day_page.page.reload()
    assert day_page.checked_starts == ["09:00", "10:00"]
    day_page.expect_unsaved_message(
        f"Unsaved on other days: {day_page.date + timedelta(days=1):%a}"
        f" {(day_page.date + timedelta(days=1)).day} {day_page.date + timedelta(days=1):%b} (1)"
    )


@pytest.mark.parametrize("way_back", ["link", "browser"])
def test_unsaved_changes_survive_visit_to_history(day_page: ManageSlotsPage, way_back: str) -> None:
    page = day_page.page
    day_page.check("09:00")

    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("heading", name="Changes to")).to_be_visible()
    if way_back == "link":
        page.get_by_role("link", name="Back to").click()
    else:
        page.go_back()

    expect(day_page.checkbox("09:00")).to_be_checked()
    day_page.expect_unsaved(1)


def test_undone_and_saved_changes_are_not_kept(day_page: ManageSlotsPage) -> None:
    day_page.check("09:00", "10:00")
    day_page.checkbox("10:00").uncheck()
    assert "Z-30" in day_page.page.evaluate(STORED)
    day_page.save()
    day_page.expect_saved()

    assert day_page.page.evaluate(STORED) == "{}"


def test_change_made_impossible_meanwhile_is_named(day_page: ManageSlotsPage) -> None:
    day_page.check("09:00", "10:00")
    day_page.save()
    day_page.expect_saved()
    day_page.block_polls()
    day_page.checkbox("09:00").uncheck()
    day_page.checkbox("10:00").uncheck()
    direct_writes.book(to_instant("09:00", day_page.date, LONDON))

    day_page.open()

    day_page.expect_status("Your change to 09:00–09:30 can no longer be saved")
    day_page.expect_unsaved(1)


def test_day_that_others_changed_meanwhile_says_so(
    day_page: ManageSlotsPage, other_tab: ManageSlotsPage
) -> None:
    day_page.check("09:00")
    day_page.page.get_by_role("link", name="History").click()
    expect(day_page.page.get_by_role("heading", name="Changes to")).to_be_visible()
    other_tab.check("11:00")
    other_tab.save()
    other_tab.expect_saved()

    day_page.page.go_back()

    day_page.expect_status("This day has changed since you made your changes.")
    assert day_page.checked_starts == ["09:00", "11:00"]
    day_page.expect_unsaved(1)


@pytest.fixture
def sign_out_page(
    browser: Browser, live_server: LiveServer, browser_users: BrowserUsers, unused_date: date
) -> ManageSlotsPage:
    """The page of Dr Lee in a browser of its own, whose session a test may end."""
    context = browser.new_context()
    browser_users.switch_user(context, "dr-lee")
    slots = ManageSlotsPage(context.new_page(), live_server, unused_date)
    slots.open()
    return slots


def answer_dialogs(page: Page, *, accept: bool) -> list[str]:
    """Answer each question of the page; return the questions."""
    questions: list[str] = []

    def answer(dialog: Dialog) -> None:
        questions.append(dialog.message)
        if accept:
            dialog.accept()
        else:
            dialog.dismiss()

    page.on("dialog", answer)
    return questions


def test_sign_out_asks_and_can_be_cancelled(sign_out_page: ManageSlotsPage) -> None:
    sign_out_page.check("09:00")
    open_next_day(sign_out_page)
    sign_out_page.check("09:00")
    questions = answer_dialogs(sign_out_page.page, accept=False)

    sign_out_page.page.get_by_role("button", name="Sign out").click()

    assert questions == ["You have 2 unsaved changes. If you sign out, you lose them."]
    assert sign_out_page.checked_starts == ["09:00"]
    assert "Z-30" in sign_out_page.page.evaluate(STORED)


def test_sign_out_clears_unsaved_changes(sign_out_page: ManageSlotsPage) -> None:
    page = sign_out_page.page
    sign_out_page.check("09:00")
    page.route("**/sign-out", lambda route: route.fulfill(body="signed out"))
    questions = answer_dialogs(page, accept=True)

    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_text("signed out")).to_be_visible()
    assert len(questions) == 1
    assert page.evaluate(STORED) == "{}"


def test_sign_out_without_unsaved_changes_does_not_ask(sign_out_page: ManageSlotsPage) -> None:
    page = sign_out_page.page
    page.route("**/sign-out", lambda route: route.fulfill(body="signed out"))
    questions = answer_dialogs(page, accept=True)

    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_text("signed out")).to_be_visible()
    assert questions == []


def test_next_user_of_tab_does_not_get_unsaved_changes(
    sign_out_page: ManageSlotsPage, browser_users: BrowserUsers
) -> None:
    sign_out_page.check("09:00")

    browser_users.switch_user(sign_out_page.page.context, "sam")
    sign_out_page.open()

    assert sign_out_page.checked_starts == []
    sign_out_page.expect_unsaved(0)
