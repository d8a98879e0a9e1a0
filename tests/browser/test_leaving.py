"""Unsaved changes when the user leaves the page: the tab keeps them until they are saved."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect

from tests.support import direct_writes
from tests.support.factories import LONDON, to_instant
from tests.support.manage_slots_page import ManageSlotsPage
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from datetime import date

    from playwright.sync_api import Browser, Dialog

    from tests.support.browser_users import BrowserUsers
    from tests.support.live_server import LiveServer

STORED = "JSON.stringify(sessionStorage)"


def open_next_day(slots: ManageSlotsPage) -> None:
    tomorrow = slots.date + timedelta(days=1)
    slots.page.get_by_role("link", name="Next day").click()
    expect(slots.page.get_by_role("heading", name=f"{tomorrow:%A} {tomorrow.day} ")).to_be_visible()


def short_date(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def expect_summary(slots: ManageSlotsPage, text: str) -> None:
    expect(slots.page.locator("#summary")).to_have_text(text)


def test_unsaved_changes_of_all_days_survive_reload(day_page: ManageSlotsPage) -> None:
    day_page.check("09:00", "10:00")
    open_next_day(day_page)
    day_page.check("16:00")

    day_page.page.reload()

    assert day_page.checked_starts == ["16:00"]
    expect_summary(
        day_page, f"1 change · 1 to open. Unsaved on other days: {short_date(day_page.date)} (2)"
    )
    day_page.open()
    assert day_page.checked_starts == ["09:00", "10:00"]
    day_page.save()
    day_page.expect_saved()
    day_page.page.reload()
    assert day_page.checked_starts == ["09:00", "10:00"]
    tomorrow = day_page.date + timedelta(days=1)
    expect_summary(day_page, f"Unsaved on other days: {short_date(tomorrow)} (1)")
    expect(day_page.page.get_by_role("button", name="Save")).to_be_hidden()


def test_unsaved_changes_survive_visit_to_history(day_page: ManageSlotsPage) -> None:
    day_page.check("09:00")

    day_page.visit_changes()
    day_page.page.get_by_role("link", name="Back to").click()

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


def test_day_that_others_changed_meanwhile_says_so(day_page: ManageSlotsPage) -> None:
    day_page.check("09:00")
    day_page.visit_changes()
    day_page.save_elsewhere("11:00")

    day_page.page.go_back()

    day_page.expect_status(f"{short_date(day_page.date)} has changed since you made your changes.")
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


@pytest.mark.only_browser("chromium")  # which crashes on request
def test_unsaved_changes_survive_a_killed_tab(day_page: ManageSlotsPage) -> None:
    page = day_page.page
    day_page.check("09:00", "10:00")
    devtools = page.context.new_cdp_session(page)  # Playwright gives up a tab that has crashed

    with page.expect_event("crash"), suppress(PlaywrightError):
        page.goto("chrome://crash")
    devtools.send("Page.reload")

    summary = {"expression": "document.querySelector('#summary')?.textContent"}
    wait_until(
        lambda: (
            devtools.send("Runtime.evaluate", summary)["result"].get("value")
            == "2 changes · 2 to open"
        )
    )


def questions_on_leaving(slots: ManageSlotsPage, leave: str) -> list[str]:
    """Run a script that leaves the page; return the types of the browser's questions."""
    questions: list[str] = []

    def answer(dialog: Dialog) -> None:
        questions.append(dialog.type)
        dialog.accept()

    slots.page.on("dialog", answer)
    slots.page.evaluate(leave)
    slots.page.wait_for_url(lambda url: url != slots.url)
    return questions


def test_leaving_the_site_with_unsaved_changes_asks(day_page: ManageSlotsPage) -> None:
    day_page.checkbox("09:00").click()

    assert questions_on_leaving(day_page, "location = 'about:blank'") == ["beforeunload"]


@pytest.mark.parametrize("is_unsaved", [False, True])
def test_links_of_the_site_do_not_ask(day_page: ManageSlotsPage, *, is_unsaved: bool) -> None:
    day_page.checkbox("09:00").click()
    if not is_unsaved:
        day_page.checkbox("09:00").click()

    follow = "[...document.links].find(a => a.textContent === 'Changes').click()"
    assert questions_on_leaving(day_page, follow) == []


def test_leaving_the_site_without_unsaved_changes_does_not_ask(day_page: ManageSlotsPage) -> None:
    day_page.checkbox("09:00").dblclick()

    assert questions_on_leaving(day_page, "location = 'about:blank'") == []


def test_next_user_of_tab_does_not_get_unsaved_changes(
    sign_out_page: ManageSlotsPage, browser_users: BrowserUsers
) -> None:
    sign_out_page.check("09:00")

    browser_users.switch_user(sign_out_page.page.context, "sam")
    sign_out_page.open()

    assert sign_out_page.checked_starts == []
    sign_out_page.expect_unsaved(0)
