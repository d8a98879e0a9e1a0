"""Accessibility checks with axe-core."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Literal

from axe_playwright_python.base import AXE_SCRIPT

from tests.support.contrast import faint_fields
from tests.support.profile import is_nightly

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Page

# The package's own ``run`` loads the script again for each check of a page, and describes every
# rule that passes, which takes as long as many of the rules.
_RUN = "axe.run({resultTypes: ['violations']}).then(results => results.violations)"

Look = tuple[int, Literal["light", "dark"]]
LOOKS: Sequence[Look] = (
    list(product((320, 375, 768, 1280), ("light", "dark")))
    if is_nightly()
    else [(320, "dark"), (1280, "light")]
)
"""Widths in pixels and colour schemes. Even two have all that differs in the stylesheets."""


def each_look(page: Page) -> Iterator[Look]:
    """Turn the page into that of each screen, one after the other."""
    browser = page.context.browser
    has_dark = not browser or browser.browser_type.name != "firefox"  # BiDi can't emulate it there
    for width, scheme in LOOKS:
        if scheme == "light" or has_dark:
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            yield width, scheme


def assert_accessible_everywhere(page: Page) -> None:
    """On each screen, axe finds nothing, all fields can be seen, and nothing is too wide."""
    for look in each_look(page):
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), look
        assert accessibility_violations(page) == [], look
        assert faint_fields(page) == [], look


def accessibility_violations(page: Page) -> list[str]:
    """Return the violations on a page, each with its elements."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return [f"{violation['id']}: {violation['nodes']}" for violation in page.evaluate(_RUN)]
