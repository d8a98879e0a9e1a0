"""Tabs of Chromium and Firefox, which Playwright drives."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from tests.support.tab import WINDOW_HEIGHT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import (
        Browser,
        BrowserContext,
        Locator,
        Page,
        StorageState,
        ViewportSize,
    )

    from tests.support.tab import Tab, Window

# Playwright writes a line for each element: - checkbox "09:00 Open" [checked]
_CHECKBOX = re.compile(r"^ *- '?checkbox \"(.*?)\"(.*)", re.MULTILINE)
_NAMED = re.compile(r"^ *- '?\w+ \"(.*?)\"")


@contextmanager
def open_window(
    browser: Browser, state: StorageState, *, javascript: bool, width: int
) -> Iterator[Window]:
    """Open a window during the block, with these cookies."""
    with browser.new_context(
        storage_state=state,
        java_script_enabled=javascript,
        viewport={"width": width, "height": WINDOW_HEIGHT},
    ) as context:
        window = PlaywrightWindow(context, width)
        yield window
        window.close_tabs()


class PlaywrightWindow:
    """A window of a browser context."""

    def __init__(self, context: BrowserContext, width: int) -> None:
        self._context = context
        self._size: ViewportSize = {"width": width, "height": WINDOW_HEIGHT}
        self._free: Page | None = None  # Firefox takes most of a second to open a tab
        self._errors: list[str] = []
        context.on("weberror", lambda error: self._errors.append(str(error.error)))

    def new_tab(self) -> Tab:
        page, self._free = self._free or self._context.new_page(), None
        return PlaywrightTab(page)

    def close_tabs(self) -> None:
        for page in self._context.pages:
            if page is self._free:
                continue
            if self._free or page.evaluate("sessionStorage.length"):
                page.close()
            else:
                page.set_viewport_size(self._size)
                self._free = page
        errors, self._errors = self._errors, []
        assert errors == []

    def clear_cookies(self) -> None:
        self._context.clear_cookies()


class PlaywrightTab:
    """A tab. In a Firefox without scripts ``click`` waits in vain; ``focus`` and ``press`` work."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def open(self, url: str) -> None:
        self._page.goto(url)

    def set_width(self, width: int) -> None:
        self._page.set_viewport_size({"width": width, "height": WINDOW_HEIGHT})

    def reload(self) -> None:
        self._page.reload()

    def go_back(self) -> None:
        self._page.go_back()

    def _find(self, role: str, name: str) -> Locator:
        pattern = re.compile(f"^{re.escape(name)}")
        # The role is any of a test's; Playwright's type lists all of ARIA's.
        return self._page.get_by_role(role, name=pattern).first  # type: ignore[arg-type]

    def click(self, role: str, name: str) -> None:
        self._find(role, name).click()

    def focus(self, role: str, name: str) -> None:
        self._find(role, name).focus()

    def fill(self, selector: str, text: str) -> None:
        self._page.locator(selector).focus()  # ``fill`` waits in vain without scripts, as click
        self._page.keyboard.type(text)

    def press(self, key: str) -> None:
        self._page.keyboard.press(key)

    def focused_name(self) -> str:
        focused = self._page.locator(":focus")
        named = _NAMED.match(focused.aria_snapshot()) if focused.count() else None
        return named[1] if named else ""

    def checkbox_names(self, *, checked: bool = False) -> list[str]:
        # No page has check boxes in its header, whose names take a third of the time.
        boxes = _CHECKBOX.findall(self._page.locator("main").aria_snapshot())
        return [name for name, states in boxes if not checked or "[checked]" in states]

    def text(self, selector: str) -> str:
        return self._page.locator(selector).first.inner_text()

    def evaluate(self, expression: str) -> object:
        return cast("object", self._page.evaluate(expression))
