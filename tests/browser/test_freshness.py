"""Changes by others appear without a reload and keep the user's own changes."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.manage_slots_page import POLL_URL, ManageSlotsPage

if TYPE_CHECKING:
    from datetime import date

    from playwright.sync_api import Page, Route

    from tests.support.live_server import LiveServer

POLL_INTERVAL_MS = 2_000  # on the page's clock
# The page asks at once when its clock is advanced. However long the server takes to answer, a page
# that asks less often fails the test.
REQUEST_TIMEOUT_MS = 2_500
OUT_OF_DATE_MESSAGE = "You're offline. This page may be out of date."


@pytest.fixture
def page(page: Page) -> Page:
    """A page whose clock a test can advance, so that no test waits for polls."""
    page.clock.install()
    return page


def wait_for_poll(page: Page) -> None:
    """Advance the page's clock, and its timers, to the next poll, and make sure that it is sent."""
    with page.expect_request(POLL_URL, timeout=REQUEST_TIMEOUT_MS):
        page.clock.run_for(POLL_INTERVAL_MS)


def check_and_save(slots: ManageSlotsPage, *starts: str) -> None:
    slots.check(*starts)
    slots.save()
    slots.expect_saved()


def count_mutations(page: Page, selector: str) -> None:
    """Count changes in an element from now on, except to attributes."""
    page.evaluate(
        """selector => {
            window.changes = 0;
            new MutationObserver(records => { window.changes += records.length; }).observe(
                document.querySelector(selector),
                { childList: true, characterData: true, subtree: true });
        }""",
        selector,
    )


def set_tab_visibility(page: Page, *, hidden: bool) -> None:
    """Set `document.hidden`: headless Chromium shows every tab."""
    page.evaluate(
        """hidden => {
            Object.defineProperty(document, 'hidden', { get: () => hidden, configurable: true });
            document.dispatchEvent(new Event('visibilitychange'));
        }""",
        hidden,
    )


def test_booking_appears_within_seconds_and_keeps_unsaved_ticks(
    day_page: ManageSlotsPage,
) -> None:
    page = day_page.page
    page.set_viewport_size({"width": 360, "height": 640})
    check_and_save(day_page, "09:00", "10:00")
    day_page.check("15:00")
    day_page.checkbox("14:00").focus()
    scrolled = page.evaluate("scrollY")
    assert scrolled > 0

    day_page.book("10:00")
    wait_for_poll(page)

    expect(day_page.label("10:00")).to_contain_text("booked")
    expect(day_page.checkbox("10:00")).to_be_disabled()
    day_page.expect_status("10:00–10:30 is now booked")
    expect(page.get_by_role("status")).not_to_contain_text("saved")  # there is a new tick since
    expect(page.get_by_text("1 open, 1 booked")).to_be_attached()
    expect(day_page.checkbox("14:00")).to_be_focused()
    assert page.evaluate("scrollY") == scrolled
    assert day_page.checked_starts == ["09:00", "15:00"]
    day_page.expect_unsaved(1)


def test_save_in_other_tab_appears_and_long_news_is_summarised(
    day_page: ManageSlotsPage,
) -> None:
    check_and_save(day_page, "09:00")
    day_page.check("11:30")
    afternoon = [f"{hour}:{minute}" for hour in range(13, 17) for minute in ("00", "30")]
    day_page.save_elsewhere(*afternoon, closed=["09:00"])
    wait_for_poll(day_page.page)

    expect(day_page.checkbox("16:30")).to_be_checked()
    day_page.expect_status("09:00–09:30 is now closed")
    day_page.expect_status("13:00–13:30, 13:30–14:00 and 6 more are now open")
    expect(day_page.checkbox("09:00")).not_to_be_checked()
    expect(day_page.checkbox("11:30")).to_be_checked()
    day_page.expect_unsaved(1)


def test_time_off_taken_elsewhere_is_news_for_an_unsaved_tick(
    day_page: ManageSlotsPage,
) -> None:
    check_and_save(day_page, "09:00")
    day_page.check("10:00")

    day_page.take_time_off_elsewhere("Conference")
    wait_for_poll(day_page.page)

    day_page.expect_status("10:00–10:30 is now in time off")
    day_page.expect_status("09:00–09:30 is now closed")
    expect(day_page.label("10:00")).to_contain_text("Conference")
    expect(day_page.checkbox("10:00")).to_be_disabled()
    day_page.expect_unsaved(0)


def test_tick_is_kept_while_slot_is_held(day_page: ManageSlotsPage) -> None:
    check_and_save(day_page, "09:00", "10:00")
    day_page.checkbox("10:00").uncheck()

    day_page.hold("10:00")
    wait_for_poll(day_page.page)

    expect(day_page.label("10:00")).to_contain_text("held")
    day_page.expect_status("10:00–10:30 is now held")
    expect(day_page.checkbox("10:00")).to_be_disabled()
    day_page.expect_unsaved(0)

    day_page.release("10:00")
    wait_for_poll(day_page.page)

    expect(day_page.checkbox("10:00")).to_be_enabled()
    day_page.expect_status("10:00–10:30 is now open")
    expect(day_page.checkbox("10:00")).not_to_be_checked()
    day_page.expect_unsaved(1)


