"""Canonical names of time zones, and zones whose clocks change."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo, available_timezones

import pytest

from chalicelib.domain import time_zones
from chalicelib.domain.time_zone_aliases import ALIASES
from tools.time_zones import TARGET, read_aliases, render

TODAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("US/Eastern", "America/New_York"),
        ("GB", "Europe/London"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("UTC", "Etc/UTC"),
        ("Europe/London", "Europe/London"),
        ("Europe/Amsterdam", "Europe/Amsterdam"),
    ],
)
def test_alias_has_a_canonical_name(alias: str, name: str) -> None:
    assert time_zones.canonical_name(alias) == name


def test_aliases_are_those_of_the_installed_database() -> None:
    """``python -m tools.time_zones`` writes them after a new tzdata is pinned."""
    assert TARGET.read_text() == render(read_aliases())


def test_canonical_names_are_zones_with_the_same_clock() -> None:
    days = [date(year, month, 1) for year in (2011, 2026, 2036) for month in (1, 4, 7, 10)]

    assert ALIASES.keys() | set(ALIASES.values()) <= available_timezones()
    assert not ALIASES.keys() & set(ALIASES.values())
    for alias, name in ALIASES.items():
        for day in days:
            assert offset(alias, day) == offset(name, day), alias


def offset(zone: str, day: date) -> object:
    return datetime.combine(day, time(12), ZoneInfo(zone)).utcoffset()


@pytest.mark.parametrize(
    ("zone", "changes"),
    [
        ("Europe/London", True),
        ("Australia/Lord_Howe", True),
        ("Antarctica/Troll", True),
        ("Asia/Kolkata", False),
        ("Etc/UTC", False),
        ("America/Sao_Paulo", False),
    ],
)
def test_zone_has_clock_changes_in_the_next_ten_years(zone: str, *, changes: bool) -> None:
    assert time_zones.has_clock_changes(ZoneInfo(zone), TODAY) is changes


@pytest.mark.parametrize(
    ("today", "changes"), [(date(2019, 2, 16), True), (date(2019, 2, 17), False)]
)
def test_clock_change_of_today_counts(today: date, *, changes: bool) -> None:
    """São Paulo turned its clock back for the last time at the end of 16 February 2019."""
    assert time_zones.has_clock_changes(ZoneInfo("America/Sao_Paulo"), today) is changes


def test_last_dates_of_the_calendar_have_no_later_changes() -> None:
    assert not time_zones.has_clock_changes(ZoneInfo("Europe/London"), date.max)
