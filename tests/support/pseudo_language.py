"""Texts of a page that are not in the catalogue: in the pseudo-language they have no brackets."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup
from bs4.element import NavigableString

PSEUDO = "en-XA"
# What is no text of ours: names and other data, and what browsers never show.
_DATA = ("bdi", "time", "script", "style", "option", "svg", "textarea")
_TEXT_ATTRIBUTES = ("aria-label", "title", "placeholder", "alt", "abbr")
_BRAND = "MediLink Slots"
_NO_WORDS = re.compile(r"[^\w]*|[\d\s:.,;–‹›·()%+/-]*", re.ASCII)


def texts_outside_catalogue(html: str) -> list[str]:
    """Return the texts of a page that have words, and no brackets."""
    page = BeautifulSoup(html, "html.parser")
    for element in page.select(", ".join(_DATA)):
        element.decompose()
    shown = [str(node) for node in page.find_all(string=True) if type(node) is NavigableString]
    shown += [
        str(element[name]) for name in _TEXT_ATTRIBUTES for element in page.select(f"[{name}]")
    ]
    outside = [text.replace(_BRAND, "").strip() for text in shown]
    return sorted(
        {text for text in outside if not {*"[]"} & {*text} and not _NO_WORDS.fullmatch(text)}
    )
