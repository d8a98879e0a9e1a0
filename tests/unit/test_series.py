"""Which slots a series wants on which dates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain import local_time
from chalicelib.domain.series import Series, TimeRange, slots_wanted, validate_series, weekly_hours
from chalicelib.domain.slot import Slot
from tests.support.factories import MONDAY, make_grid, make_series

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.domain.grid import Grid

WEEK = timedelta(weeks=1)


def times(series: Series, on: date = MONDAY) -> list[str]:
    """Return the times of the slots that the series wants on a date."""
    return [local_time.format_range(slot, series.grid.zone) for slot in series.slots_on(on)]


def test_a_series_wants_the_boxes_within_its_hours() -> None:
    series = make_series({0: [("09:00", "10:30")]})
    assert times(series) == ["09:00–09:30", "09:30–10:00", "10:00–10:30"]
    assert times(series, MONDAY + timedelta(days=1)) == []


def test_a_box_partly_outside_the_hours_is_not_wanted() -> None:
    series = make_series({0: [("09:15", "10:15")]})
    assert times(series) == ["09:30–10:00"]


def test_a_series_wants_nothing_outside_the_weekly_hours() -> None:
    series = make_series({0: [("07:00", "09:30")]})
    assert times(series) == ["09:00–09:30"]


def test_a_series_applies_from_its_first_to_its_last_date() -> None:
    series = make_series({0: [("09:00", "10:00")]}, first=MONDAY, last=MONDAY + WEEK)
    weeks = range(-1, 3)
    assert [bool(times(series, MONDAY + n * WEEK)) for n in weeks] == [False, True, True, False]


def test_every_second_week_counts_from_monday_of_the_first_date() -> None:
    friday = MONDAY + timedelta(days=4)
    series = make_series({0: [("09:00", "10:00")], 4: [("09:00", "10:00")]}, every=2, first=friday)
    assert times(series, friday)
    assert not times(series, MONDAY + WEEK)
    assert times(series, MONDAY + 2 * WEEK)


def test_every_second_week_goes_on_over_a_year_with_53_weeks() -> None:
    # ISO 8601: 2026 has 53 weeks, so weeks 53 of 2026 and 1 of 2027 are both odd.
    monday = date(2026, 12, 14)
    series = make_series({0: [("09:00", "10:00")]}, every=2, first=monday)
    wanted = [monday + n * WEEK for n in range(6) if times(series, monday + n * WEEK)]
    assert wanted == [date(2026, 12, 14), date(2026, 12, 28), date(2027, 1, 11)]


def test_nine_stays_nine_when_the_clock_changes() -> None:
    series = make_series({6: [("09:00", "09:30")]}, first=date(2026, 10, 4))
    for sunday in (date(2026, 10, 18), date(2026, 10, 25), date(2027, 3, 28)):
        assert times(series, sunday) == ["09:00–09:30"]


def test_a_repeated_hour_is_wanted_twice_and_a_skipped_one_never() -> None:
    grid = make_grid(("00:00", "03:00"), minutes=60)
    series = make_series({6: [("01:00", "02:00")]}, grid=grid, first=date(2026, 10, 4))
    assert times(series, date(2026, 10, 25)) == [
        "01:00 +01:00–01:00 +00:00",
        "01:00 +00:00–02:00",
    ]
    assert times(series, date(2027, 3, 28)) == []


def test_lord_howe_moves_its_clock_by_half_an_hour() -> None:
    grid = make_grid(("00:00", "24:00"), zone=ZoneInfo("Australia/Lord_Howe"))
    series = make_series({6: [("01:00", "03:00")]}, grid=grid, first=date(2026, 9, 6))
    starts = ["01:00", "01:30", "02:00", "02:30"]
    usual, spring, autumn = (
        times(series, sunday) for sunday in (date(2026, 9, 27), date(2026, 10, 4), date(2027, 4, 4))
    )
    assert [time[:5] for time in usual] == starts
    assert [time[:5] for time in spring] == ["01:00", "01:30", "02:30"]
    assert [time[:5] for time in autumn] == ["01:00", "01:30", "01:30", "02:00", "02:30"]


def test_a_series_that_ended_wants_nothing_from_that_date_on() -> None:
    series = make_series({0: [("09:00", "10:00")]})
    ended = series.ended_before(MONDAY + WEEK)
    assert ended.version == series.version + 1
    assert times(ended)
    assert not times(ended, MONDAY + WEEK)
    assert not times(series.ended_before(MONDAY - WEEK))


def test_ending_a_series_later_does_not_make_it_longer() -> None:
    series = make_series({0: [("09:00", "10:00")]}, last=MONDAY)
    assert series.ended_before(MONDAY + 5 * WEEK).last == MONDAY


def test_what_two_series_want_is_wanted_once() -> None:
    first, second = make_series({0: [("09:00", "10:00")]}), make_series({0: [("09:30", "10:30")]})
    wanted = slots_wanted([first, second], MONDAY)
    assert [local_time.format_time(slot.start, first.grid.zone) for slot in wanted] == [
        "09:00",
        "09:30",
        "10:00",
    ]


def test_of_two_boxes_that_overlap_the_first_is_wanted() -> None:
    hours = {0: [("09:00", "10:00")]}
    of_20: Grid = make_grid(minutes=20)
    wanted = slots_wanted([make_series(hours), make_series(hours, grid=of_20)], MONDAY)
    assert [local_time.format_range(slot, of_20.zone) for slot in wanted] == [
        "09:00–09:20",
        "09:20–09:40",
        "09:40–10:00",
    ]


def hours_of(slots: Iterable[Slot], zone: str = "Europe/London") -> dict[int, list[str]]:
    """Return the weekly hours of slots as text."""
    found = weekly_hours(slots, ZoneInfo(zone))
    form = local_time.format_time_of_day
    return {
        day: [f"{form(hours.start)}-{form(hours.end)}" for hours in ranges]
        for day, ranges in found.items()
    }


def test_slots_of_a_week_that_touch_become_ranges_by_weekday() -> None:
    hours = {0: [("09:00", "12:00")], 3: [("09:00", "10:00"), ("13:00", "14:00")]}
    morning = make_series(hours, grid=make_grid(("09:00", "17:00")))
    slots = [slot for n in range(7) for slot in morning.slots_on(MONDAY + timedelta(days=n))]

    assert hours_of(reversed(slots)) == {0: ["09:00-12:00"], 3: ["09:00-10:00", "13:00-14:00"]}


def test_weekly_hours_end_at_midnight() -> None:
    series = make_series({0: [("23:00", "24:00")]}, grid=make_grid(("22:00", "24:00")))

    assert hours_of(series.slots_on(MONDAY)) == {0: ["23:00-24:00"]}


def test_weekly_hours_do_not_grow_where_the_clock_skips_an_hour() -> None:
    spring = date(2027, 3, 28)
    start = local_time.to_utc(spring, timedelta(minutes=30), ZoneInfo("Europe/London"))
    slot = Slot(start=start, end=start + timedelta(minutes=30))

    assert hours_of([slot]) == {6: ["00:30-01:00"]}


def test_weekly_hours_name_a_repeated_hour_once() -> None:
    autumn = date(2026, 10, 25)
    grid = make_grid(("00:00", "03:00"))

    assert hours_of(grid.candidate_slots(autumn)) == {6: ["00:00-03:00"]}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, []),
        ({"name": " "}, [("name", None)]),
        ({"weekly": {}}, [("weekly", None)]),
        ({"weekly": {0: [("10:00", "09:00")], 2: []}}, [("weekly", 0)]),
        ({"weekly": {1: [("09:00", "10:00"), ("09:30", "11:00")]}}, [("weekly", 1)]),
        ({"every_weeks": 0}, [("every_weeks", None)]),
        ({"every_weeks": 5}, [("every_weeks", None)]),
        ({"last": MONDAY - WEEK}, [("last", None)]),
        ({"first": None, "last": MONDAY}, []),
    ],
)
def test_each_rule_of_a_series_names_its_field(
    values: dict[str, Any], expected: list[tuple[str, int | None]]
) -> None:
    requested = {
        "name": "Mornings",
        "every_weeks": 1,
        "first": MONDAY,
        "last": None,
        "weekly": {0: [("09:00", "12:00"), ("12:00", "13:00")]},
        **values,
    }
    weekly = {
        weekday: [TimeRange(*map(local_time.parse_time_of_day, hours)) for hours in ranges]
        for weekday, ranges in requested.pop("weekly").items()
    }

    found = validate_series(weekly=weekly, **requested)

    assert [(violation.field, violation.weekday) for violation in found] == expected
