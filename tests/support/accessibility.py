"""Accessibility checks with axe-core."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.base import AXE_SCRIPT

if TYPE_CHECKING:
    from playwright.sync_api import Page

# The package's own ``run`` loads the script again for each check of a page, and describes every
# rule that passes, which takes as long as many of the rules.
_RUN = "axe.run({resultTypes: ['violations']}).then(results => results.violations)"


def accessibility_violations(page: Page) -> list[str]:
    """Return the violations on a page, each with its elements."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return [f"{violation['id']}: {violation['nodes']}" for violation in page.evaluate(_RUN)]
