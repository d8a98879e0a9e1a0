"""How many clicks and keys a person needs: a week filled, a month read, an afternoon closed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import requests
from playwright.sync_api import expect

from tests.support.counted_actions import CountedActions
from tests.support.manage_slots_page import WeekPage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from playwright.sync_api import Browser, Page

    from tests.support.browser_users import BrowserUsers
    from tests.support.live_server import LiveServer

WORKING_DAYS = 5
SLOTS_PER_DAY = 14
AFTERNOON_SLOTS = 8
MAX_ACTIONS_OF_A_WEEK = 8
MAX_ACTIONS_OF_SIX_DOCTORS = 10


def test_week_is_filled_in_eight_actions(
    page: Page, live_server: LiveServer, unused_week: date
) -> None:
    page.goto(f"{live_server.url}/slots?doctor_id=dr-lee&date={unused_week - timedelta(weeks=1)}")
    person = CountedActions(page)

    person.click(page.get_by_role("link", name="Week", exact=True))
    person.click(page.get_by_role("link", name="Next week"))
    expect(page.locator(f'th[data-day$="{unused_week}"]')).to_be_visible()
    for n in range(WORKING_DAYS):
        head = page.locator(f'th[data-day$="{unused_week + timedelta(days=n)}"]')
        person.click(head.get_by_role("button", name="All"))
    person.save(re.compile(f"^Save {WORKING_DAYS * SLOTS_PER_DAY} changes$"))

    expect(page.locator(".box[data-kind=free]")).to_have_count(WORKING_DAYS * SLOTS_PER_DAY)
    assert person.count <= MAX_ACTIONS_OF_A_WEEK


def test_month_is_read_beside_the_week_without_an_action(
    page: Page, live_server: LiveServer, unused_week: date
) -> None:
    week = WeekPage(page, live_server, unused_week)
    week.save_elsewhere("09:00", "09:30")

    week.open()

    monday = page.locator(f'#rail a[href$="date={unused_week}"]').first
    expect(monday).to_be_visible()
    expect(monday).to_have_accessible_name(re.compile("2 open"))


@pytest.fixture
def six_open_tuesdays(live_server: LiveServer, unused_week: date) -> Iterator[list[str]]:
    """The names of six doctors whose Tuesday is open; sam manages them during the test."""
    tuesday = unused_week + timedelta(days=1)
    for number in range(6):
        store_doctor(live_server, number, delegates=["sam"])
        open_day(live_server, f"dr-tuesday-{number}", tuesday)
    yield [f"Dr Tuesday {number}" for number in range(6)]
    for number in range(6):
        store_doctor(live_server, number, delegates=[])


def store_doctor(server: LiveServer, number: int, delegates: list[str]) -> None:
    settings = {
        "name": f"Dr Tuesday {number}",
        "specialty": "surgery",
        "location": "London",
        "time_zone": "Europe/London",
        "slot_minutes": 30,
        "sessions": [{"from": "09:00", "to": "12:00"}, {"from": "13:00", "to": "17:00"}],
        "delegates": delegates,
    }
    request(server, "PUT", f"/doctors/dr-tuesday-{number}", settings)


def open_day(server: LiveServer, doctor_id: str, date: date) -> None:
    hours = [hour for hour in range(9, 17) if hour != 12]
    starts = [f"{hour:02}:{minute:02}" for hour in hours for minute in (0, 30)]
    slots = [{"start": start, "status": "free"} for start in starts]
    body = {"doctor_id": doctor_id, "date": date.isoformat(), "slots": slots}
    request(server, "POST", "/slots", body)


def request(server: LiveServer, method: str, path: str, body: dict[str, Any]) -> None:
    headers = server.auth_headers("admin")
    response = requests.request(
        method, f"{server.url}{path}", json=body, headers=headers, timeout=10
    )
    response.raise_for_status()


@pytest.fixture
def practice_page(
    browser: Browser,
    live_server: LiveServer,
    browser_users: BrowserUsers,
    unused_week: date,
    six_open_tuesdays: list[str],
) -> Iterator[Page]:
    """The practice day of sam on the Tuesday: Dr Lee and six doctors."""
    selected = "".join(f"&doctor_id=dr-tuesday-{number}" for number in range(6))
    with browser.new_context(storage_state=browser_users.storage_state("sam")) as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/practice?date={unused_week}{selected}")
        heads = page.locator("thead th[data-day]")
        expect(heads).to_have_count(len(six_open_tuesdays))
        yield page


def expect_free(page: Page, count: int) -> None:
    expect(page.locator(".box[data-kind=free]")).to_have_count(count)


def test_afternoon_of_six_doctors_is_closed_in_ten_actions(
    practice_page: Page, unused_week: date
) -> None:
    page, person = practice_page, CountedActions(practice_page)
    tuesday = f"{unused_week + timedelta(days=1):%-d %B %Y}"

    person.click(page.get_by_role("link", name="Next day"))
    expect(page.get_by_role("heading", name=tuesday)).to_be_visible()
    afternoon = page.locator("tbody").filter(has=page.get_by_role("rowheader", name="Afternoon"))
    person.click(afternoon.get_by_role("button", name="None"))
    person.save(re.compile(f"^Save {6 * AFTERNOON_SLOTS} changes$"))

    expect_free(page, 6 * (SLOTS_PER_DAY - AFTERNOON_SLOTS))
    assert person.count <= MAX_ACTIONS_OF_SIX_DOCTORS


def test_afternoon_of_six_doctors_is_closed_with_ten_keys(
    practice_page: Page, unused_week: date
) -> None:
    page = practice_page
    page.goto(page.url.replace(str(unused_week), str(unused_week + timedelta(days=1))))
    expect_free(page, 6 * SLOTS_PER_DAY)
    keys = ["Tab", "Tab", "Enter", "PageDown", "Space", "Shift+End", "Shift+PageDown", "Control+s"]

    for key in keys:
        page.keyboard.press(key)

    expect(page.get_by_role("status")).to_contain_text("Slots saved")
    expect_free(page, 6 * (SLOTS_PER_DAY - AFTERNOON_SLOTS))
    assert len(keys) <= MAX_ACTIONS_OF_SIX_DOCTORS