def test_notices_stay_until_interaction_newest_first(day_page: ManageSlotsPage) -> None:
    check_and_save(day_page, "09:00", "10:00", "11:00")

    for start in ("10:00", "09:00"):
        day_page.book(start)
        day_page.poll_now()

    day_page.expect_status("09:00–09:30 and 10:00–10:30 are now booked")
    day_page.checkbox("11:00").press("Enter")
    day_page.expect_status("No changes to save")
    expect(day_page.page.get_by_role("status")).not_to_contain_text("booked")


def test_open_errors_stay_when_news_arrives(day_page: ManageSlotsPage) -> None:
    check_and_save(day_page, "10:00")
    day_page.poll_now()
    day_page.block_polls()
    day_page.save_elsewhere("09:00")
    day_page.check("09:00", "11:00")
    day_page.save()
    day_page.expect_status("Nothing was saved")
    day_page.page.unroute(POLL_URL)

    day_page.book("10:00")
    wait_for_poll(day_page.page)

    day_page.expect_status("10:00–10:30 is now booked")
    day_page.expect_status("Nothing was saved. You opened 09:00–09:30 in another window")
    box = day_page.checkbox("09:00")
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(box).to_have_accessible_name("09:00–09:30 open")
    expect(box).to_have_accessible_description("Slot already exists: 09:00–09:30")
    expect(day_page.label("09:00")).to_contain_text("Slot already exists")
    day_page.expect_unsaved(1)

    check_and_save(day_page)
    expect(day_page.page.locator(".error, [aria-invalid]")).to_have_count(0)


def test_poll_without_changes_changes_nothing(day_page: ManageSlotsPage) -> None:
    check_and_save(day_page, "09:00")
    count_mutations(day_page.page, "body")

    for _ in range(2):
        with day_page.page.expect_response(POLL_URL) as answer:
            wait_for_poll(day_page.page)
        assert answer.value.status == 304
        answer.value.finished()
        assert answer.value.request.sizes()["responseBodySize"] == 0

    assert day_page.page.evaluate("window.changes") == 0


def test_hidden_tab_does_not_poll_and_refreshes_when_shown(
    page: Page, live_server: LiveServer, unused_date: date
) -> None:
    slots = ManageSlotsPage(page, live_server, unused_date)
    slots.open()
    check_and_save(slots, "09:00")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    set_tab_visibility(page, hidden=True)
    page.clock.run_for(60_000)
    assert asked == []
    slots.book("09:00")
    set_tab_visibility(page, hidden=False)
    slots.expect_status("09:00–09:30 is now booked")


def test_late_poll_response_for_other_date_is_ignored(day_page: ManageSlotsPage) -> None:
    page = day_page.page
    late: list[Route] = []
    page.get_by_role("link", name="Next day").click()
    tomorrow = day_page.date + timedelta(days=1)
    expect(page.get_by_role("heading", name=f"{tomorrow:%A} ")).to_be_visible()
    page.route(POLL_URL, lambda route: late.append(route))  # noqa: PLW0108  a builtin will not do
    wait_for_poll(page)

    page.go_back()
    today = page.get_by_role("heading", name=f"{day_page.date:%A} ")
    expect(today).to_be_visible()
    form = page.request.get(late[0].request.url, headers={"HX-Request": "true"}).text()
    late[0].fulfill(body=form)
    page.unroute(POLL_URL)
    day_page.poll_now()

    expect(today).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_count(1)


def test_date_change_and_save_never_wait_for_poll(day_page: ManageSlotsPage) -> None:
    day_page.block_polls()
    wait_for_poll(day_page.page)

    check_and_save(day_page, "09:00")

    wait_for_poll(day_page.page)
    day_page.page.get_by_role("link", name="Next day").click()
    expect(day_page.page).to_have_url(re.compile(f"date={day_page.date + timedelta(days=1)}"))
    expect(day_page.page.get_by_role("alert")).to_be_empty()


def test_offline_notice_appears_once_and_clears_on_reconnect(
    day_page: ManageSlotsPage,
) -> None:
    page, alert = day_page.page, day_page.page.get_by_role("alert")
    check_and_save(day_page, "09:00")
    day_page.check("10:00")
    count_mutations(page, "#notice")
    page.set_viewport_size({"width": 360, "height": 640})
    page.evaluate("scrollTo(0, 0)")
    top = page.locator("#schedule").bounding_box()

    page.context.set_offline(offline=True)
    for _ in range(2):
        with page.expect_event("requestfailed"):
            wait_for_poll(page)
    expect(alert).to_contain_text(OUT_OF_DATE_MESSAGE)
    assert page.evaluate("window.changes") == 1
    assert page.locator("#schedule").bounding_box() == top
    assert day_page.checked_starts == ["09:00", "10:00"]

    page.context.set_offline(offline=False)
    day_page.book("09:00")
    wait_for_poll(page)
    day_page.expect_status("09:00–09:30 is now booked")
    expect(alert).to_be_empty()
    assert day_page.checked_starts == ["10:00"]
    day_page.console_errors.clear()  # htmx logs the failed request
