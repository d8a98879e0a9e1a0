"""Why a slot is open, at its box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.support.manage_slots_page import WeekPage

if TYPE_CHECKING:
    from datetime import date

    from playwright.sync_api import Page, Request

    from tests.support.live_server import LiveServer
    from tests.support.manage_slots_page import ManageSlotsPage


def test_focused_box_is_described_by_who_opened_it(day_page: ManageSlotsPage) -> None:
    day_page.check("09:00", "09:30")
    day_page.save()
    day_page.expect_saved()

    day_page.checkbox("09:00").focus()

    box, line = day_page.checkbox("09:00"), day_page.page.locator("#origin")
    expect(line).to_contain_text("09:00–09:30: Opened by you on")
    expect(box).to_have_attribute("aria-describedby", "origin")
    day_page.checkbox("10:00").focus()
    expect(line).to_be_empty()


def test_focus_that_leaves_a_box_moves_nothing(day_page: ManageSlotsPage) -> None:
    """Or the button below the mouse would move before the button of the mouse is up again."""
    day_page.check("09:00")
    day_page.save()
    day_page.expect_saved()
    day_page.checkbox("09:00").uncheck()
    line, save = day_page.page.locator("#origin"), day_page.page.locator("#save")
    expect(line).to_contain_text("Opened by you")
    save.hover()
    before = save.bounding_box()

    day_page.page.mouse.down()

    assert save.bounding_box() == before
    expect(line).to_contain_text("09:00–09:30: Opened by you on")


def test_reasons_of_a_date_are_read_once(
    page: Page, live_server: LiveServer, unused_week: date
) -> None:
    week = WeekPage(page, live_server, unused_week)
    week.open()
    week.check("Mon 09:00", "Mon 09:30", "Wed 10:00")
    week.save()
    week.expect_saved()
    read: list[str] = []

    def note(request: Request) -> None:
        if "part=origins" in request.url:
            read.append(request.url)

    page.on("request", note)
    for box in ("Mon 09:00", "Mon 09:30", "Wed 10:00"):
        week.checkbox(box).focus()
        expect(page.locator("#origin")).to_contain_text(f"{box}–")

    assert len(read) == 2
