"""The grid slots of a date, with and without clock changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.grid import ClinicSession, Grid
from chalicelib.domain.local_time import format_range
from tests.support.factories import MONDAY, make_grid

if TYPE_CHECKING:
    from collections.abc import Iterable


MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
FIRST_DATE, LAST_DATE = date(2024, 1, 1), date(2034, 12, 31)


def slot_labels(grid: Grid, date: date) -> list[str]:
    return [format_range(grid_slot, grid.zone) for grid_slot in grid.candidate_slots(date)]


def test_sessions_are_divided_by_slot_length() -> None:
    grid = make_grid(("09:00", "10:00"), ("13:00", "14:30"))

    assert slot_labels(grid, MONDAY) == [
        "09:00–09:30",
        "09:30–10:00",
        "13:00–13:30",
        "13:30–14:00",
        "14:00–14:30",
    ]


def test_incomplete_last_slot_is_dropped() -> None:
    assert slot_labels(make_grid(("09:00", "10:00"), minutes=25), MONDAY) == [
        "09:00–09:25",
        "09:25–09:50",
    ]


@pytest.mark.parametrize(
    ("zone", "on", "around_the_change"),
    [
        ("Europe/London", date(2027, 3, 28), ["00:00–00:30", "00:30–02:00", "02:00–02:30"]),
        (
            "Europe/London",
            date(2027, 10, 31),
            [
                "00:00–00:30",
                "00:30–01:00 +01:00",
                "01:00 +01:00–01:30 +01:00",
                "01:30 +01:00–01:00 +00:00",
                "01:00 +00:00–01:30 +00:00",
                "01:30 +00:00–02:00",
            ],
        ),
        ("America/New_York", date(2027, 3, 14), ["00:00–00:30", "00:30–01:00", "01:00–01:30"]),
        # Lord Howe changes its clock by half an hour.
        (
            "Australia/Lord_Howe",
            date(2027, 4, 4),
            ["00:00–00:30", "00:30–01:00", "01:00–01:30 +11:00", "01:30 +11:00–01:30 +10:30"],
        ),
        (
            "Australia/Lord_Howe",
            date(2027, 10, 3),
            ["00:00–00:30", "00:30–01:00", "01:00–01:30", "01:30–02:30", "02:30–03:00"],
        ),
        # The clock changes from 00:00 to 01:00.
        ("Asia/Beirut", date(2027, 3, 28), ["01:00–01:30", "01:30–02:00"]),
        # Samoa skipped this Friday.
        ("Pacific/Apia", date(2011, 12, 30), []),
        ("Pacific/Apia", date(2011, 12, 31), ["00:00–00:30", "00:30–01:00"]),
        ("Asia/Kathmandu", date(2027, 3, 28), ["00:00–00:30", "00:30–01:00"]),
    ],
)
def test_grid_slots_follow_real_time_on_dst_change(
    zone: str, on: date, around_the_change: list[str]
) -> None:
    night = slot_labels(make_grid(("00:00", "04:00"), zone=zone), on)

    assert night[: len(around_the_change)] == around_the_change
    assert bool(night) is bool(around_the_change)


@pytest.mark.parametrize(
    ("zone", "on", "hours"),
    [
        ("Europe/London", date(2027, 3, 28), 23),
        ("Europe/London", date(2027, 10, 31), 25),
        ("America/New_York", date(2027, 3, 14), 23),
        ("Australia/Lord_Howe", date(2027, 4, 4), 24.5),
        ("Australia/Lord_Howe", date(2027, 10, 3), 23.5),
        ("Asia/Kathmandu", date(2027, 3, 28), 24),
    ],
)
def test_whole_day_has_one_slot_per_half_hour(zone: str, on: date, hours: float) -> None:
    assert len(make_grid(("00:00", "24:00"), zone=zone).candidate_slots(on)) == hours * 2


@cache
def dst_change_dates(zone: ZoneInfo) -> list[date]:
    """Return the dates within ten years on which the zone's clock changes."""
    noons = [
        datetime(FIRST_DATE.year, 1, 1, 12, tzinfo=UTC) + timedelta(days=day) for day in range(3652)
    ]
    offsets = [noon.astimezone(zone).utcoffset() for noon in noons]
    changes = [
        noon.date()
        for noon, before, after in zip(noons[1:], offsets, offsets[1:], strict=False)
        if before != after
    ]
    return changes or [FIRST_DATE]


@st.composite
def grids_and_dates(draw: st.DrawFn) -> tuple[Grid, date]:
    """Draw a grid of any sessions, length and zone, and a date, often near a clock change."""
    zone = ZoneInfo(draw(st.sampled_from(sorted(available_timezones()))))
    edges = draw(st.lists(st.integers(0, 24 * 12), min_size=2, max_size=8, unique=True))
    times = [timedelta(minutes=5 * edge) for edge in sorted(edges)]
    sessions = tuple(
        ClinicSession(start=start, end=end)
        for start, end in zip(times[::2], times[1::2], strict=False)
    )
    grid = Grid(
        sessions=sessions,
        slot_length=timedelta(minutes=draw(st.integers(5, 240))),
        zone=zone,
    )
    near = st.sampled_from(dst_change_dates(zone)).flatmap(
        lambda day: st.integers(-1, 1).map(lambda shift: day + timedelta(days=shift))
    )
    return grid, draw(st.one_of(near, st.dates(FIRST_DATE, LAST_DATE)))


