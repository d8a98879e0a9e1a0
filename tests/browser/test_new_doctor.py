"""An admin adds a doctor, opens a week for them, and the doctor signs in."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.accessibility import accessibility_violations
from tests.support.browser_users import submit_login_form
from tests.support.counted_actions import CountedActions

if TYPE_CHECKING:
    from typing import Literal

    from playwright.sync_api import Browser

    from tests.support.browser_users import BrowserUsers
    from tests.support.live_server import LiveServer

MAX_ACTIONS = 20
NEW_PASSWORD = "a long enough pass phrase"
_numbers = count(1)


def first_sign_in(browser: Browser, server: LiveServer, name: str, password: str) -> None:
    """Sign in with the temporary password, and choose another one as the pool requests."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{server.url}/slots")
        submit_login_form(page, name, password)
        page.locator("[name=new_password]").fill(NEW_PASSWORD)
        page.locator("[name=confirm_password]").fill(NEW_PASSWORD)
        page.locator("[name=confirm_password]").press("Enter")
        expect(page.get_by_text(f"Signed in as {name}")).to_be_visible()


def test_new_doctor_signs_in_and_has_a_week_in_twenty_actions(
    browser: Browser, live_server: LiveServer, browser_users: BrowserUsers
) -> None:
    last_name = f"Newcomer{next(_numbers)}"
    with browser.new_context(storage_state=browser_users.storage_state("alex")) as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/slots?doctor_id=dr-lee")
        person = CountedActions(page)

        person.click(page.get_by_role("link", name="Doctors", exact=True))
        person.click(page.get_by_role("link", name="Add a doctor"))
        person.fill(page.get_by_label("Name", exact=True), f"Dr Ada {last_name}")
        person.fill(page.get_by_label("Specialty"), "dermatology")
        person.fill(page.get_by_label("Location"), "Leeds")
        person.click(page.get_by_role("main").get_by_role("button", name="Add a doctor"))
        password = page.locator("#temporary-password").inner_text()
        person.click(page.get_by_role("link", name="Open their week"))
        expect(page).to_have_url(re.compile("/slots/week"))
        page.wait_for_load_state("networkidle")
        person.click(page.get_by_role("link", name="Next week"))
        expect(page).to_have_url(re.compile("date="))
        heads = page.locator("thead th")
        for n in range(5):
            person.click(heads.nth(n).get_by_role("button", name="All"))
        person.save(re.compile("^Save"))

        expect(page.locator(".box[data-kind=free]").first).to_be_visible()
        assert person.count <= MAX_ACTIONS
    first_sign_in(browser, live_server, f"dr-{last_name.lower()}", password)


@pytest.mark.only_browser("chromium")  # Playwright can't disable scripts over BiDi
def test_doctor_is_added_by_keyboard_without_scripts(
    browser: Browser, live_server: LiveServer, browser_users: BrowserUsers
) -> None:
    state = browser_users.storage_state("alex")
    with browser.new_context(storage_state=state, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/new-doctor")
        page.get_by_label("Name", exact=True).focus()
        for text in (f"Dr Kim Keys{next(_numbers)}", "surgery", "Leeds"):
            page.keyboard.type(text)
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # in a field: the form is sent

        expect(page.get_by_role("heading", name="Doctor added")).to_be_visible()
        expect(page.locator("#temporary-password")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_page_has_no_axe_violations_and_no_horizontal_scroll(
    browser: Browser,
    live_server: LiveServer,
    browser_users: BrowserUsers,
    width: int,
    scheme: Literal["light", "dark"],
) -> None:
    state = browser_users.storage_state("alex")
    with browser.new_context(storage_state=state, color_scheme=scheme) as context:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 800})
        for path in ("/new-doctor", "/doctors/dr-lee/sign-in", "/doctors", "/people"):
            page.goto(f"{live_server.url}{path}")
            assert accessibility_violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
