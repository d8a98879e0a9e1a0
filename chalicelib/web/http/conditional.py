"""Conditional requests (RFC 9110, section 13): the entity tags of If-Match and If-None-Match."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.web.http.request import header

if TYPE_CHECKING:
    from chalice.app import Request

# Section 5.6.1: a recipient ignores empty elements, as a comma at the end makes one.
_LIST_ELEMENT = re.compile(r'[ \t]*+(?:(W/)?("[^"\x00-\x20\x7f]*+"))?[ \t]*+(?:,|\Z)')
# Nine digits are far more than a version ever has.
_VERSION = re.compile(r'"(\d{1,9})\.[^"]*"', re.ASCII)


class EntityTag(Struct, frozen=True):
    """An entity tag; ``opaque`` has its quotes."""

    opaque: str
    is_weak: bool = False

    @property
    def version(self) -> int | None:
        """The version in a tag that this app made from one; None for any other tag."""
        match = _VERSION.fullmatch(self.opaque)
        return int(match[1]) if match else None


class EntityTags(Struct, frozen=True):
    """The value of a conditional header: some tags, or ``*``, which matches whatever exists."""

    tags: tuple[EntityTag, ...] = ()
    is_any: bool = False

    def has_opaque(self, opaque: str) -> bool:
        """Compare weakly (section 8.8.3.2)."""
        return any(tag.opaque == opaque for tag in self.tags)

    def versions(self, *, with_weak: bool) -> frozenset[int]:
        """The versions in the tags; without the weak ones for a strong comparison."""
        tags = (tag for tag in self.tags if with_weak or not tag.is_weak)
        return frozenset(tag.version for tag in tags if tag.version is not None)


def parse_entity_tags(text: str) -> EntityTags | None:
    """Parse ``*`` or a list of entity tags; None if it is neither."""
    if text == "*":
        return EntityTags(is_any=True)
    tags: list[EntityTag] = []
    position = 0
    while position < len(text):
        match = _LIST_ELEMENT.match(text, position)
        if match is None:
            return None
        position = match.end()
        if match[2]:
            tags.append(EntityTag(match[2], is_weak=match[1] is not None))
    return EntityTags(tuple(tags)) if tags else None


def etag_matches(etag: str, request: Request) -> bool:
    """Return whether ``If-None-Match`` has the ETag of what exists; a malformed one has none."""
    sent = parse_entity_tags(header(request, "if-none-match") or "")
    return sent is not None and (sent.is_any or sent.has_opaque(etag))
