"""Accessibility checks with axe-core."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page


def accessibility_violations(page: Page) -> list[str]:
    """Return the violations on a page, each with its elements."""
    # Without this, axe-core also describes each element that passes.
    report = Axe().run(page, options={"resultTypes": ["violations"]})
    return [
        f"{violation['id']}: {violation['nodes']}" for violation in report.response["violations"]
    ]
