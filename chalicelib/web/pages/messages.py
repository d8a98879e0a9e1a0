"""Sentences of the pages that depend on numbers, times or zones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chalicelib.web.texts import _

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

_MAX_LISTED = 4
_RANGE = re.compile(r"(\d\d:\d\d–\d\d:\d\d)", re.ASCII)


def merge_ranges(labels: Sequence[str]) -> list[str]:
    """Join ranges that touch: 14:00 to 14:30 and 14:30 to 15:00 become 14:00 to 15:00."""
    merged: list[str] = []
    for label in labels:
        start, dash, end = label.partition("–")
        if dash and merged and merged[-1].endswith(f"–{start}"):
            merged[-1] = f"{merged[-1].partition('–')[0]}–{end}"
        else:
            merged.append(label)
    return merged


def list_times(times: Sequence[str], most: int = _MAX_LISTED) -> str:
    """Name the first few times and the number of the rest: the boxes themselves show them all."""
    more = len(times) - most
    listed = ", ".join(times[:most])
    return _("%(times)s and %(count)s more", times=listed, count=more) if more > 0 else listed


def split_ranges(text: str) -> list[str]:
    """Split a sentence at its ranges of times, which are every second part.

    Templates keep each range on one line: a browser would break it at its dash.
    """
    return _RANGE.split(text)


def format_zone(zone: ZoneInfo) -> str:
    """Name a zone by its city: ``London time`` for ``Europe/London``."""
    city = zone_city(zone)
    return _("%(city)s time", city=city) if city else zone.key


def zone_city(zone: ZoneInfo) -> str:
    """``New York`` for ``America/New_York``; empty for a zone such as ``Etc/UTC``."""
    area, _slash, city = zone.key.partition("/")
    return "" if area == "Etc" else city.rpartition("/")[2].replace("_", " ")
