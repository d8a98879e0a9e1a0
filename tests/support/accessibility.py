"""The page on every screen: readable, reachable, and without a fault that axe-core knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page


def accessibility_violations(page: Page) -> list[str]:
    """What axe-core finds."""
    found = Axe().run(page)
    return [f"{fault['id']}: {fault['nodes']}" for fault in found.response["violations"]]
