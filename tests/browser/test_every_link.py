"""Unsaved ticks survive every link of every page: the tab keeps them, or the browser asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.support.profile import is_nightly

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.manage_slots_page import ManageSlotsPage

# A file to download leaves no page.
LINKS = """[...new Set([...document.links].filter(link => !link.hasAttribute("download"))
    .map(link => link.href.split("#")[0]))]"""

# The day restores its ticks from it.
KEPT = "JSON.stringify(sessionStorage)"


def links_of_site(page: Page, origin: str) -> set[str]:
    """Return the addresses of the page's links within the site."""
    return {url for url in page.evaluate(LINKS) if url.startswith(origin)}


def path_of(url: str) -> str:
    """Return the page that a link leads to, whatever its date."""
    return url.partition("?")[0]


def test_unsaved_ticks_survive_every_link_of_every_page(day_page: ManageSlotsPage) -> None:
    page, origin = day_page.page, day_page.server.url
    day_page.check("09:00")
    to_visit = links_of_site(page, origin)
    assert len(to_visit) > 5
    kept = page.evaluate(KEPT)
    visited: set[str] = set()

    while to_visit:
        url = to_visit.pop()
        if path_of(url) in visited and not is_nightly():
            continue  # the same page for another date
        visited.add(path_of(url))
        page.goto(url)
        found = links_of_site(page, origin)
        to_visit |= {link for link in found if path_of(link) not in visited}
        if page.url.startswith(origin):  # not the identity provider, which has a storage of its own
            assert page.evaluate(KEPT) == kept, url
        if is_nightly():
            expect_ticks(day_page)

    expect_ticks(day_page)


def expect_ticks(day_page: ManageSlotsPage) -> None:
    day_page.open()
    expect(day_page.checkbox("09:00")).to_be_checked()
    day_page.expect_unsaved(1)
