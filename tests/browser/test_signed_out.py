"""The end of the login session on an open page: the page no longer shows the schedule."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.accessibility import accessibility_violations
from tests.support.browser_users import submit_login_form
from tests.support.manage_slots_page import POLL_URL, ManageSlotsPage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from playwright.sync_api import Browser, Page

    from tests.support.browser_users import BrowserUsers
    from tests.support.live_server import LiveServer

POLL_INTERVAL_MS = 2_000
SAVE_URL = "**/slots"
IDLE_MS = timedelta(minutes=30) // timedelta(milliseconds=1)


@pytest.fixture
def page(browser: Browser, browser_users: BrowserUsers) -> Iterator[Page]:
    """A browser of its own, whose clock a test can advance."""
    with browser.new_context() as context:
        browser_users.switch_user(context, "dr-lee")
        page = context.new_page()
        page.clock.install()
        yield page


@pytest.fixture
def slots(page: Page, live_server: LiveServer, unused_date: date) -> Iterator[ManageSlotsPage]:
    """The page of Dr Lee, with one open slot."""
    slots = ManageSlotsPage(page, live_server, unused_date)
    slots.save_elsewhere("09:00")
    slots.open()
    yield slots
    assert slots.console_errors == []


def expect_signed_out(page: Page) -> None:
    """Wait until the page shows that the user is signed out, and nothing of what it showed."""
    expect(page.get_by_role("alert")).to_contain_text("You've been signed out")
    expect(page.locator("body")).not_to_contain_text("Dr Mina Lee")
    expect(page.locator("body")).not_to_contain_text("09:00")
    expect(page.locator("body")).not_to_contain_text("dr-lee")
    expect(page).to_have_title("You've been signed out – MediLink Slots")


def test_ended_session_hides_schedule_until_sign_in(slots: ManageSlotsPage) -> None:
    page = slots.page
    page.route(SAVE_URL, lambda route: route.abort())
    slots.checkbox("09:00").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("you're offline")
    slots.console_errors.clear()  # htmx logs the failed request
    page.context.clear_cookies()
    slots.page.clock.run_for(POLL_INTERVAL_MS)

    expect_signed_out(page)
    expect(page.get_by_role("alert")).not_to_contain_text("offline")
    expect(page.get_by_role("alert")).not_to_contain_text("unsaved")
    assert accessibility_violations(page) == []
    polls: list[str] = []
    page.on("request", lambda request: polls.append(request.url))
    page.clock.run_for(10_000)
    assert polls == []
    page.get_by_role("link", name="Sign in").click()
    submit_login_form(page, "dr-lee")
    expect(page).to_have_url(slots.url)
    assert slots.checked_starts == ["09:00"]


def test_sign_out_in_other_tab_hides_schedule_and_keeps_ticks(slots: ManageSlotsPage) -> None:
    page = slots.page
    page.context.clear_cookies()  # other tests use that session
    slots.open()
    submit_login_form(page, "dr-lee")
    slots.check("10:00", "11:00")
    other = page.context.new_page()
    other.goto(slots.url)
    other.get_by_role("button", name="Sign out").click()
    expect(other.locator("input[name=password]")).to_be_visible()

    slots.page.clock.run_for(POLL_INTERVAL_MS)

    expect_signed_out(page)
    expect(page.get_by_text("Your 2 unsaved changes will be here")).to_be_visible()
    page.get_by_role("link", name="Sign in").click()
    submit_login_form(page, "dr-lee")
    slots.expect_unsaved(2)
    assert slots.checked_starts == ["09:00", "10:00", "11:00"]


def test_next_user_does_not_get_ticks_of_ended_session(
    slots: ManageSlotsPage, browser_users: BrowserUsers
) -> None:
    slots.check("10:00")
    slots.page.context.clear_cookies()
    slots.page.clock.run_for(POLL_INTERVAL_MS)
    expect_signed_out(slots.page)

    browser_users.switch_user(slots.page.context, "sam")
    slots.page.get_by_role("link", name="Sign in").click()

    expect(slots.page.get_by_text("Signed in as sam")).to_be_visible()
    assert slots.checked_starts == ["09:00"]
    slots.expect_unsaved(0)


def test_schedule_of_former_user_is_hidden_from_the_next_one(
    slots: ManageSlotsPage, browser_users: BrowserUsers
) -> None:
    page = slots.page
    slots.check("10:00")
    # In one step, because a poll without a cookie would be 401.
    page.context.add_cookies(browser_users.storage_state("dr-okafor")["cookies"])  # type: ignore[arg-type]

    page.clock.run_for(POLL_INTERVAL_MS)

    expect(page.get_by_role("alert")).to_contain_text("You can't manage Dr Mina Lee's schedule")
    expect(page.locator("body")).not_to_contain_text("09:00")
    browser_users.switch_user(page.context, "dr-lee")
    slots.open()
    assert slots.checked_starts == ["09:00", "10:00"]


@pytest.mark.parametrize("failure", ["offline", "unavailable"])
def test_schedule_is_hidden_if_outage_outlasts_the_session(
    slots: ManageSlotsPage, failure: str
) -> None:
    page = slots.page
    if failure == "offline":
        page.context.set_offline(offline=True)
    else:
        page.route(POLL_URL, lambda route: route.fulfill(status=503, body=""))
    page.clock.fast_forward(IDLE_MS - 10_000)
    expect(page.locator("#notice")).not_to_be_empty()
    expect(slots.checkbox("09:00")).to_be_visible()

    page.clock.fast_forward(20_000)

    expect_signed_out(page)
    slots.console_errors.clear()  # htmx logs the failed requests


def test_history_is_hidden_when_shown_again_after_session(slots: ManageSlotsPage) -> None:
    page = slots.page
    slots.visit_changes()
    with page.expect_response("**/changes*") as kept:
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert kept.value.status == 200
    assert "if-none-match" in kept.value.request.headers  # so it does not extend the session

    page.context.clear_cookies()
    page.clock.fast_forward(IDLE_MS + 60_000)

    expect_signed_out(page)
