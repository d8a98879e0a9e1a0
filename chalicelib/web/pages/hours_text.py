"""Times of day as people write them in a form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chalicelib.domain.local_time import parse_time_of_day

if TYPE_CHECKING:
    from datetime import timedelta

# 9, 09:00, 9.30, 0930
_TIME = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))?", re.ASCII)
_MAX_MINUTE = 59
_MAX_HOUR = 23


def parse_time(text: str) -> timedelta | None:
    """Return the time since midnight, at most 24 hours; None if the text is no time."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    is_time = hour <= _MAX_HOUR and minute <= _MAX_MINUTE
    if not is_time and (hour, minute) != (24, 0):
        return None
    return parse_time_of_day(f"{hour}:{minute}")
