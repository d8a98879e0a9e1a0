"""Unsaved changes on other days: the line beside Save counts them and links to them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from datetime import date

    from tests.support.manage_slots_page import ManageSlotsPage


def short_date(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def expect_heading(day_page: ManageSlotsPage, day: date) -> None:
    heading = f"{day:%A} {day.day} {day:%B} {day.year}"
    expect(day_page.page.get_by_role("heading", name=heading)).to_be_visible()


def test_unsaved_days_are_links_that_keep_changes(day_page: ManageSlotsPage) -> None:
    days = [day_page.date + timedelta(days=number) for number in range(4)]
    day_page.checkbox("16:00").click()
    for day in days[1:]:
        day_page.page.get_by_role("link", name="Next day").click()
        expect_heading(day_page, day)
        day_page.checkbox("16:00").click()
    first, second, third = (f"{short_date(day)} (1)" for day in days[:3])
    expect(day_page.page.locator("#summary")).to_have_text(
        f"1 change · 1 to open. Unsaved on other days: {first}, {second} and 1 other day"
    )

    day_page.page.get_by_role("link", name=first).click()

    expect_heading(day_page, days[0])
    expect(day_page.page.locator("#summary")).to_have_text(
        f"1 change · 1 to open. Unsaved on other days: {second}, {third} and 1 other day"
    )
