"""A doctor keeps her slots, in a real browser."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from chalicelib.storage import keys
from chalicelib.storage.models import BaseItem
from tests import behind
from tests.browser.manage_slots import ManageSlotsPage
from tests.builders import LONDON, to_instant

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route
    from pytest_playwright import CreateContextCallback

    from tests.browser.people import BrowserUsers
    from tests.running import LiveServer


def stored_item_types(date: date) -> dict[str, int]:
    """How many items of each kind the table holds of Dr Lee's date."""
    items = BaseItem.query(keys.doctor_pk("dr-lee"), consistent_read=True)
    kinds = [item.sk.partition("#")[0] for item in items if str(date) in item.sk]
    return {kind: kinds.count(kind) for kind in ("DAY", "SLOT", "CHANGE")}


def test_ticked_boxes_are_saved_and_still_ticked_after_a_reload(slots: ManageSlotsPage) -> None:
    slots.check("09:00", "09:30", "13:00", "16:30")
    slots.save()
    slots.expect_saved()

    slots.open()

    assert slots.checked_starts == ["09:00", "09:30", "13:00", "16:30"]
    assert stored_item_types(slots.date) == {"DAY": 1, "SLOT": 4, "CHANGE": 1}
    expect(slots.page.get_by_text("4 free · 0 booked · 0 held")).to_be_visible()


def test_unticked_boxes_are_withdrawn(slots: ManageSlotsPage) -> None:
    slots.check("09:00", "09:30")
    slots.save()
    slots.expect_saved()

    slots.checkbox("09:00").uncheck()
    slots.check("10:00")
    slots.save()

    expect(slots.label("09:00")).to_contain_text("not offered")
    slots.expect_saved()
    slots.open()
    assert slots.checked_starts == ["09:30", "10:00"]


def test_of_two_tabs_that_tick_the_same_box_the_second_keeps_its_other_ticks(
    slots: ManageSlotsPage, other_tab: ManageSlotsPage
) -> None:
    other_tab.block_polls()
    slots.check("09:00", "09:30")
    slots.save()
    slots.expect_saved()

    other_tab.check("09:00", "11:00")
    with other_tab.page.expect_response("**/slots") as answer:
        other_tab.save()

    assert answer.value.status == 400
    expect(other_tab.label("09:00")).to_contain_text("Slot already exists: 09:00-09:30")
    expect(other_tab.checkbox("09:00")).to_have_attribute("aria-invalid", "true")
    assert other_tab.checked_starts == ["09:00", "09:30", "11:00"]
    assert stored_item_types(slots.date) == {"DAY": 1, "SLOT": 2, "CHANGE": 1}

    other_tab.save()
    other_tab.expect_saved()
    other_tab.open()
    assert other_tab.checked_starts == ["09:00", "09:30", "11:00"]


def test_a_slot_that_a_patient_books_meanwhile_comes_back_booked(slots: ManageSlotsPage) -> None:
    slots.check("09:00", "09:30")
    slots.save()
    slots.expect_saved()
    slots.block_polls()
    behind.book(to_instant("09:00", slots.date, LONDON))

    slots.checkbox("09:00").uncheck()
    slots.checkbox("09:30").uncheck()
    slots.save()

    slots.expect_status("Slot is booked and stays: 09:00-09:30")
    expect(slots.checkbox("09:00")).to_be_disabled()
    expect(slots.label("09:00")).to_contain_text("booked")
    expect(slots.label("09:00")).to_be_focused()
    expect(slots.checkbox("09:30")).not_to_be_checked()
    slots.save()
    slots.expect_saved()
    assert stored_item_types(slots.date)["SLOT"] == 1


def test_a_held_slot_says_so_and_cannot_be_unticked(slots: ManageSlotsPage) -> None:
    slots.check("10:00")
    slots.save()
    slots.expect_saved()
    start = to_instant("10:00", slots.date, LONDON)
    behind.hold(start, held_until=start)

    slots.open()

    expect(slots.label("10:00")).to_contain_text("held")
    expect(slots.checkbox("10:00")).to_be_disabled()


def test_boxes_that_have_begun_are_past(page: Page, server: LiveServer) -> None:
    slots = ManageSlotsPage(page, server, date(2026, 1, 5))
    slots.open()

    expect(slots.label("09:00")).to_contain_text("past")
    expect(slots.checkbox("09:00")).to_be_disabled()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)


