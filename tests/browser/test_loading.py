"""What the user does while the scripts of the page load, as on a slow phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.support.manage_slots_page import ManageSlotsPage


def test_ticks_while_the_page_loads_are_kept_and_saved(day_page: ManageSlotsPage) -> None:
    day_page.save_elsewhere("10:00")

    with day_page.loading():
        day_page.check("09:00")
        day_page.checkbox("10:00").uncheck()

    day_page.expect_unsaved(2)
    assert day_page.checked_starts == ["09:00"]
    day_page.save()
    day_page.expect_saved()
    day_page.open()
    assert day_page.checked_starts == ["09:00"]


def test_ticks_while_the_page_loads_join_earlier_unsaved_changes(day_page: ManageSlotsPage) -> None:
    day_page.check("11:00", "16:00")
    day_page.expect_unsaved(2)

    with day_page.loading():
        day_page.check("09:00", "16:00")

    day_page.expect_unsaved(3)
    assert day_page.checked_starts == ["09:00", "11:00", "16:00"]


def test_date_that_is_chosen_while_the_page_loads_is_opened(day_page: ManageSlotsPage) -> None:
    with day_page.loading():
        day_page.page.get_by_label("Go to date").fill("2030-03-15")

    expect(day_page.page.get_by_role("heading", level=1)).to_have_text("Friday 15 March 2030")
