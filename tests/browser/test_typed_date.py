"""A typed date opens when it is complete: not while the user types it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from chalicelib.web.dates import format_date

if TYPE_CHECKING:
    from tests.support.manage_slots_page import ManageSlotsPage


@pytest.mark.parametrize("end", ["Enter", "Tab Tab"])
def test_typed_date_is_requested_once_when_complete(day_page: ManageSlotsPage, end: str) -> None:
    page = day_page.page
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.get_by_label("Go to date").focus()

    page.keyboard.type("03152030", delay=20)
    assert [url for url in requested if "/slots?" in url and "part=" not in url] == []
    for key in end.split():
        page.keyboard.press(key)

    expect(page.get_by_role("heading", level=1)).to_have_text("Friday 15 March 2030")
    opened = [url for url in requested if "/slots?" in url and "part=" not in url]
    assert len(opened) == 1


def test_date_that_does_not_exist_is_explained_and_not_requested(day_page: ManageSlotsPage) -> None:
    page = day_page.page
    explanation = page.get_by_text("Enter a real date, for example 23 November 2026")
    expect(explanation).to_be_hidden()
    page.get_by_label("Go to date").focus()

    field = page.get_by_label("Go to date")
    expect(field).to_have_accessible_description(format_date(day_page.date))
    page.keyboard.type("02312030", delay=20)
    page.get_by_role("heading", level=1).click()

    expect(explanation).to_be_visible()
    expect(page.get_by_text("Choose a date from")).to_be_hidden()
    expect(page).to_have_url(day_page.url)
    expect(field).to_have_accessible_description("Enter a real date, for example 23 November 2026")


def test_date_that_does_not_exist_is_explained_on_a_practice_day(
    day_page: ManageSlotsPage,
) -> None:
    page = day_page.page
    page.goto(f"{day_page.server.url}/practice?doctor_id=dr-lee&date={day_page.date}")
    explanation = page.get_by_text("Enter a real date, for example 23 November 2026")
    expect(explanation).to_be_hidden()

    page.get_by_label("Date", exact=True).focus()
    page.keyboard.type("02312030", delay=20)
    page.get_by_role("heading", level=1).click()

    expect(explanation).to_be_visible()