def test_an_unchanged_day_says_that_nothing_has_changed(slots: ManageSlotsPage) -> None:
    slots.save()

    slots.expect_status("Nothing has changed")
    assert stored_item_types(slots.date) == {"DAY": 0, "SLOT": 0, "CHANGE": 0}


def test_a_double_click_on_save_saves_once(slots: ManageSlotsPage) -> None:
    slots.check("09:00")

    slots.page.get_by_role("button", name="Save").dblclick()

    slots.expect_saved()
    assert stored_item_types(slots.date) == {"DAY": 1, "SLOT": 1, "CHANGE": 1}


def test_a_tick_made_while_a_save_is_under_way_is_not_lost(slots: ManageSlotsPage) -> None:
    def tick_another(route: Route) -> None:
        slots.checkbox("11:30").check()
        route.continue_()

    slots.page.route("**/slots", tick_another)

    slots.check("09:00")
    slots.save()

    slots.expect_saved()
    assert slots.checked_starts == ["09:00", "11:30"]
    expect(slots.page.get_by_text("1 change not saved yet")).to_be_visible()


def test_all_and_none_tick_a_whole_session(slots: ManageSlotsPage) -> None:
    afternoon = slots.page.get_by_role("group", name="13:00–17:00")

    afternoon.get_by_role("button", name="All", exact=True).click()
    assert slots.checked_starts == [
        f"{hour}:{minute}" for hour in range(13, 17) for minute in ("00", "30")
    ]

    afternoon.get_by_role("button", name="None", exact=True).click()
    assert slots.checked_starts == []


def test_shift_click_ticks_and_unticks_a_range(slots: ManageSlotsPage) -> None:
    slots.checkbox("09:30").click()
    slots.checkbox("11:00").click(modifiers=["Shift"])
    assert slots.checked_starts == ["09:30", "10:00", "10:30", "11:00"]

    slots.checkbox("10:30").click()
    slots.checkbox("09:30").click(modifiers=["Shift"])
    assert slots.checked_starts == ["11:00"]


def test_shift_and_arrow_take_a_tick_along(slots: ManageSlotsPage) -> None:
    slots.checkbox("09:00").focus()
    slots.page.keyboard.press("Space")
    for _ in range(3):
        slots.page.keyboard.press("Shift+ArrowDown")

    assert slots.checked_starts == ["09:00", "09:30", "10:00", "10:30"]
    expect(slots.checkbox("10:30")).to_be_focused()


def test_tab_and_space_alone_do_the_whole_job(slots: ManageSlotsPage) -> None:
    def focused() -> str:
        return str(
            slots.page.evaluate(
                "document.activeElement.closest('label')?.innerText"
                " ?? document.activeElement.innerText ?? ''"
            )
        ).strip()

    def tab_to(start: str) -> None:
        for _ in range(40):
            slots.page.keyboard.press("Tab")
            if focused().startswith(start):
                return
        pytest.fail(f"Tab never reaches {start}")

    for start in ("09:00", "10:30"):
        tab_to(start)
        slots.page.keyboard.press("Space")
    tab_to("Save")
    slots.page.keyboard.press("Space")

    slots.expect_saved()
    assert slots.checked_starts == ["09:00", "10:30"]


def test_another_date_swaps_the_day_and_the_url_and_back_brings_it_back(
    slots: ManageSlotsPage,
) -> None:
    page, tomorrow = slots.page, slots.date + timedelta(days=1)
    slots.check("09:00")
    slots.save()
    slots.expect_saved()
    page.evaluate("window.stillTheSame = true")

    page.get_by_role("link", name="Next day").click()
    expect(page).to_have_url(re.compile(f"date={tomorrow}"))
    expect(page.get_by_role("heading", name=f"{tomorrow:%A} {tomorrow.day} ")).to_be_visible()
    expect(page).to_have_title(re.compile(f"{tomorrow:%A} {tomorrow.day} "))
    assert slots.checked_starts == []

    page.go_back()
    expect(page.get_by_role("heading", name=f"{slots.date:%A} {slots.date.day} ")).to_be_visible()
    expect(slots.checkbox("09:00")).to_be_checked()
    page.go_forward()
    expect(page.get_by_role("heading", name=f"{tomorrow:%A} {tomorrow.day} ")).to_be_visible()
    expect(slots.checkbox("09:00")).not_to_be_checked()
    page.get_by_role("link", name="Previous day").click()
    expect(slots.checkbox("09:00")).to_be_checked()
    assert page.evaluate("window.stillTheSame")


