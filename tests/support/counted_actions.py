"""A page on which each click and each key press of a person is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from re import Pattern

    from playwright.sync_api import Locator, Page


class CountedActions:
    """Does what a person does with mouse and keyboard, and counts it in ``count``."""

    def __init__(self, page: Page) -> None:
        self.count = 0
        self._page = page

    def click(self, target: Locator) -> None:
        """Click once."""
        self.count += 1
        target.click()

    def choose(self, select: Locator, option: str) -> None:
        """Open a list and choose one of its options: two clicks."""
        self.count += 2
        select.select_option(option)

    def fill(self, field: Locator, text: str) -> None:
        """Click into a field and type a value: two actions, one where the field has the focus."""
        has_focus = field.evaluate("field => field === document.activeElement")
        self.count += 1 if has_focus else 2
        field.fill(text)

    def save(self, label: Pattern[str]) -> None:
        """Click the button that saves, and wait until the page reports it."""
        self.click(self._page.get_by_role("button", name=label))
        expect(self._page.get_by_role("status")).to_contain_text("Slots saved")
