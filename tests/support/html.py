"""HTML of pages, read with BeautifulSoup, and markup samples for tests of escaping."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup, Comment, Tag
from bs4.element import Doctype, NavigableString

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bs4.filter import SoupStrainer

# A word that is in no template.
PLAIN_TEXT = "Xanthippe"
MARKUP_SAMPLES = (
    "<img src=x onerror=alert(1)>",
    '"><script>alert(1)</script>',
    "' autofocus onfocus='alert(1)",
    "</script></title><svg onload=alert(1)>",
    "--><b>bold</b><!--",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "&lt;b&gt;&#60;i&#62;",
)


def parse(markup: str, only: SoupStrainer | None = None) -> BeautifulSoup:
    """Parse a page, or only the elements that a strainer takes."""
    return BeautifulSoup(markup, "html.parser", multi_valued_attributes=None, parse_only=only)


parse_once = lru_cache(parse)
"""For a page with which several others are compared."""


def text_of(element: Tag, separator: str = "") -> str:
    """Return the element's text with normalized white space."""
    return " ".join(element.get_text(separator).split())


def attribute(element: Tag, name: str, default: str = "") -> str:
    return str(element.get(name, default))


def structure(node: Tag) -> Iterator[tuple[str, ...]]:
    """Yield the start (with attribute names) and end of each element, and each comment."""
    for child in node.children:
        if isinstance(child, Tag):
            yield (child.name, *child.attrs)
            yield from structure(child)
            yield (f"/{child.name}",)
        elif isinstance(child, Comment):
            yield ("!", str(child))


def count_text(page: Tag, text: str) -> int:
    """Count a text in the text nodes and attribute values of a page."""
    return sum(words.count(text) for words in _texts(page))


def _texts(page: Tag) -> Iterator[str]:
    for node in page.descendants:
        if isinstance(node, Tag):
            yield from map(str, node.attrs.values())
        elif isinstance(node, NavigableString) and not isinstance(node, Comment | Doctype):
            yield str(node)
