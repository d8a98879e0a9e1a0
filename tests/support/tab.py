"""What a test of the pages does in any browser: the interface of a tab, whatever drives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from local.identity_provider import PASSWORD
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

TIMEOUT_SECONDS = 10
WINDOW_HEIGHT = 800


class Tab(Protocol):
    """A tab. Elements are found by their role and the start of their accessible name."""

    def open(self, url: str) -> None:
        """Load a page."""

    def set_width(self, width: int) -> None:
        """Make the window so wide, in CSS pixels."""

    def reload(self) -> None: ...

    def go_back(self) -> None: ...

    def click(self, role: str, name: str) -> None: ...

    def focus(self, role: str, name: str) -> None: ...

    def fill(self, selector: str, text: str) -> None:
        """Type into the empty field of a CSS selector."""

    def press(self, key: str) -> None:
        """Press a key of this name: ``Tab``, ``Space``, ``Enter``."""

    def focused_name(self) -> str:
        """Return the accessible name of what has the focus, or nothing."""

    def checkbox_names(self, *, checked: bool = False) -> list[str]:
        """Return the accessible names of all checkboxes, or of those that are checked."""

    def text(self, selector: str) -> str:
        """Return the visible text of the first element of a CSS selector."""

    def evaluate(self, expression: str) -> object:
        """Return the value of a JavaScript expression."""


class Window(Protocol):
    """A window of a browser, in which Dr Lee is signed in."""

    def new_tab(self) -> Tab:
        """Return a tab without unsaved changes. It may still show the page of an earlier test."""

    def close_tabs(self) -> None:
        """Close all tabs but one, which the next test has instead of a new one.

        Uncaught errors of their scripts fail the test, where they are known.
        """

    def clear_cookies(self) -> None:
        """Forget who is signed in."""


class OpenWindow(Protocol):
    """Opens a window of this width in CSS pixels during the block, with or without scripts."""

    def __call__(self, *, javascript: bool, width: int) -> AbstractContextManager[Window]: ...


def sign_in(tab: Tab, name: str = "dr-lee") -> None:
    """Sign in at the identity provider's page that the tab shows."""
    submit_password(tab, name, PASSWORD)
    wait_until(lambda: name in tab.text("header"))


def submit_password(tab: Tab, name: str, password: str) -> None:
    """Fill the identity provider's page that the tab shows, and press Enter."""
    tab.fill("input[name=username]", name)
    tab.fill("input[name=password]", password)
    press(tab, "button", "Sign in")


def press(tab: Tab, role: str, name: str) -> None:
    """Press a button or follow a link by keyboard, as a browser without scripts needs it."""
    tab.focus(role, name)
    tab.press("Enter")