def test_the_date_picker_and_today_lead_to_a_date(slots: ManageSlotsPage) -> None:
    page = slots.page

    page.get_by_label("Date", exact=True).fill("2030-05-06")
    expect(page.get_by_role("heading", name="Monday 6 May 2030")).to_be_visible()
    expect(page).to_have_url(re.compile("date=2030-05-06"))

    page.get_by_role("link", name="Today").click()
    expect(page).not_to_have_url(re.compile("date=2030-05-06"))
    expect(page.get_by_label("Date", exact=True)).not_to_have_value("2030-05-06")


def test_unsaved_ticks_are_kept_while_she_looks_at_another_date(slots: ManageSlotsPage) -> None:
    page = slots.page
    slots.check("09:00", "10:00")
    expect(page.get_by_text("2 changes not saved yet")).to_be_visible()

    page.get_by_role("link", name="Next day").click()
    expect(
        page.get_by_role("heading", name=f"{slots.date + timedelta(days=1):%A} ")
    ).to_be_visible()
    assert slots.checked_starts == []
    page.get_by_role("link", name="Previous day").click()

    expect(slots.checkbox("09:00")).to_be_checked()
    assert slots.checked_starts == ["09:00", "10:00"]


def test_a_server_out_of_reach_loses_nothing(slots: ManageSlotsPage) -> None:
    slots.check("09:00", "10:00")
    slots.page.route("**/slots", lambda route: route.abort())
    slots.save()

    expect(slots.page.get_by_role("alert")).to_contain_text("could not be reached")
    assert slots.checked_starts == ["09:00", "10:00"]

    slots.page.unroute("**/slots")
    slots.save()
    slots.expect_saved()
    assert slots.checked_starts == ["09:00", "10:00"]
    slots.console_errors.clear()  # htmx tells the console that it could not fetch


def test_an_error_of_the_server_leaves_the_form_as_it_is(slots: ManageSlotsPage) -> None:
    slots.check("09:00")
    slots.page.evaluate("document.querySelector('form.day [name=version]').remove()")

    slots.save()

    expect(slots.page.get_by_role("alert")).to_contain_text("version is missing")
    assert slots.checked_starts == ["09:00"]


def test_it_works_without_javascript(
    new_context: CreateContextCallback, server: LiveServer, on: date
) -> None:
    with new_context(java_script_enabled=False) as context:
        slots = ManageSlotsPage(context.new_page(), server, on)
        slots.open()
        expect(slots.page.get_by_role("button", name="All")).to_have_count(0)
        slots.check("09:00", "16:30")
        slots.save()
        slots.expect_saved()
        assert slots.checked_starts == ["09:00", "16:30"]
        slots.page.reload()
        expect(slots.page.get_by_role("status")).not_to_contain_text("saved")

        stale = ManageSlotsPage(context.new_page(), server, on)
        stale.open()
        slots.check("10:00")
        slots.save()
        stale.check("10:00", "11:00")
        stale.save()
        expect(stale.label("10:00")).to_contain_text("Slot already exists")
        assert stale.checked_starts == ["09:00", "10:00", "11:00", "16:30"]

        slots.page.get_by_role("link", name="Next day").click()
        expect(slots.page).to_have_url(re.compile(f"date={on + timedelta(days=1)}"))


def test_the_repeated_hour_has_two_boxes_told_apart_by_their_offsets(
    page: Page, server: LiveServer, people: BrowserUsers
) -> None:
    people.switch_user(page.context, "dr-walker")
    slots = ManageSlotsPage(page, server, date(2027, 4, 4), "dr-walker")
    slots.open()

    slots.check("01:30 +11:00")
    slots.save()
    slots.expect_saved()

    expect(slots.checkbox("01:30 +11:00")).to_be_checked()
    expect(slots.checkbox("01:30 +10:30")).not_to_be_checked()
    assert page.get_by_role("checkbox").count() == 49
