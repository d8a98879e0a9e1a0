"""Time off in a real browser: few actions, what is kept, and pages that anyone can read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

import pytest
import requests
from playwright.sync_api import expect

from tests.support.accessibility import accessibility_violations
from tests.support.console_errors import record_console_errors
from tests.support.counted_actions import CountedActions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from playwright.sync_api import Browser, Page

    from tests.support.browser_users import BrowserUsers
    from tests.support.live_server import LiveServer

DOCTOR = "dr-away"
STARTS = [f"{hour:02}:{minute:02}" for hour in (9, 10, 11) for minute in (0, 15, 30, 45)]
BOOKED = STARTS[:11]
MAX_ACTIONS_WHEN_ILL = 4
MAX_ACTIONS_FOR_A_WEEK = 6


@pytest.fixture(scope="module")
def doctor(live_server: LiveServer) -> str:
    """A doctor with a morning of twelve slots on every day."""
    settings = {
        "name": "Dr Away",
        "specialty": "surgery",
        "location": "London",
        "time_zone": "Europe/London",
        "slot_minutes": 15,
        "sessions": [{"from": "09:00", "to": "12:00"}],
    }
    send(live_server, "admin", "PUT", f"/doctors/{DOCTOR}", settings)
    return DOCTOR


@pytest.fixture
def page(browser: Browser, browser_users: BrowserUsers, doctor: str) -> Iterator[Page]:
    """A page of an admin. Errors in its console fail the test."""
    with browser.new_context(storage_state=browser_users.storage_state("alex")) as context:
        page = context.new_page()
        errors = record_console_errors(page)
        yield page
        assert errors == []


def send(
    server: LiveServer, role: str, method: str, path: str, body: dict[str, Any] | None = None
) -> Any:  # noqa: ANN401  JSON of any shape
    headers = server.auth_headers(role)
    response = requests.request(
        method, f"{server.url}{path}", json=body, headers=headers, timeout=10
    )
    response.raise_for_status()
    return response.json()


def open_morning(server: LiveServer, date: date) -> list[str]:
    """Open the slots of a date, and return their ids."""
    slots = [{"start": start, "status": "free"} for start in STARTS]
    body = {"doctor_id": DOCTOR, "date": str(date), "slots": slots}
    return [slot["slot_id"] for slot in send(server, "admin", "POST", "/slots", body)["slots"]]


def heading(page: Page, text: str) -> None:
    expect(page.locator("#plan-heading")).to_have_text(text)


def test_ill_doctor_disrupts_eleven_bookings_in_four_actions(
    page: Page, live_server: LiveServer, unused_date: date
) -> None:
    slot_ids = open_morning(live_server, unused_date)
    for number, slot_id in enumerate(slot_ids[: len(BOOKED)]):
        booking = {"booking_id": f"{unused_date}-{number}", "patient_reference": f"p-{number}"}
        send(live_server, "booking-site", "PUT", f"/slots/{slot_id}/booking", booking)
    page.goto(f"{live_server.url}/slots?doctor_id={DOCTOR}&date={unused_date}")
    person = CountedActions(page)

    person.click(page.get_by_role("link", name="Time off…"))
    person.click(page.get_by_label("Can't see these patients"))
    person.click(page.get_by_role("button", name="Preview"))
    person.click(page.locator("#plan").get_by_role("button"))

    heading(page, "1 slot closed on 1 day")
    assert person.count <= MAX_ACTIONS_WHEN_ILL
    query = f"from={unused_date}&to={unused_date}&disrupted=true"
    bookings = send(live_server, "admin", "GET", f"/doctors/{DOCTOR}/bookings?{query}")["bookings"]
    assert len(bookings) == len(BOOKED)


def test_week_off_takes_six_actions_and_is_lifted_with_one(
    page: Page, live_server: LiveServer, unused_week: date
) -> None:
    for n in range(2):
        open_morning(live_server, unused_week + timedelta(days=n))
    week = f"{live_server.url}/slots/week?doctor_id={DOCTOR}&date={unused_week}"
    page.goto(week)
    person = CountedActions(page)

    person.click(page.get_by_role("link", name="Time off…"))
    person.fill(page.get_by_label("Name"), "Conference")
    person.click(page.get_by_role("button", name="Preview"))
    person.click(page.get_by_role("button", name="Close 24 slots"))

    heading(page, "24 slots closed on 2 days")
    assert person.count <= MAX_ACTIONS_FOR_A_WEEK
    page.goto(week)
    expect(page.get_by_role("columnheader").filter(has_text="Conference")).to_have_count(7)
    assert page.locator("input[name=ticked]:enabled").count() == 0
    page.get_by_role("link", name="Time off…").click()

    lift = page.get_by_role("button", name="Lift Conference")
    expect(lift).to_have_css("text-decoration-line", "none")  # a button, not a link
    expect(lift).to_have_css("border-block-start-width", "1px")
    lift.click()

    heading(page, "24 slots opened on 2 days")


def take_day_off(server: LiveServer, doctor: str, on: date) -> None:
    """Store time off of one day, with the name "Away"."""
    plan = {"kind": "time_off", "from": str(on), "to": str(on), "name": "Away", "act": "stop"}
    path = f"/doctors/{doctor}/plans"
    proposed = send(server, "admin", "POST", path, plan)
    send(server, "admin", "POST", f"{path}/{proposed['plan_id']}/steps", {})


@pytest.mark.parametrize(
    ("width", "scheme"),
    [(320, "dark"), pytest.param(1280, "light", marks=pytest.mark.nightly)],
)
def test_time_off_pages_fit_window_and_have_no_axe_violations(
    browser: Browser,
    browser_users: BrowserUsers,
    live_server: LiveServer,
    doctor: str,
    unused_week: date,
    width: int,
    scheme: Literal["light", "dark"],
) -> None:
    take_day_off(live_server, doctor, unused_week)
    with browser.new_context(
        storage_state=browser_users.storage_state("alex"),
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
    ) as context:
        page = context.new_page()
        for path in (
            f"/time-off?doctor_id={doctor}",
            f"/slots?doctor_id={doctor}&date={unused_week}",
            f"/slots/week?doctor_id={doctor}&date={unused_week}",
            f"/slots/month?doctor_id={doctor}&month={unused_week:%Y-%m}",
        ):
            page.goto(f"{live_server.url}{path}")

            assert accessibility_violations(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_time_off_has_its_name_above_the_boxes_of_a_phone(
    browser: Browser,
    browser_users: BrowserUsers,
    live_server: LiveServer,
    doctor: str,
    unused_date: date,
) -> None:
    take_day_off(live_server, doctor, unused_date)
    with browser.new_context(
        storage_state=browser_users.storage_state("alex"), viewport={"width": 375, "height": 812}
    ) as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/slots?doctor_id={doctor}&date={unused_date}")

        name = page.locator("thead .away").bounding_box()
        box = page.locator(".box").first.bounding_box()
        assert name is not None
        assert box is not None
        assert name["height"] > 10
        assert name["y"] + name["height"] <= box["y"]
