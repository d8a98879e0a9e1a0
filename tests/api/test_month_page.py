"""The month page, and the small month that htmx loads beside the week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.app_client import make_slot_id
from tests.support.day_page import BROWSER_HEADERS, HTMX_HEADERS, visible_text
from tests.support.factories import MONDAY, date_range
from tests.support.html import attribute, parse

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

    from tests.support.app_client import AppClient

MONTH = "/slots/month?doctor_id=dr-lee&month=2026-11"
RAIL = f"{MONTH}&part=rail"
TUESDAY = date_range(2)[1]


@pytest.fixture
def busy_monday(client: AppClient) -> AppClient:
    """Dr Lee's Monday with a booked and three open slots, and a full Tuesday."""
    client.save("09:00", "09:30", "10:00", "10:30")
    client.book("09:00", "b-1")
    client.save("09:00", date=TUESDAY)
    booking = {"booking_id": "b-2"}
    client.put(f"/slots/{make_slot_id('09:00').replace('1123', '1124')}/booking", booking)
    return client


def get_page(client: AppClient, path: str = MONTH) -> BeautifulSoup:
    """Return the page as a browser gets it."""
    response = client.get(path, **BROWSER_HEADERS)
    assert response.status == 200
    return parse(response.text)


def get_rail(client: AppClient, path: str = RAIL) -> BeautifulSoup:
    """Return the small month as htmx gets it."""
    response = client.get(path, **HTMX_HEADERS)
    assert response.status == 200
    return parse(response.text)


def link_of(page: BeautifulSoup, text: str) -> str | None:
    """Return where the first link with this text leads."""
    link = next(link for link in page.select("a") if " ".join(link.get_text().split()) == text)
    return attribute(link, "href") if link.has_attr("href") else None


def day_named(page: BeautifulSoup, start: str) -> Tag:
    """Return the link of the date whose name starts so."""
    return page.select(f'a.day[aria-label^="{start}"]')[0]


def test_each_date_says_what_is_open_and_booked(busy_monday: AppClient) -> None:
    page = get_page(busy_monday)

    assert attribute(day_named(page, "Monday 23 N"), "aria-label").endswith("3 open, 1 booked")
    assert attribute(day_named(page, "Tuesday 24 N"), "aria-label").endswith("full, 1 booked")
    assert attribute(day_named(page, "Wednesday 25 N"), "aria-label").endswith("nothing open")


def test_name_of_a_date_has_the_text_that_is_seen(busy_monday: AppClient) -> None:
    for day in get_page(busy_monday).select("a.day"):
        name = attribute(day, "aria-label").lower()
        assert all(part.lower() in name for part in day.stripped_strings)


def test_bar_is_booked_in_its_share_without_inline_styles(busy_monday: AppClient) -> None:
    page = get_page(busy_monday)

    assert attribute(day_named(page, "Monday 23 N").select("rect")[0], "width") == "25"
    assert attribute(day_named(page, "Tuesday 24 N").select("rect")[0], "width") == "100"
    assert not day_named(page, "Wednesday 25 N").select("rect")
    assert not page.select("[style]")


def test_full_dates_and_today_are_marked(busy_monday: AppClient) -> None:
    page = get_page(busy_monday)

    full = [attribute(day, "aria-label") for day in page.select("a.day[data-full]")]
    today = [attribute(day, "aria-label") for day in page.select("a.day[aria-current=date]")]
    assert full == ["Tuesday 24 November, full, 1 booked"]
    assert today == ["Sunday 22 November, nothing open"]


def test_month_says_totals_fill_rate_and_third_next_slot(busy_monday: AppClient) -> None:
    text = " ".join(visible_text(busy_monday.get(MONTH, **BROWSER_HEADERS)).split())

    assert "3 open, 2 booked" in text.partition("Week of Monday 23 November")[2][:30]
    assert "40% of the coming slots are booked" in text
    assert "Third next available slot: tomorrow" in text


def test_month_leads_to_days_weeks_and_other_months(client: AppClient) -> None:
    page = get_page(client)

    day = attribute(day_named(page, "Monday 23 N"), "href")
    assert day == f"/slots?doctor_id=dr-lee&date={MONDAY}"
    week = f"/slots/week?doctor_id=dr-lee&date={MONDAY}"
    assert link_of(page, "Week of Monday 23 November") == week
    assert link_of(page, "Previous month") == MONTH.replace("11", "10")
    assert link_of(page, "Next month") == MONTH.replace("11", "12")
    assert link_of(page, "Today") == "/slots/month?doctor_id=dr-lee"
    assert [link.get_text() for link in page.select(".views a")] == ["Day", "Week", "Month"]
    assert page.select(".views [aria-current=page]")[0].get_text() == "Month"


def test_first_month_has_no_link_before_it(client: AppClient) -> None:
    page = get_page(client, "/slots/month?doctor_id=dr-lee&month=2011-01")

    assert link_of(page, "Previous month") is None


def test_headers_of_the_columns_name_the_weekdays(client: AppClient) -> None:
    page = get_page(client)

    headers = page.select("table.month th[scope=col]")
    assert [header.get_text() for header in headers][:2] == ["Mon", "Tue"]
    assert attribute(headers[0], "abbr") == "Monday"
    assert len(headers) == 7


def test_small_month_leads_to_weeks_and_marks_the_date(busy_monday: AppClient) -> None:
    rail = get_rail(busy_monday, f"{RAIL}&date={TUESDAY}")

    chosen = rail.select("[aria-current]")
    assert [attribute(day, "aria-label")[:10] for day in chosen] == ["Tuesday 24"]
    assert attribute(chosen[0], "href") == f"/slots/week?doctor_id=dr-lee&date={TUESDAY}"
    assert not rail.select("html, h1, main")


def test_small_month_is_of_the_date_unless_another_is_asked_for(client: AppClient) -> None:
    rail = "/slots/month?doctor_id=dr-lee&part=rail&date=2026-12-24"

    assert "December 2026" in get_rail(client, rail).get_text()
    assert "January 2027" in get_rail(client, f"{rail}&month=2027-01").get_text()


def test_browser_gets_the_page_whatever_part_is_named(client: AppClient) -> None:
    assert get_page(client, RAIL).select("h1")


def test_month_page_is_one_query(busy_monday: AppClient) -> None:
    # The doctors of the header are read at most once in ten seconds.
    busy_monday.get(MONTH, **BROWSER_HEADERS)

    for path, headers in ((MONTH, BROWSER_HEADERS), (RAIL, HTMX_HEADERS)):
        with busy_monday.record_calls() as calls:
            busy_monday.get(path, **headers)

        assert calls.count("Query") == 1
        assert len(calls) == 2  # and the doctor's current settings


def test_malformed_month_is_said_on_a_page(client: AppClient) -> None:
    response = client.get("/slots/month?doctor_id=dr-lee&month=x", **BROWSER_HEADERS)

    assert (response.status, response.headers["Content-Type"]) == (400, "text/html; charset=utf-8")
