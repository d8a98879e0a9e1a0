"""What a clock on the wall shows, and when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from chalicelib.domain.wall_time import (
    EARLIEST_DATE,
    called,
    clock,
    instant_of,
    instants_showing,
    rfc3339,
    since_midnight,
    time_of_day,
)
from tests.builders import LONDON, a_slot

NEW_YORK = ZoneInfo("America/New_York")


def test_a_time_in_the_gap_of_a_spring_night_is_shown_by_no_clock() -> None:
    assert instants_showing(datetime(2027, 3, 28, 1, 30), LONDON) == ()  # noqa: DTZ001  wall time


def test_a_time_in_the_gap_means_the_instant_of_the_jump() -> None:
    jump = datetime(2027, 3, 28, 1, tzinfo=UTC)

    assert instant_of(date(2027, 3, 28), timedelta(hours=1, minutes=30), LONDON) == jump


def test_a_time_of_the_repeated_hour_is_shown_twice_and_means_the_first() -> None:
    first, second = instants_showing(datetime(2027, 10, 31, 1, 30), LONDON)  # noqa: DTZ001  wall time

    assert (first, second) == (
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
        datetime(2027, 10, 31, 1, 30, tzinfo=UTC),
    )
    assert instant_of(date(2027, 10, 31), timedelta(hours=1, minutes=30), LONDON) == first


def test_24_hours_are_the_end_of_the_date_however_long_it_is() -> None:
    day = timedelta(hours=24)

    lengths = [
        instant_of(on, day, NEW_YORK) - instant_of(on, timedelta(), NEW_YORK)
        for on in (date(2027, 3, 14), date(2027, 7, 1), date(2027, 11, 7))
    ]

    assert lengths == [timedelta(hours=hours) for hours in (23, 24, 25)]


def test_a_date_that_a_zone_skipped_has_no_time_at_all() -> None:
    apia, skipped = ZoneInfo("Pacific/Apia"), date(2011, 12, 30)

    assert instant_of(skipped, timedelta(), apia) == instant_of(skipped, timedelta(hours=24), apia)


def test_the_clock_says_24_hours_and_in_a_repeated_hour_which_of_the_two() -> None:
    assert clock(datetime(2027, 7, 1, 14, 5, tzinfo=UTC), LONDON) == "15:05"
    assert clock(datetime(2027, 10, 31, 0, 30, tzinfo=UTC), LONDON) == "01:30 +01:00"
    assert clock(datetime(2027, 10, 31, 1, 30, tzinfo=UTC), LONDON) == "01:30 +00:00"


def test_instants_are_told_with_the_zones_own_offset() -> None:
    kathmandu = ZoneInfo("Asia/Kathmandu")

    told = rfc3339(datetime(2027, 1, 1, tzinfo=UTC), kathmandu)

    assert told == "2027-01-01T05:45:00+05:45"


def test_an_instant_that_is_no_whole_minute_is_told_in_full() -> None:
    assert called(a_slot("09:00"), LONDON) == "09:00-09:30"
    assert called(datetime(2026, 11, 23, 9, 0, 30, tzinfo=UTC), LONDON) == (
        "2026-11-23T09:00:30+00:00"
    )


@pytest.mark.parametrize("text", ["00:00", "09:30", "23:59", "24:00"])
def test_a_time_of_day_reads_back_as_it_was_written(text: str) -> None:
    assert time_of_day(since_midnight(text)) == text


def test_since_the_earliest_date_no_zone_has_a_date_in_two_pieces_nor_seconds_in_its_offset() -> (
    None
):
    """The design rests on it: a date is one stretch of real time, told in whole minutes."""
    begin = datetime(EARLIEST_DATE.year, 1, 1, tzinfo=UTC)
    hours = [begin + timedelta(hours=hour) for hour in range(0, 24 * 365 * 3, 6)]
    for zone in map(ZoneInfo, available_timezones()):
        for before, after in pairwise(hours):
            old, new = before.astimezone(zone), after.astimezone(zone)
            assert old.date() <= new.date(), (zone, after)
            assert (new.utcoffset() or timedelta()) % timedelta(minutes=1) == timedelta()
