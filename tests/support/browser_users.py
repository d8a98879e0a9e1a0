"""Users who sign in to the pages in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from local.identity_provider import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, StorageState

    from tests.support.live_server import LiveServer


class BrowserUsers:
    """Signs each user in once, with the identity provider's page, and then reuses the cookies."""

    def __init__(self, browser: Browser, server: LiveServer) -> None:
        self._browser = browser
        self._server = server
        self._states: dict[str, StorageState] = {}

    def storage_state(self, name: str) -> StorageState:
        """Return the cookies of a browser in which the user is signed in."""
        if name not in self._states:
            with self._browser.new_context() as context:
                page = context.new_page()
                page.goto(f"{self._server.url}/slots")
                submit_login_form(page, name)
                expect(page.get_by_text(f"Signed in as {name}")).to_be_visible()
                self._states[name] = context.storage_state()
        return self._states[name]

    def switch_user(self, context: BrowserContext, name: str) -> None:
        """Replace the signed-in user of a browser."""
        context.clear_cookies()
        context.add_cookies(self.storage_state(name)["cookies"])  # type: ignore[arg-type]


def submit_login_form(page: Page, name: str, password: str = PASSWORD) -> None:
    """Fill and submit the identity provider's sign-in page."""
    page.locator("input[name=username]").fill(name)
    page.locator("input[name=password]").fill(password)
    page.get_by_role("button", name="Sign in").click()
