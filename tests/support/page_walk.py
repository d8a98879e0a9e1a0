"""Every link and GET form of the pages, followed as a browser without scripts does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from bs4.filter import SoupStrainer

from tests.support.html import attribute, parse
from tests.support.profile import rounds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bs4 import BeautifulSoup

    from tests.support.page_session import PageSession

START = ("/slots", "/signed-in", "/static/nope.css")
# They go on forever, so of each kind of page, these many are enough.
PAGES_PER_KIND = rounds(daily=1, nightly=4)
# Files that are part of every page, and the pages of other servers.
NOT_FOLLOWED = ("/static/", "/docs", "http:", "https:")


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


_LINKS_AND_FIELDS = SoupStrainer(["a", "form", "input", "select", "option", "button", "textarea"])


def walk(session: PageSession) -> Iterator[tuple[str, str, int]]:
    """Follow all links, and yield each path with the page that led there, and its status."""
    waiting = [(path, "") for path in START]
    seen: set[str] = set()
    counts: dict[str, int] = {}
    while waiting:
        path, referrer = waiting.pop(0)
        if path in seen or (referrer and path.startswith(NOT_FOLLOWED)):
            continue
        seen.add(path)
        counts[kind(path)] = counts.get(kind(path), 0) + 1
        if counts[kind(path)] > PAGES_PER_KIND:
            continue
        response = session.get(path)
        if "Location" in response.headers:
            waiting.append((response.headers["Location"], path))
        yield path, referrer, response.status
        waiting.extend(
            (target, path) for target in targets(parse(response.text, only=_LINKS_AND_FIELDS))
        )