def session_minutes(session: ClinicSession, grid: Grid, date: date) -> list[datetime]:
    """Return the minutes of a session in real time, by a slow but obviously correct method."""
    midday = datetime(date.year, date.month, date.day, 12, tzinfo=UTC)
    around = (midday + minute * MINUTE for minute in range(-30 * 60, 30 * 60))
    local = ((instant, instant.astimezone(grid.zone)) for instant in around)
    of_date = [(instant, wall) for instant, wall in local if wall.date() == date]
    has_begun = False
    inside = []
    for instant, wall in of_date:
        wall_time = timedelta(hours=wall.hour, minutes=wall.minute)
        has_begun = has_begun or wall_time >= session.start
        if has_begun and wall_time >= session.end:
            break
        if has_begun:
            inside.append(instant)
    return inside


@given(grids_and_dates())
def test_grid_slots_tile_real_time_of_every_session(
    grid_and_date: tuple[Grid, date],
) -> None:
    grid, on = grid_and_date

    for session in grid.sessions:
        grid_slots = list(grid.slots_in_session(session, on))
        real = session_minutes(session, grid, on)

        assert all(grid_slot.length == grid.slot_length for grid_slot in grid_slots)
        covered = [
            grid_slot.start + minute * MINUTE
            for grid_slot in grid_slots
            for minute in range(grid_slot.length // MINUTE)
        ]
        assert covered == real[: len(covered)]  # no gap, no overlap, no time of another date
        assert (len(real) - len(covered)) * MINUTE < grid.slot_length  # no slot missing


@given(grids_and_dates())
def test_grid_slots_never_overlap_or_cross_midnight(grid_and_date: tuple[Grid, date]) -> None:
    grid, on = grid_and_date

    grid_slots = grid.candidate_slots(on)

    assert all(earlier.end <= later.start for earlier, later in pairwise(grid_slots))
    for grid_slot in grid_slots:
        assert grid_slot.start.astimezone(grid.zone).date() == on
        assert (grid_slot.end - MINUTE).astimezone(grid.zone).date() == on


def test_date_has_sessions_of_its_weekday() -> None:
    weekend, weekdays = frozenset({5, 6}), frozenset(range(5))
    grid = Grid(
        sessions=(
            ClinicSession(start=9 * HOUR, end=10 * HOUR, weekdays=weekend),
            ClinicSession(start=9 * HOUR, end=12 * HOUR, weekdays=weekdays),
        ),
        slot_length=timedelta(minutes=30),
        zone=ZoneInfo("Europe/London"),
    )
    monday = date(2026, 11, 23)

    counts = [len(grid.candidate_slots(monday + timedelta(days=n))) for n in range(7)]

    assert counts == [6, 6, 6, 6, 6, 2, 2]
    assert grid.max_slots_per_day == 6


def test_same_slots_however_sessions_are_grouped() -> None:
    daily = make_grid(("09:00", "10:00"))
    weekend, weekdays = (
        replace(daily.sessions[0], weekdays=frozenset(days)) for days in ((5, 6), range(5))
    )

    assert replace(daily, sessions=(weekdays, weekend)).has_same_slots(daily)
    assert not replace(daily, sessions=(weekdays,)).has_same_slots(daily)
    assert not replace(daily, slot_length=10 * MINUTE).has_same_slots(daily)


@given(grids_and_dates(), st.lists(st.sets(st.integers(0, 6), min_size=1), min_size=4, max_size=4))
def test_weekdays_choose_among_the_slots_of_every_day(
    grid_and_date: tuple[Grid, date], weekdays: list[set[int]]
) -> None:
    daily, on = grid_and_date
    pairs = list(zip(daily.sessions, weekdays, strict=False))
    sessions = tuple(replace(session, weekdays=frozenset(days)) for session, days in pairs)

    slots = replace(daily, sessions=sessions).candidate_slots(on)

    assert slots == tuple(
        slot
        for session, days in pairs
        if on.weekday() in days
        for slot in daily.slots_in_session(session, on)
    )


@pytest.mark.parametrize(
    ("weekdays", "text"),
    [
        (range(7), "09:00–12:00"),
        (range(5), "Mon–Fri 09:00–12:00"),
        ((0, 1, 2, 4), "Mon–Wed, Fri 09:00–12:00"),
        ((5, 6), "Sat, Sun 09:00–12:00"),
        ((2,), "Wed 09:00–12:00"),
    ],
)
def test_session_names_its_weekdays(weekdays: Iterable[int], text: str) -> None:
    session = ClinicSession(start=9 * HOUR, end=12 * HOUR, weekdays=frozenset(weekdays))

    assert str(session) == text
