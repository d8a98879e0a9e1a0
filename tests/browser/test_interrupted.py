"""What comes in between: a lost answer, a failure, a refusal that she did not wait for."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import requests
from playwright.sync_api import expect

from tests.browser.manage_slots import POLLS, ManageSlotsPage

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from playwright.sync_api import Page, Route

    from tests.browser.people import People
    from tests.running import Running

SAVES = "**/slots"


def heading(slots: ManageSlotsPage, days: int) -> None:
    """Wait until it is that many days after the first."""
    day = slots.on + timedelta(days=days)
    expect(slots.page.get_by_role("heading", name=f"{day:%A} {day.day} ")).to_be_visible()


def lose_an_answer(slots: ManageSlotsPage) -> None:
    """Save; it is carried out, but its answer never comes."""

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    slots.page.route(SAVES, lose, times=1)
    slots.save()
    expect(slots.page.get_by_role("alert")).to_contain_text("could not be reached")
    slots.complaints.clear()  # htmx tells the console that it could not fetch


def during_a_save(slots: ManageSlotsPage, deed: Callable[[], None]) -> None:
    """Save, and do something else before the answer comes."""

    def go_on(route: Route) -> None:
        deed()
        route.continue_()

    slots.page.route(SAVES, go_on, times=1)
    slots.save()


def answer_polls(page: Page, status: int, body: str, headers: dict[str, str]) -> None:
    """In the place of the server."""
    answer = {"content-type": "text/html", **headers}
    page.route(POLLS, lambda route: route.fulfill(status=status, body=body, headers=answer))


def test_a_save_whose_answer_was_lost_is_found_to_have_got_through(slots: ManageSlotsPage) -> None:
    slots.tick("09:00")

    lose_an_answer(slots)

    slots.expect_status("Your last save got through after all")
    expect(slots.page.get_by_role("alert")).to_be_empty()
    expect(slots.page.get_by_role("status")).not_to_contain_text("free now")
    slots.expect_unsaved("")
    assert slots.ticked == ["09:00"]


def test_what_she_unticks_after_a_lost_answer_stays_unticked_and_is_withdrawn(
    slots: ManageSlotsPage,
) -> None:
    slots.stop_news()
    slots.tick("09:00")
    lose_an_answer(slots)
    slots.box("09:00").uncheck()
    slots.expect_unsaved("1 change not saved yet")

    slots.page.unroute(POLLS)

    slots.expect_status("Your last save got through after all")
    expect(slots.box("09:00")).not_to_be_checked()
    slots.expect_unsaved("1 change not saved yet")
    slots.save()
    slots.expect_saved()
    expect(slots.label("09:00")).to_contain_text("not offered")


def test_a_save_after_a_lost_answer_never_says_that_nothing_has_changed(
    slots: ManageSlotsPage,
) -> None:
    slots.stop_news()
    slots.tick("09:00")
    lose_an_answer(slots)
    slots.box("09:00").uncheck()

    slots.save()

    slots.expect_status("An earlier save of this page got through")
    expect(slots.label("09:00")).to_contain_text("free")
    expect(slots.box("09:00")).not_to_be_checked()
    slots.expect_unsaved("1 change not saved yet")
    slots.save()
    slots.expect_saved()
    expect(slots.label("09:00")).to_contain_text("not offered")


def test_a_poll_does_not_take_back_that_a_save_failed(slots: ManageSlotsPage) -> None:
    slots.page.route(SAVES, lambda route: route.abort())
    slots.tick("09:00")
    slots.save()
    alert = slots.page.get_by_role("alert")
    expect(alert).to_contain_text("Please try again")

    answer_polls(slots.page, 502, "", {})
    slots.poll_now()
    expect(alert).to_contain_text("Please try again")
    slots.page.unroute(POLLS)
    slots.poll_now()
    expect(alert).to_contain_text("Please try again")

    slots.expect_unsaved("1 change not saved yet")
    slots.complaints.clear()  # htmx tells the console that it could not fetch


def test_a_refusal_that_she_did_not_wait_for_is_told_with_its_date(slots: ManageSlotsPage) -> None:
    page = slots.page
    slots.stop_news()
    slots.tick("09:00", "10:00")
    elsewhere = ManageSlotsPage(page.context.new_page(), slots.server, slots.on)
    elsewhere.open()
    elsewhere.tick("09:00")
    elsewhere.save()
    elsewhere.expect_saved()

    during_a_save(slots, lambda: page.get_by_role("link", name="Next day").click())

    heading(slots, 1)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(f"{slots.on:%A} {slots.on.day} ")
    expect(alert).to_contain_text("Not saved. Slot already exists: 09:00-09:30")
    expect(page.locator("#unsaved")).to_contain_text("Also not saved")
    page.get_by_role("link", name="Previous day").click()
    heading(slots, 0)
    expect(alert).to_be_empty()
    assert slots.ticked == ["09:00", "10:00"]


def test_a_failure_that_she_did_not_wait_for_is_told_on_the_other_date(
    slots: ManageSlotsPage,
) -> None:
    page = slots.page

    def go_on(route: Route) -> None:
        page.get_by_role("link", name="Next day").click()
        route.abort()

    page.route(SAVES, go_on)
    slots.tick("09:00")
    slots.save()

    heading(slots, 1)
    expect(page.get_by_role("alert")).to_contain_text("could not be reached")
    expect(page.locator("#unsaved")).to_contain_text("Also not saved")
    slots.complaints.clear()  # htmx tells the console that it could not fetch


def test_quick_clicks_go_a_day_each_and_back_goes_one_at_a_time(slots: ManageSlotsPage) -> None:
    page = slots.page
    page.route(re.compile(r"/slots\?doctor_id=[^&]*&date=[^&]*$"), lambda _route: None)

    with page.expect_request(re.compile(f"date={slots.on + timedelta(days=1)}")):
        page.get_by_role("link", name="Next day").click(click_count=3)
    page.unroute_all()

    heading(slots, 3)
    expect(page).to_have_url(re.compile(f"date={slots.on + timedelta(days=3)}"))
    for days in (2, 1, 0):
        page.go_back()
        heading(slots, days)


def test_an_error_of_a_poll_goes_to_the_notice_and_leaves_the_form_alone(
    slots: ManageSlotsPage,
) -> None:
    page, alert = slots.page, slots.page.get_by_role("alert")
    slots.tick("09:00")
    aside = {"HX-Retarget": "#notice", "HX-Reswap": "innerHTML", "HX-Push-Url": "false"}

    answer_polls(page, 403, "<p>You are not allowed to do this</p>", aside)
    slots.poll_now()
    expect(alert).to_have_text("You are not allowed to do this")
    assert slots.ticked == ["09:00"]

    answer_polls(page, 502, "<html><h1>Bad Gateway</h1></html>", {})
    slots.poll_now()
    expect(alert).to_contain_text("this page may be out of date")
    assert slots.ticked == ["09:00"]

    page.unroute(POLLS)
    slots.poll_now()
    expect(alert).to_be_empty()
    slots.expect_unsaved("1 change not saved yet")


def test_a_box_that_is_booked_under_the_focus_keeps_its_place(slots: ManageSlotsPage) -> None:
    slots.tick("10:00")
    slots.save()
    slots.expect_saved()
    slots.box("10:00").focus()

    slots.book("10:00")
    slots.poll_now()

    expect(slots.label("10:00")).to_be_focused()
    slots.page.keyboard.press("ArrowDown")
    expect(slots.box("10:30")).to_be_focused()


def test_changed_sessions_appear_and_are_told(
    page: Page, server: Running, people: People, on: date
) -> None:
    admin = server.signed_in("admin")
    settings = requests.get(f"{server.url}/doctors/dr-lee", headers=admin, timeout=10).json()
    doctor = f"{server.url}/doctors/dr-sessions"
    settings |= {"doctor_id": "dr-sessions", "name": "Dr Sessions", "delegates": []}
    assert requests.put(doctor, json=settings, headers=admin, timeout=10).ok
    people.take_over(page.context, "alex")
    slots = ManageSlotsPage(page, server, on, "dr-sessions")
    slots.open()
    slots.tick("13:00")

    settings |= {"slot_minutes": 60}
    assert requests.put(doctor, json=settings, headers=admin, timeout=10).ok

    slots.expect_status("The sessions of this day were changed")
    expect(slots.label("13:00")).to_contain_text("13:00–14:00")
    assert slots.ticked == ["13:00"]
