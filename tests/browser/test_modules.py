"""Unit tests of the scripts: each file of ``tests/js`` runs in a blank page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chalicelib.web.pages.script_texts import script_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, Route

PROJECT = Path(__file__).parents[2]
TESTS = PROJECT / "tests" / "js"
ORIGIN = "http://modules.test"
PAGE = (
    '<!doctype html><html lang="en"><head><script type="application/json" id="texts">'
    f"{json.dumps(script_texts())}</script></head><body></body></html>"
)
# Each test has an empty page and an empty storage. Returns the failures.
RUN = """async url => {
    const failures = [];
    const { tests } = await import(url);
    for (const [name, test] of Object.entries(tests)) {
        document.body.replaceChildren();
        sessionStorage.clear();
        try { await test(); } catch (error) { failures.push(`${name}: ${error.message}`); }
    }
    return [Object.keys(tests).length, failures];
}"""


def serve(route: Route) -> None:
    path = route.request.url.removeprefix(ORIGIN)
    if path == "/":
        return route.fulfill(body=PAGE, content_type="text/html")
    folder = PROJECT if path.startswith("/static/") else TESTS
    return route.fulfill(path=folder / path.removeprefix("/"), content_type="text/javascript")


@pytest.fixture(scope="module")
def blank_page(browser: Browser) -> Iterator[Page]:
    """A page of a site that has the scripts, which each test loads again."""
    with browser.new_context() as context:
        page = context.new_page()
        page.route(f"{ORIGIN}/**", serve)
        yield page


@pytest.mark.parametrize("file", sorted(TESTS.glob("*.test.js")), ids=lambda file: str(file.name))
def test_module(blank_page: Page, file: Path) -> None:
    blank_page.goto(f"{ORIGIN}/")

    count, failures = blank_page.evaluate(RUN, f"/{file.name}")

    assert failures == []
    assert count > 0
