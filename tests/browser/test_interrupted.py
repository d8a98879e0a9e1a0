"""What comes in between: a lost answer, a failure, a refusal that she did not wait for."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import requests
from playwright.sync_api import expect

from tests.browser.manage_slots import POLL_URL, ManageSlotsPage

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from playwright.sync_api import Page, Route

    from tests.browser.people import BrowserUsers
    from tests.running import LiveServer

SAVE_URL = "**/slots"


def expect_heading(slots: ManageSlotsPage, days: int) -> None:
    """Wait until it is that many days after the first."""
    day = slots.date + timedelta(days=days)
    expect(slots.page.get_by_role("heading", name=f"{day:%A} {day.day} ")).to_be_visible()


def save_and_drop_response(slots: ManageSlotsPage) -> None:
    """Save; it is carried out, but its answer never comes."""

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    slots.page.route(SAVE_URL, lose, times=1)
    slots.save()
    expect(slots.page.get_by_role("alert")).to_contain_text("could not be reached")
    slots.console_errors.clear()  # htmx tells the console that it could not fetch


def act_during_save(slots: ManageSlotsPage, action: Callable[[], None]) -> None:
    """Save, and do something else before the answer comes."""

    def go_on(route: Route) -> None:
        action()
        route.continue_()

    slots.page.route(SAVE_URL, go_on, times=1)
    slots.save()


def fulfill_polls(page: Page, status: int, body: str, headers: dict[str, str]) -> None:
    """In the place of the server."""
    answer = {"content-type": "text/html", **headers}
    page.route(POLL_URL, lambda route: route.fulfill(status=status, body=body, headers=answer))


def test_a_save_whose_answer_was_lost_is_found_to_have_got_through(slots: ManageSlotsPage) -> None:
    slots.check("09:00")

    save_and_drop_response(slots)

    slots.expect_status("Your last save got through after all")
    expect(slots.page.get_by_role("alert")).to_be_empty()
    expect(slots.page.get_by_role("status")).not_to_contain_text("free now")
    slots.expect_unsaved_message("")
    assert slots.checked_starts == ["09:00"]


def test_what_she_unticks_after_a_lost_answer_stays_unticked_and_is_withdrawn(
    slots: ManageSlotsPage,
) -> None:
    slots.block_polls()
    slots.check("09:00")
    save_and_drop_response(slots)
    slots.checkbox("09:00").uncheck()
    slots.expect_unsaved_message("1 change not saved yet")

    slots.page.unroute(POLL_URL)

    slots.expect_status("Your last save got through after all")
    expect(slots.checkbox("09:00")).not_to_be_checked()
    slots.expect_unsaved_message("1 change not saved yet")
    slots.save()
    slots.expect_saved()
    expect(slots.label("09:00")).to_contain_text("not offered")


def test_a_save_after_a_lost_answer_never_says_that_nothing_has_changed(
    slots: ManageSlotsPage,
) -> None:
    slots.block_polls()
    slots.check("09:00")
    save_and_drop_response(slots)
    slots.checkbox("09:00").uncheck()

    slots.save()

    slots.expect_status("An earlier save of this page got through")
    expect(slots.label("09:00")).to_contain_text("free")
    expect(slots.checkbox("09:00")).not_to_be_checked()
    slots.expect_unsaved_message("1 change not saved yet")
    slots.save()
    slots.expect_saved()
    expect(slots.label("09:00")).to_contain_text("not offered")


def test_a_poll_does_not_take_back_that_a_save_failed(slots: ManageSlotsPage) -> None:
    slots.page.route(SAVE_URL, lambda route: route.abort())
    slots.check("09:00")
    slots.save()
    alert = slots.page.get_by_role("alert")
    expect(alert).to_contain_text("Please try again")

    fulfill_polls(slots.page, 502, "", {})
    slots.poll_now()
    expect(alert).to_contain_text("Please try again")
    slots.page.unroute(POLL_URL)
    slots.poll_now()
    expect(alert).to_contain_text("Please try again")

    slots.expect_unsaved_message("1 change not saved yet")
    slots.console_errors.clear()  # htmx tells the console that it could not fetch


def test_a_refusal_that_she_did_not_wait_for_is_told_with_its_date(slots: ManageSlotsPage) -> None:
    page = slots.page
    slots.block_polls()
    slots.check("09:00", "10:00")
    elsewhere = ManageSlotsPage(page.context.new_page(), slots.server, slots.date)
    elsewhere.open()
    elsewhere.check("09:00")
    elsewhere.save()
    elsewhere.expect_saved()

    act_during_save(slots, lambda: page.get_by_role("link", name="Next day").click())

    expect_heading(slots, 1)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(f"{slots.date:%A} {slots.date.day} ")
    expect(alert).to_contain_text("Not saved. Slot already exists: 09:00-09:30")
    expect(page.locator("#unsaved")).to_contain_text("Also not saved")
    page.get_by_role("link", name="Previous day").click()
    expect_heading(slots, 0)
    expect(alert).to_be_empty()
    assert slots.checked_starts == ["09:00", "10:00"]


def test_a_failure_that_she_did_not_wait_for_is_told_on_the_other_date(
    slots: ManageSlotsPage,
) -> None:
    page = slots.page

    def go_on(route: Route) -> None:
        page.get_by_role("link", name="Next day").click()
        route.abort()

    page.route(SAVE_URL, go_on)
    slots.check("09:00")
    slots.save()

    expect_heading(slots, 1)
    expect(page.get_by_role("alert")).to_contain_text("could not be reached")
    expect(page.locator("#unsaved")).to_contain_text("Also not saved")
    slots.console_errors.clear()  # htmx tells the console that it could not fetch


def test_quick_clicks_go_a_day_each_and_back_goes_one_at_a_time(slots: ManageSlotsPage) -> None:
    page = slots.page
    page.route(re.compile(r"/slots\?doctor_id=[^&]*&date=[^&]*$"), lambda _route: None)

    with page.expect_request(re.compile(f"date={slots.date + timedelta(days=1)}")):
        page.get_by_role("link", name="Next day").click(click_count=3)
    page.unroute_all()

    expect_heading(slots, 3)
    expect(page).to_have_url(re.compile(f"date={slots.date + timedelta(days=3)}"))
    for days in (2, 1, 0):
        page.go_back()
        expect_heading(slots, days)


def test_an_error_of_a_poll_goes_to_the_notice_and_leaves_the_form_alone(
    slots: ManageSlotsPage,
) -> None:
    page, alert = slots.page, slots.page.get_by_role("alert")
    slots.check("09:00")
    aside = {"HX-Retarget": "#notice", "HX-Reswap": "innerHTML", "HX-Push-Url": "false"}

    fulfill_polls(page, 403, "<p>You are not allowed to do this</p>", aside)
    slots.poll_now()
    expect(alert).to_have_text("You are not allowed to do this")
    assert slots.checked_starts == ["09:00"]

    fulfill_polls(page, 502, "<html><h1>Bad Gateway</h1></html>", {})
    slots.poll_now()
    expect(alert).to_contain_text("this page may be out of date")
    assert slots.checked_starts == ["09:00"]

    page.unroute(POLL_URL)
    slots.poll_now()
    expect(alert).to_be_empty()
    slots.expect_unsaved_message("1 change not saved yet")


def test_a_box_that_is_booked_under_the_focus_keeps_its_place(slots: ManageSlotsPage) -> None:
    slots.check("10:00")
    slots.save()
    slots.expect_saved()
    slots.checkbox("10:00").focus()

    slots.book("10:00")
    slots.poll_now()

    expect(slots.label("10:00")).to_be_focused()
    slots.page.keyboard.press("ArrowDown")
    expect(slots.checkbox("10:30")).to_be_focused()


def test_changed_sessions_appear_and_are_told(
    page: Page, server: LiveServer, people: BrowserUsers, on: date
) -> None:
    admin = server.auth_headers("admin")
    settings = requests.get(f"{server.url}/doctors/dr-lee", headers=admin, timeout=10).json()
    doctor = f"{server.url}/doctors/dr-sessions"
    settings |= {"doctor_id": "dr-sessions", "name": "Dr Sessions", "delegates": []}
    assert requests.put(doctor, json=settings, headers=admin, timeout=10).ok
    people.switch_user(page.context, "alex")
    slots = ManageSlotsPage(page, server, on, "dr-sessions")
    slots.open()
    slots.check("13:00")

    settings |= {"slot_minutes": 60}
    assert requests.put(doctor, json=settings, headers=admin, timeout=10).ok

    slots.expect_status("The sessions of this day were changed")
    expect(slots.label("13:00")).to_contain_text("13:00–14:00")
    assert slots.checked_starts == ["13:00"]
