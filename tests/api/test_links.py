"""No link or form of a page leads nowhere, for anyone who sees it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

import pytest

from tests.support.html import attribute, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bs4 import BeautifulSoup

    from tests.support.page_session import PageSession

pytestmark = pytest.mark.no_cover

START = ("/slots", "/signed-in", "/static/nope.css")
# They go on forever, so of each kind of page, these many are enough.
PAGES_PER_KIND = 4
PEOPLE = {"dr-lee": "doctor", "sam": "delegate", "alex": "admin", "mallory": "delegate"}
# Part of every page: their content is tested elsewhere.
NO_PAGES = ("/static/", "/docs")


def targets(page: BeautifulSoup) -> Iterator[str]:
    """Yield where the links and the GET forms of a page lead, as a browser without script does."""
    for link in page.select("a[href]"):
        if not attribute(link, "href").startswith("#"):
            yield attribute(link, "href")
    for form in page.select("form[method=get]"):
        fields = [*form.select("[name]"), *page.select(f"[form='{attribute(form, 'id')}'][name]")]
        values = {}
        for field in fields:
            chosen = field.select("option[selected]") or field.select("option") or [field]
            values[attribute(field, "name")] = attribute(chosen[0], "value")
        yield f"{attribute(form, 'action')}?{urlencode(values)}"


def kind(path: str) -> str:
    """Return what pages of one template have in common: the path, and the names of parameters."""
    url = urlsplit(path)
    return f"{url.path}?{'&'.join(sorted(re.findall(r'([a-z_]+)=', url.query)))}"


def walk(session: PageSession) -> Iterator[tuple[str, str, int]]:
    """Follow all links, and yield each path with the page that led there, and its status."""
    waiting = [(path, "") for path in START]
    seen: set[str] = set()
    counts: dict[str, int] = {}
    while waiting:
        path, referrer = waiting.pop(0)
        if path in seen or (referrer and path.startswith(NO_PAGES)):
            continue
        seen.add(path)
        counts[kind(path)] = counts.get(kind(path), 0) + 1
        if counts[kind(path)] > PAGES_PER_KIND:
            continue
        response = session.get(path)
        if "Location" in response.headers:
            waiting.append((response.headers["Location"], path))
        yield path, referrer, response.status
        waiting.extend((target, path) for target in targets(parse(response.text)))


@pytest.mark.parametrize("name", PEOPLE)
def test_no_link_of_a_page_is_dead(page_session: PageSession, name: str) -> None:
    page_session.sign_in("dr-lee", "doctor")
    page_session.save("09:00", Sec_Fetch_Site="same-origin")
    page_session.sign_in(name, PEOPLE[name])

    visited = list(walk(page_session))

    dead = [visit for visit in visited if visit[1] and visit[2] not in {200, 303}]
    assert dead == []
    kinds = {urlsplit(path).path for path, _, _ in visited}
    assert {"/slots", "/changes", "/settings"} <= kinds
