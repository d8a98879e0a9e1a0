"""Where the schedule opens without a date: on a day on which something can still happen."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.day_page import BROWSER_HEADERS, HTMX_HEADERS, PageForm
from tests.support.factories import DOCTOR_SETTINGS, MONDAY, to_instant
from tests.support.html import attribute, parse
from tests.support.time_off import take_time_off

if TYPE_CHECKING:
    from tests.support.app_client import AppClient

TUESDAY = MONDAY + timedelta(days=1)


def landing_date(client: AppClient, path: str = "/slots?doctor_id=dr-lee") -> str:
    page = client.get(path, **BROWSER_HEADERS)
    assert page.status == 200
    return PageForm(page).hidden["date"][0]


@pytest.mark.parametrize(
    ("time", "date"),
    [("08:00", "2026-11-23"), ("16:29", "2026-11-23"), ("16:30", "2026-11-24")],
)
def test_page_opens_on_today_until_its_last_slot_begins(
    client: AppClient, time: str, date: str
) -> None:
    client.clock.now = to_instant(time)

    assert landing_date(client) == date


@pytest.mark.parametrize("path", ["/slots", "/slots/week", "/practice"])
def test_page_opens_after_time_off(client: AppClient, path: str) -> None:
    client.clock.now = to_instant("20:00")
    take_time_off(client, TUESDAY, TUESDAY + timedelta(days=1))

    assert landing_date(client, f"{path}?doctor_id=dr-lee") == "2026-11-26"


def test_page_opens_on_a_day_off_that_has_a_booking(client: AppClient) -> None:
    client.save("09:00")
    client.book("09:00")
    take_time_off(client)
    client.clock.now = to_instant("08:00")

    assert landing_date(client) == "2026-11-23"


def test_page_opens_on_today_if_no_day_of_the_next_weeks_is_open(client: AppClient) -> None:
    take_time_off(client, MONDAY, MONDAY + timedelta(weeks=4))
    client.clock.now = to_instant("08:00")

    assert landing_date(client) == "2026-11-23"


def test_practice_opens_on_the_next_date_with_hours_of_a_doctor(client: AppClient) -> None:
    hours = [{"days_of_week": ["wed"], "from": "09:00", "to": "12:00"}]
    client.put("/doctors/dr-hale", DOCTOR_SETTINGS | {"sessions": hours})
    take_time_off(client, TUESDAY, TUESDAY + timedelta(days=7))
    client.clock.now = to_instant("20:00")
    path = "/practice?doctor_id=dr-lee&doctor_id=dr-hale"

    assert landing_date(client, path) == "2026-11-25"
    assert landing_date(client, f"{path}&show=today") == "2026-11-23"
    assert client.get(path).json["date"] == "2026-11-23"
    links = parse(client.get(path, **BROWSER_HEADERS).text).select("#today")
    assert [attribute(link, "href") for link in links] == [f"{path}&show=today"]


def test_link_to_today_leads_to_today_in_the_evening_too(client: AppClient) -> None:
    client.clock.now = to_instant("20:00")

    assert landing_date(client, "/slots?doctor_id=dr-lee&show=today") == "2026-11-23"


def test_json_without_date_is_today_in_the_evening_too(client: AppClient) -> None:
    client.clock.now = to_instant("20:00")

    assert client.get("/slots?doctor_id=dr-lee").json["date"] == "2026-11-23"


@pytest.mark.parametrize(
    ("view", "path"),
    [
        ("day", "/slots?date=2026-11-23"),
        ("week", "/slots/week?date=2026-11-23"),
        ("month", "/slots/month?month=2026-12"),
    ],
)
def test_view_that_was_used_last_is_remembered(client: AppClient, view: str, path: str) -> None:
    page = client.get(path, **BROWSER_HEADERS)

    assert page.headers["Set-Cookie"].startswith(f"view={view};")
    again = client.get(path, Cookie=f"view={view}", **BROWSER_HEADERS)
    assert "Set-Cookie" not in again.headers


def test_month_beside_the_week_is_no_view_that_was_used(client: AppClient) -> None:
    rail = client.get("/slots/month?date=2026-11-23&part=rail", **HTMX_HEADERS)

    assert rail.status == 200
    assert "Set-Cookie" not in rail.headers


@pytest.mark.parametrize("view", ["week", "month"])
def test_browser_is_sent_to_the_view_that_it_used_last(client: AppClient, view: str) -> None:
    cookie = f"view={view}"

    page = client.get("/slots?doctor_id=dr-lee", Cookie=cookie, **BROWSER_HEADERS)

    assert page.status == 303
    assert page.headers["Location"] == f"/slots/{view}?doctor_id=dr-lee"
    assert client.get(page.headers["Location"], Cookie=cookie, **BROWSER_HEADERS).status == 200
    assert client.get("/slots?doctor_id=dr-lee", Cookie=cookie).json["date"] == "2026-11-22"
    part = client.get("/slots?doctor_id=dr-lee", Cookie=cookie, **HTMX_HEADERS)
    assert part.status == 200
    dated = client.get("/slots?date=2026-11-23", Cookie=cookie, **BROWSER_HEADERS)
    assert dated.status == 200
