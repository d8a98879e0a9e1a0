"""Sign-in with a real identity provider in a real browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from werkzeug.wrappers import Response

from tests.support.browser_users import submit_login_form
from tests.support.http_server import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.support.live_server import LiveServer

DAY_PATH = "/slots?doctor_id=dr-lee&date=2099-03-23"
POLL_URL = "**/slots?*part=schedule*"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A browser without a signed-in user."""
    with browser.new_context() as context:
        yield context.new_page()


@pytest.fixture
def login_url(live_server: LiveServer) -> str:
    """The URL of the server that requires sign-in."""
    return live_server.url


def sign_in(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}{DAY_PATH}")
    submit_login_form(page, name)
    expect(page.get_by_text(f"Signed in as {name}")).to_be_visible()


def check_and_save(page: Page, start: str) -> None:
    page.locator(f"[id^=box-20990323T{start}Z]").check()
    page.get_by_role("button", name=re.compile("^Save")).click()


def test_doctor_signs_in_saves_and_signs_out(page: Page, login_url: str) -> None:
    page.goto(f"{login_url}{DAY_PATH}")
    submit_login_form(page, "dr-lee", "wrong")
    expect(page.get_by_text("Incorrect username or password")).to_be_visible()
    submit_login_form(page, "dr-lee")
    expect(page).to_have_url(f"{login_url}{DAY_PATH}")
    check_and_save(page, "0900")
    expect(page.get_by_role("status")).to_contain_text("Slots saved successfully")

    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("input[name=password]")).to_be_visible()
    page.goto(f"{login_url}{DAY_PATH}")

    expect(page.locator("input[name=password]")).to_be_visible()


def test_page_of_unknown_path_signs_out(page: Page, login_url: str) -> None:
    sign_in(page, login_url, "dr-lee")
    page.goto(f"{login_url}/nowhere")
    expect(page.get_by_role("heading", level=1)).to_have_text("Page not found")

    page.get_by_role("button", name="Sign out").click()

    expect(page.locator("input[name=password]")).to_be_visible()


def test_session_expired_during_save_keeps_ticks(page: Page, login_url: str) -> None:
    sign_in(page, login_url, "dr-lee")
    page.context.clear_cookies()

    check_and_save(page, "0930")
    expect(page.get_by_role("alert")).to_contain_text("Your 1 unsaved change will be here")
    expect(page.locator("#schedule")).to_have_count(0)
    page.get_by_role("link", name="Sign in").click()
    submit_login_form(page, "dr-lee")

    expect(page.locator("[id^=box-20990323T0930Z]")).to_be_checked()
    page.get_by_role("button", name=re.compile("^Save")).click()
    expect(page.get_by_role("status")).to_contain_text("Slots saved successfully")


def test_second_user_in_same_browser_gets_own_permissions(page: Page, login_url: str) -> None:
    sign_in(page, login_url, "dr-lee")
    # Until then a poll would hide the schedule before the save.
    page.route(POLL_URL, lambda route: route.fulfill(status=304))
    other = page.context.new_page()
    other.goto(f"{login_url}/sign-in?to=/slots")
    submit_login_form(other, "dr-okafor")
    expect(other.get_by_text("Signed in as dr-okafor")).to_be_visible()

    check_and_save(page, "1100")

    expect(page.get_by_role("alert")).to_contain_text("You can't manage Dr Mina Lee's schedule")
    page.unroute(POLL_URL)
    expect(page.locator("#schedule")).to_have_count(0)
    page.get_by_role("link", name="Open your own schedule").click()
    expect(page.get_by_text("Signed in as dr-okafor")).to_be_visible()


def test_delegate_lands_on_doctor_picker(page: Page, login_url: str) -> None:
    page.goto(f"{login_url}/slots")
    submit_login_form(page, "sam")

    link = page.get_by_role("link", name="Dr Mina Lee")
    assert link.evaluate("link => link.offsetHeight") >= 24  # WCAG 2.2, 2.5.8
    link.click()

    expect(page.locator("#schedule")).to_be_visible()


def test_booking_site_uses_its_own_token(page: Page, booking_site_url: str) -> None:
    page.goto(booking_site_url)

    expect(page.get_by_label("Specialty")).to_contain_text("Cardiology")


def cross_site_page(target: str) -> Response:
    """Make a page of another site with a form that would save a day in the app."""
    fields = {"doctor_id": "dr-lee", "date": "2099-03-24", "version": "0", "request_id": "x",
              "offered": "20990324T0900Z", "ticked": "20990324T0900Z"}  # fmt: skip
    inputs = "".join(f"<input name='{n}' value='{v}'>" for n, v in fields.items())
    form = f"<form method=post action='{target}/slots'>{inputs}<button>Win</button></form>"
    return Response(form, content_type="text/html")


def test_cross_site_form_saves_nothing(page: Page, login_url: str) -> None:
    sign_in(page, login_url, "dr-lee")
    with serve(cross_site_page(login_url)) as other_site_url:
        page.goto(other_site_url)
        with page.expect_response(f"{login_url}/slots") as response:
            page.get_by_role("button", name="Win").click()
        page.wait_for_url(f"{login_url}/slots")  # a navigation interrupts the one before

    assert response.value.status == 403
    page.goto(f"{login_url}/slots?doctor_id=dr-lee&date=2099-03-24")
    expect(page.locator(".box").first).to_be_visible()
    expect(page.locator(".box[data-kind=free]")).to_have_count(0)
