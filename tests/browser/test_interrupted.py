"""Interruptions: lost responses, failures, and errors that arrive on another day's page."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.manage_slots_page import POLL_URL

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Route

    from tests.support.manage_slots_page import ManageSlotsPage


SAVE_URL = "**/slots"


def expect_heading(slots: ManageSlotsPage, days: int) -> None:
    """Wait for the page of the day that many days after the first."""
    day = slots.date + timedelta(days=days)
    expect(slots.page.get_by_role("heading", name=f"{day:%A} {day.day} ")).to_be_visible()


def save_and_drop_response(slots: ManageSlotsPage) -> None:
    """Save, and drop the response after the server has committed."""

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    slots.page.route(SAVE_URL, lose, times=1)
    slots.save()
    expect(slots.page.get_by_role("alert")).to_contain_text("you're offline")
    slots.console_errors.clear()  # htmx logs the failed request


def act_during_save(slots: ManageSlotsPage, action: Callable[[], None]) -> None:
    """Save, and perform `action` before the server receives the request."""

    def go_on(route: Route) -> None:
        action()
        route.continue_()

    slots.page.route(SAVE_URL, go_on, times=1)
    slots.save()


def fulfill_polls(page: Page, status: int, body: str, headers: dict[str, str]) -> None:
    """Respond to polls in place of the server."""
    answer = {"content-type": "text/html", **headers}
    page.route(POLL_URL, lambda route: route.fulfill(status=status, body=body, headers=answer))


@pytest.mark.only_browser("chromium")  # BiDi has no bodies of requests
def test_lost_response_of_committed_save_is_resolved(
    day_page: ManageSlotsPage,
) -> None:
    day_page.check("09:00")

    save_and_drop_response(day_page)

    day_page.expect_status("Good news: your last save did go through")
    expect(day_page.page.get_by_role("alert")).to_be_empty()
    expect(day_page.page.get_by_role("status")).not_to_contain_text("now open")
    day_page.expect_unsaved(0)
    assert day_page.checked_starts == ["09:00"]


@pytest.mark.only_browser("chromium")  # BiDi has no bodies of requests
def test_untick_after_lost_response_stays_and_closes_slot(
    day_page: ManageSlotsPage,
) -> None:
    day_page.block_polls()
    day_page.check("09:00")
    save_and_drop_response(day_page)
    day_page.checkbox("09:00").uncheck()
    day_page.expect_unsaved(1)

    day_page.page.unroute(POLL_URL)

    day_page.expect_status("Good news: your last save did go through")
    expect(day_page.checkbox("09:00")).not_to_be_checked()
    day_page.expect_unsaved(1)
    day_page.save()
    day_page.expect_saved()
    expect(day_page.label("09:00")).to_contain_text("closed")


@pytest.mark.only_browser("chromium")  # BiDi has no bodies of requests
def test_save_after_lost_response_never_reports_no_changes(
    day_page: ManageSlotsPage,
) -> None:
    day_page.block_polls()
    day_page.check("09:00")
    save_and_drop_response(day_page)
    day_page.checkbox("09:00").uncheck()

    day_page.save()

    day_page.expect_status("Your previous save went through.")
    expect(day_page.label("09:00")).to_contain_text("will close")
    expect(day_page.checkbox("09:00")).not_to_be_checked()
    day_page.expect_unsaved(1)
    day_page.save()
    day_page.expect_saved()
    expect(day_page.label("09:00")).to_contain_text("closed")


def test_offline_save_error_stays_until_a_poll_succeeds(day_page: ManageSlotsPage) -> None:
    day_page.page.route(SAVE_URL, lambda route: route.abort())
    day_page.check("09:00")
    day_page.save()
    alert = day_page.page.get_by_role("alert")
    expect(alert).to_contain_text("Try again in a moment")

    fulfill_polls(day_page.page, 502, "", {})
    day_page.poll_now()
    expect(alert).to_contain_text("Try again in a moment")
    day_page.page.unroute(POLL_URL)
    day_page.poll_now()
    expect(alert).to_be_empty()

    day_page.expect_unsaved(1)
    day_page.console_errors.clear()  # htmx logs the failed request


def test_rejected_save_after_navigation_is_shown_with_its_date(
    day_page: ManageSlotsPage,
) -> None:
    page = day_page.page
    day_page.block_polls()
    day_page.check("09:00", "10:00")
    day_page.save_elsewhere("09:00")

    act_during_save(day_page, lambda: page.get_by_role("link", name="Next day").click())

    expect_heading(day_page, 1)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(f"{day_page.date:%A} {day_page.date.day} ")
    expect(alert).to_contain_text("Nothing was saved. You opened 09:00–09:30 in another window")
    expect(page.locator("#summary")).to_contain_text("Unsaved on other days")
    page.get_by_role("link", name="Previous day").click()
    expect_heading(day_page, 0)
    expect(alert).to_be_empty()
    assert day_page.checked_starts == ["09:00", "10:00"]


def test_failed_save_after_navigation_is_shown_on_other_date(
    day_page: ManageSlotsPage,
) -> None:
    page = day_page.page

    def go_on(route: Route) -> None:
        page.get_by_role("link", name="Next day").click()
        route.abort()

    page.route(SAVE_URL, go_on)
    day_page.check("09:00")
    day_page.save()

    expect_heading(day_page, 1)
    expect(page.get_by_role("alert")).to_contain_text("you're offline")
    expect(page.locator("#summary")).to_contain_text("Unsaved on other days")
    day_page.console_errors.clear()  # htmx logs the failed request


def test_quick_clicks_move_one_day_each_and_back_reverses_one(day_page: ManageSlotsPage) -> None:
    page = day_page.page
    page.route(re.compile(r"/slots\?doctor_id=[^&]*&date=[^&]*$"), lambda _route: None)

    with page.expect_request(re.compile(f"date={day_page.date + timedelta(days=1)}")):
        page.get_by_role("link", name="Next day").click(click_count=3)
    page.unroute_all()

    expect_heading(day_page, 3)
    expect(page).to_have_url(re.compile(f"date={day_page.date + timedelta(days=3)}"))
    for days in (2, 1, 0):
        page.go_back()
        expect_heading(day_page, days)


def test_poll_error_shows_notice_and_keeps_form(
    day_page: ManageSlotsPage,
) -> None:
    page, alert = day_page.page, day_page.page.get_by_role("alert")
    day_page.check("09:00")
    aside = {"HX-Retarget": "#notice", "HX-Reswap": "innerHTML", "HX-Push-Url": "false"}

    fulfill_polls(page, 503, "<p>The service is unavailable</p>", aside)
    day_page.poll_now()
    expect(alert).to_have_text("The service is unavailable")
    assert day_page.checked_starts == ["09:00"]

    fulfill_polls(page, 502, "<html><h1>Bad Gateway</h1></html>", {})
    day_page.poll_now()
    expect(alert).to_contain_text("This page may be out of date")
    assert day_page.checked_starts == ["09:00"]

    page.unroute(POLL_URL)
    day_page.poll_now()
    expect(alert).to_be_empty()
    day_page.expect_unsaved(1)


def test_focused_box_keeps_its_place_when_booked(day_page: ManageSlotsPage) -> None:
    day_page.check("10:00")
    day_page.save()
    day_page.expect_saved()
    day_page.checkbox("10:00").focus()

    day_page.book("10:00")
    day_page.poll_now()

    expect(day_page.label("10:00")).to_be_focused()
    day_page.page.keyboard.press("ArrowDown")
    expect(day_page.checkbox("10:30")).to_be_focused()


def test_offline_server_loses_no_ticks(day_page: ManageSlotsPage) -> None:
    day_page.check("09:00", "10:00")
    day_page.page.route("**/slots", lambda route: route.abort())
    day_page.save()

    expect(day_page.page.get_by_role("alert")).to_contain_text("you're offline")
    assert day_page.checked_starts == ["09:00", "10:00"]

    day_page.page.unroute("**/slots")
    day_page.save()
    day_page.expect_saved()
    assert day_page.checked_starts == ["09:00", "10:00"]
    day_page.console_errors.clear()  # htmx logs the failed request


def test_server_error_keeps_form(day_page: ManageSlotsPage) -> None:
    day_page.check("09:00")
    day_page.page.evaluate("document.querySelector('#schedule [name=version]').remove()")

    day_page.save()

    expect(day_page.page.get_by_role("alert")).to_contain_text("version is missing")
    assert day_page.checked_starts == ["09:00"]
