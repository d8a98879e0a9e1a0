"""Change several boxes at once, with the mouse and with the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.support.manage_slots_page import ManageSlotsPage


def test_all_and_none_tick_a_whole_session(day_page: ManageSlotsPage) -> None:
    afternoon = day_page.session("13:00–17:00")

    afternoon.get_by_role("button", name="All", exact=True).click()
    assert day_page.checked_starts == [
        f"{hour}:{minute}" for hour in range(13, 17) for minute in ("00", "30")
    ]

    afternoon.get_by_role("button", name="None", exact=True).click()
    assert day_page.checked_starts == []


def test_shift_click_ticks_and_unticks_a_range(day_page: ManageSlotsPage) -> None:
    day_page.checkbox("09:30").click()
    day_page.checkbox("11:00").click(modifiers=["Shift"])
    assert day_page.checked_starts == ["09:30", "10:00", "10:30", "11:00"]

    day_page.checkbox("10:30").click()
    day_page.checkbox("09:30").click(modifiers=["Shift"])
    assert day_page.checked_starts == ["11:00"]


def test_shift_arrow_copies_tick(day_page: ManageSlotsPage) -> None:
    day_page.checkbox("09:00").focus()
    day_page.page.keyboard.press("Space")
    for _ in range(3):
        day_page.page.keyboard.press("Shift+ArrowDown")

    assert day_page.checked_starts == ["09:00", "09:30", "10:00", "10:30"]
    expect(day_page.checkbox("10:30")).to_be_focused()


def test_tab_and_space_complete_the_task(day_page: ManageSlotsPage) -> None:
    def focused() -> str:
        return str(
            day_page.page.evaluate(
                "document.activeElement.closest('label')?.innerText"
                " ?? document.activeElement.innerText ?? ''"
            )
        ).strip()

    def tab_to(start: str) -> None:
        for _ in range(40):
            day_page.page.keyboard.press("Tab")
            if focused().startswith(start):
                return
        pytest.fail(f"Tab never reaches {start}")

    for start in ("09:00", "10:30"):
        tab_to(start)
        day_page.page.keyboard.press("Space")
    tab_to("Save")
    day_page.page.keyboard.press("Space")

    day_page.expect_saved()
    assert day_page.checked_starts == ["09:00", "10:30"]
