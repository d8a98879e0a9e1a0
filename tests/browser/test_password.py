"""The password page with the real sign-in server, in a real browser."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from chalicelib.domain.permissions import Role
from local import identity_provider
from local.identity_provider import PASSWORD, DemoUser
from tests.support.accessibility import assert_accessible_everywhere
from tests.support.browser_users import submit_login_form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.support.live_server import LiveServer

NEW = " Correct+horse & battery% staple ñ"
_numbers = count(1)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A browser without a signed-in user."""
    with browser.new_context() as context:
        yield context.new_page()


@pytest.fixture
def page_without_scripts(browser: Browser) -> Iterator[Page]:
    """Another browser, in which JavaScript is off."""
    with browser.new_context(java_script_enabled=False) as context:
        yield context.new_page()


@pytest.fixture
def name(live_server: LiveServer) -> str:
    """A new user, so that the demo users keep their password."""
    del live_server  # the environment points to its user pool
    name = f"person-{next(_numbers)}"
    identity_provider.create_user(identity_provider.load(), DemoUser(name, Role.DELEGATE))
    return name


def sign_in(page: Page, server: LiveServer, name: str, password: str = PASSWORD) -> None:
    page.goto(f"{server.url}/slots")
    submit_login_form(page, name, password)


def open_password_page(page: Page, name: str) -> None:
    # A phone's header has no room for the link, which the settings have too.
    page.get_by_role("link", name="Settings").click()
    page.get_by_role("main").get_by_role("link", name="Change password").click()
    submit_login_form(page, name)
    expect(page.get_by_role("heading", name="Change your password")).to_be_visible()


def submit(page: Page, current: str, new: str, again: str | None = None) -> None:
    page.get_by_label("Current password").fill(current)
    page.get_by_label("New password", exact=True).fill(new)
    page.get_by_label("New password again").fill(new if again is None else again)
    page.get_by_role("button", name="Change password").click()


@pytest.mark.only_browser("chromium")  # Playwright can't disable scripts over BiDi
def test_person_changes_password_without_scripts(
    page_without_scripts: Page, page: Page, live_server: LiveServer, name: str
) -> None:
    page, phone = page_without_scripts, page
    sign_in(page, live_server, name)
    sign_in(phone, live_server, name)

    open_password_page(page, name)
    submit(page, "not this one", NEW)
    expect(page.get_by_label("Current password")).to_have_accessible_description(
        "This is not your current password"
    )
    submit(page, PASSWORD, NEW, again=NEW.strip())
    expect(page.get_by_text("Enter the same new password twice")).to_be_visible()
    submit(page, PASSWORD, NEW)

    expect(page.get_by_role("heading", name="Your password has changed")).to_be_visible()
    page.get_by_role("link", name="Back to your schedule").click()
    expect(page.get_by_text(f"Signed in as {name}")).to_be_visible()
    phone.reload()
    submit_login_form(phone, name)
    expect(phone.get_by_text("Incorrect username or password")).to_be_visible()
    submit_login_form(phone, name, NEW)
    expect(phone.get_by_text(f"Signed in as {name}")).to_be_visible()


def test_password_page_explains_errors_and_has_no_axe_violations(
    page: Page, live_server: LiveServer, name: str
) -> None:
    sign_in(page, live_server, name)
    open_password_page(page, name)
    assert_accessible_everywhere(page)

    submit(page, PASSWORD, "too short")
    field = page.get_by_label("New password", exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    expect(page.get_by_text("Choose another password: at least 15 characters")).to_be_visible()
    expect(page).to_have_title("Error: Change your password – MediLink Slots")

    submit(page, "not this one", NEW)
    expect(page.get_by_text("This is not your current password")).to_be_visible()
    assert_accessible_everywhere(page)

    submit(page, PASSWORD, NEW)
    expect(page.get_by_role("heading", name="Your password has changed")).to_be_visible()
    assert_accessible_everywhere(page)
