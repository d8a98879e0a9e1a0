"""Go to other dates, and back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.support.manage_slots_page import ManageSlotsPage


def test_date_change_updates_day_and_url_and_back_restores(
    day_page: ManageSlotsPage,
) -> None:
    page, tomorrow = day_page.page, day_page.date + timedelta(days=1)
    day_page.check("09:00")
    day_page.save()
    day_page.expect_saved()
    page.evaluate("window.stillTheSame = true")

    page.get_by_role("link", name="Next day").click()
    expect(page).to_have_url(re.compile(f"date={tomorrow}"))
    expect(page.get_by_role("heading", name=f"{tomorrow:%A} {tomorrow.day} ")).to_be_visible()
    expect(page).to_have_title(re.compile(f"{tomorrow:%A} {tomorrow.day} "))
    assert day_page.checked_starts == []

    page.go_back()
    expect(
        page.get_by_role("heading", name=f"{day_page.date:%A} {day_page.date.day} ")
    ).to_be_visible()
    expect(day_page.checkbox("09:00")).to_be_checked()
    page.go_forward()
    expect(page.get_by_role("heading", name=f"{tomorrow:%A} {tomorrow.day} ")).to_be_visible()
    expect(day_page.checkbox("09:00")).not_to_be_checked()
    page.get_by_role("link", name="Previous day").click()
    expect(day_page.checkbox("09:00")).to_be_checked()
    assert page.evaluate("window.stillTheSame")


def test_date_picker_and_today_open_a_date(day_page: ManageSlotsPage) -> None:
    page = day_page.page

    page.get_by_label("Go to date").fill("2030-05-06")
    expect(page.get_by_role("heading", name="Monday 6 May 2030")).to_be_visible()
    expect(page).to_have_url(re.compile("date=2030-05-06"))

    page.get_by_role("link", name="Today").click()
    expect(page).not_to_have_url(re.compile("date=2030-05-06"))
    expect(page.get_by_label("Go to date")).not_to_have_value("2030-05-06")


def test_same_day_again_makes_no_history_entry(day_page: ManageSlotsPage) -> None:
    page = day_page.page
    entries = page.evaluate("history.length")

    for _ in range(3):
        with page.expect_response(re.compile(r"/slots\?doctor_id=dr-lee&show=today$")):
            page.get_by_role("link", name="Today").click()
        expect(page).not_to_have_url(re.compile("date="))

    assert page.evaluate("history.length") == entries + 1
    page.go_back()
    expect(page).to_have_url(re.compile(f"date={day_page.date}"))
