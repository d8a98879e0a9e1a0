"""Series and plans in a real browser: a quarter is opened, stopped, continued, changed, undone."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

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

WORKING_DAYS = 5
DAYS_OF_A_QUARTER = 65
SLOTS_OF_A_QUARTER = 390
MAX_ACTIONS_TO_OPEN = 10
MAX_ACTIONS_TO_CHANGE = 6
MAX_ACTIONS_TO_UNDO = 2
# Plans reach over many dates, so these tests have a doctor of their own.
DOCTOR = "dr-plan"
NOTE_PROGRESS = """() => {
    window.progress = new Set();
    const note = () => window.progress.add(document.querySelector("progress")?.value);
    const all = { attributes: true, childList: true, subtree: true };
    new MutationObserver(note).observe(document.body, all);
}"""


@pytest.fixture(scope="module")
def doctor(live_server: LiveServer) -> str:
    """A doctor with a morning on every day."""
    settings = {
        "name": "Dr Plan",
        "specialty": "surgery",
        "location": "London",
        "time_zone": "Europe/London",
        "slot_minutes": 30,
        "sessions": [{"from": "09:00", "to": "12:00"}],
    }
    send(live_server, "PUT", f"/doctors/{DOCTOR}", settings)
    return DOCTOR


def send(server: LiveServer, method: str, path: str, body: dict[str, Any]) -> None:
    headers = server.auth_headers("admin")
    response = requests.request(
        method, f"{server.url}{path}", json=body, headers=headers, timeout=10
    )
    response.raise_for_status()


@pytest.fixture
def admin_page(browser: Browser, browser_users: BrowserUsers, doctor: str) -> Iterator[Page]:
    """A page of an admin, who manages every doctor. Errors in its console fail the test."""
    with browser.new_context(storage_state=browser_users.storage_state("alex")) as context:
        page = context.new_page()
        errors = record_console_errors(page)
        yield page
        assert errors == []


def heading(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.locator("#plan-heading")).to_have_text(text)


def test_quarter_is_opened_stopped_continued_and_changed(
    admin_page: Page, live_server: LiveServer, unused_week: date
) -> None:
    page, person = admin_page, CountedActions(admin_page)
    page.goto(f"{live_server.url}/slots/week?doctor_id={DOCTOR}&date={unused_week}")
    for n in range(WORKING_DAYS):
        head = page.locator(f'th[data-day$="{unused_week + timedelta(days=n)}"]')
        person.click(head.get_by_role("button", name="All"))
    person.save(re.compile("^Save 30 changes$"))
    person.click(page.get_by_role("link", name="Repeat this week…"))
    person.click(page.get_by_role("button", name="Preview"))
    heading(page, f"{SLOTS_OF_A_QUARTER} slots will open on {DAYS_OF_A_QUARTER} days")
    page.evaluate(NOTE_PROGRESS)
    person.click(page.get_by_role("button", name=f"Open {SLOTS_OF_A_QUARTER} slots"))
    assert person.count <= MAX_ACTIONS_TO_OPEN

    heading(page, "In progress")
    expect(page.locator("#plan-heading")).to_be_focused()
    page.get_by_role("button", name="Stop").click()
    heading(page, "Stopped")
    page.goto(f"{live_server.url}/series?doctor_id={DOCTOR}")
    page.get_by_role("region", name="Not finished").get_by_role("link").click()
    heading(page, "Stopped")
    page.evaluate(NOTE_PROGRESS)
    page.get_by_role("button", name="Continue").click()
    heading(page, f"{SLOTS_OF_A_QUARTER} slots opened on {DAYS_OF_A_QUARTER} days")
    assert page.evaluate("window.progress.size") > 2
    expect(page.locator("#plan-heading")).to_be_focused()

    page.goto(f"{live_server.url}/slots/week?doctor_id={DOCTOR}&date={unused_week}")
    change, undo = CountedActions(page), CountedActions(page)
    change.click(page.get_by_role("link", name="Series"))
    change.click(page.get_by_role("link", name="Edit Mon–Fri 09:00–12:00"))
    change.fill(page.get_by_label("Friday, to", exact=True), "10:00")
    change.click(page.get_by_role("button", name="Preview"))
    change.click(page.get_by_role("button", name="Close 52 slots"))
    heading(page, "52 slots closed on 13 days")
    assert change.count <= MAX_ACTIONS_TO_CHANGE

    undo.click(page.get_by_role("button", name="Undo"))
    undo.click(page.get_by_role("button", name="Open 52 slots"))
    heading(page, "52 slots opened on 13 days")
    assert undo.count <= MAX_ACTIONS_TO_UNDO


def test_day_is_copied_and_undone_without_javascript(
    browser: Browser,
    browser_users: BrowserUsers,
    live_server: LiveServer,
    doctor: str,
    unused_week: date,
) -> None:
    far = unused_week + timedelta(weeks=20)
    send(
        live_server,
        "POST",
        "/slots",
        {"doctor_id": doctor, "date": str(far), "slots": [{"start": "09:00", "status": "free"}]},
    )
    state = browser_users.storage_state("alex")
    with browser.new_context(storage_state=state, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/slots?doctor_id={doctor}&date={far}")
        page.get_by_role("link", name="Copy this day to…").click()
        page.get_by_label("Tuesday").check()
        page.get_by_label("Last day", exact=True).fill(str(far + timedelta(days=8)))
        page.get_by_role("button", name="Preview").click()
        page.get_by_role("button", name="Open 3 slots").click()
        heading(page, "3 slots opened on 3 days")

        page.get_by_role("button", name="Undo").click()
        page.get_by_role("button", name="Close 3 slots").click()
        heading(page, "3 slots closed on 3 days")


@pytest.mark.parametrize(
    ("width", "scheme"),
    [(320, "dark"), pytest.param(1280, "light", marks=pytest.mark.nightly)],
)
def test_plan_pages_fit_window_and_have_no_axe_violations(
    browser: Browser,
    browser_users: BrowserUsers,
    live_server: LiveServer,
    doctor: str,
    width: int,
    scheme: str,
) -> None:
    state = browser_users.storage_state("alex")
    with browser.new_context(
        storage_state=state,
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
    ) as context:
        page = context.new_page()

        def check() -> None:
            assert accessibility_violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width

        page.goto(f"{live_server.url}/series/new?doctor_id={doctor}")
        page.get_by_label("Monday, from", exact=True).fill("late")
        page.get_by_role("button", name="Preview").click()
        expect(page.get_by_role("alert")).to_be_focused()
        check()
        page.get_by_label("Monday, from", exact=True).fill("9")
        page.get_by_role("button", name="Preview").click()
        page.get_by_text("Dates").first.click()
        check()
        page.goto(f"{live_server.url}/series?doctor_id={doctor}")
        check()
