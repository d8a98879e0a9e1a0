"""IANA time zones: canonical names, and whether their clocks ever change."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

# An entry of the time zone database that means "not set".
_UNUSABLE = {"Factory"}
_YEARS_AHEAD = 10
_DAY = timedelta(days=1)


@cache
def _usable_names() -> frozenset[str]:
    return frozenset(available_timezones() - _UNUSABLE)


def is_time_zone(name: str) -> bool:
    """Return whether the database has it; names are case-sensitive."""
    return name in _usable_names()


def canonical_name(name: str) -> str:
    """Return the name of which this one is an alias, as ``Asia/Kolkata`` for ``Asia/Calcutta``."""
    from chalicelib.domain.time_zone_aliases import ALIASES  # noqa: PLC0415  only changes of settings need it

    return ALIASES.get(name, name)


@cache
def canonical_names() -> tuple[str, ...]:
    """The names that are no aliases and have an area, such as ``Europe/London``, sorted."""
    names = {canonical_name(name) for name in _usable_names()}
    return tuple(sorted(name for name in names if "/" in name and not name.startswith("Etc/")))


def has_clock_changes(zone: ZoneInfo, today: date) -> bool:
    """Return whether the offset differs on any date from today to ten years on."""
    count = min(366 * _YEARS_AHEAD, (date.max - today).days)
    # At midnight: the offset differs at the start or at the end of each date with a change.
    midnights = (datetime.combine(today + _DAY * day, time(), zone) for day in range(count))
    return len({midnight.utcoffset() for midnight in midnights}) > 1
