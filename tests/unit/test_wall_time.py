"""What a clock on the wall shows, and when."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from zoneinfo import ZoneInfo, available_timezones

import pytest

from chalicelib.domain.local_time import (
    MIN_DATE,
    format_range,
    format_time,
    format_time_of_day,
    parse_time_of_day,
    to_rfc3339,
    to_utc,
    utc_candidates,
)
from tests.builders import LONDON, make_slot

NEW_YORK = ZoneInfo("America/New_York")


def test_a_time_in_the_gap_of_a_spring_night_is_shown_by_no_clock() -> None:
    assert utc_candidates(datetime(2027, 3, 28, 1, 30), LONDON) == ()  # noqa: DTZ001  wall time


def test_a_time_in_the_gap_means_the_instant_of_the_jump() -> None:
    jump = datetime(2027, 3, 28, 1, tzinfo=UTC)

    assert to_utc(date(2027, 3, 28), timedelta(hours=1, minutes=30), LONDON) == jump


def test_a_time_of_the_repeated_hour_is_shown_twice_and_means_the_first() -> None:
    first, second = utc_candidates(datetime(2027, 10, 31, 1, 30), LONDON)  # noqa: DTZ001  wall time

    assert (first, second) == (
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
        datetime(2027, 10, 31, 1, 30, tzinfo=UTC),
    )
    assert to_utc(date(2027, 10, 31), timedelta(hours=1, minutes=30), LONDON) == first


def test_24_hours_are_the_end_of_the_date_however_long_it_is() -> None:
    day = timedelta(hours=24)

    lengths = [
        to_utc(on, day, NEW_YORK) - to_utc(on, timedelta(), NEW_YORK)
        for on in (date(2027, 3, 14), date(2027, 7, 1), date(2027, 11, 7))
    ]

    assert lengths == [timedelta(hours=hours) for hours in (23, 24, 25)]


def test_a_date_that_a_zone_skipped_has_no_time_at_all() -> None:
    apia, skipped = ZoneInfo("Pacific/Apia"), date(2011, 12, 30)

    assert to_utc(skipped, timedelta(), apia) == to_utc(skipped, timedelta(hours=24), apia)


def test_the_clock_says_24_hours_and_in_a_repeated_hour_which_of_the_two() -> None:
    assert format_time(datetime(2027, 7, 1, 14, 5, tzinfo=UTC), LONDON) == "15:05"
    assert format_time(datetime(2027, 10, 31, 0, 30, tzinfo=UTC), LONDON) == "01:30 +01:00"
    assert format_time(datetime(2027, 10, 31, 1, 30, tzinfo=UTC), LONDON) == "01:30 +00:00"


def test_instants_are_told_with_the_zones_own_offset() -> None:
    kathmandu = ZoneInfo("Asia/Kathmandu")

    told = to_rfc3339(datetime(2027, 1, 1, tzinfo=UTC), kathmandu)

    assert told == "2027-01-01T05:45:00+05:45"


def test_an_instant_that_is_no_whole_minute_is_told_in_full() -> None:
    assert format_range(make_slot("09:00"), LONDON) == "09:00-09:30"
    assert format_range(datetime(2026, 11, 23, 9, 0, 30, tzinfo=UTC), LONDON) == (
        "2026-11-23T09:00:30+00:00"
    )


@pytest.mark.parametrize("text", ["00:00", "09:30", "23:59", "24:00"])
def test_a_time_of_day_reads_back_as_it_was_written(text: str) -> None:
    assert format_time_of_day(parse_time_of_day(text)) == text


def repeated_dates(zone: ZoneInfo, first: date, last: date) -> list[date]:
    """The dates that the zone's clock comes back to after another date has begun."""
    found, day, end = [], _midnight(first), _midnight(last)
    while day < end:
        tomorrow = day + timedelta(days=1)
        if day.astimezone(zone).utcoffset() != tomorrow.astimezone(zone).utcoffset():
            before, after = day, tomorrow
            while after - before > timedelta(seconds=1):
                middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
                if middle.astimezone(zone).utcoffset() == day.astimezone(zone).utcoffset():
                    before = middle
                else:
                    after = middle
            if after.astimezone(zone).date() < before.astimezone(zone).date():
                found.append(after.astimezone(zone).date())
        day = tomorrow
    return found


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def test_newfoundland_used_to_turn_its_clock_back_across_midnight() -> None:
    st_johns = ZoneInfo("America/St_Johns")

    found = repeated_dates(st_johns, date(2009, 1, 1), MIN_DATE)

    assert found == [date(2009, 10, 31), date(2010, 11, 6)]


def test_since_the_earliest_date_no_zone_comes_back_to_a_date_nor_has_seconds_in_its_offset() -> (
    None
):
    """The design rests on it: a date is one stretch of real time, told in whole minutes."""
    noon = datetime(MIN_DATE.year, 1, 1, 12, tzinfo=UTC)
    for zone in distinct_zones():
        assert repeated_dates(zone, MIN_DATE, date(2037, 12, 31)) == []
        assert (noon.astimezone(zone).utcoffset() or timedelta()) % timedelta(minutes=1) == (
            timedelta()
        )


def distinct_zones() -> list[ZoneInfo]:
    """Every zone once, under one of its names."""
    folder = resources.files("tzdata") / "zoneinfo"
    by_content = {
        folder.joinpath(*name.split("/")).read_bytes(): name for name in available_timezones()
    }
    return [ZoneInfo(name) for name in by_content.values()]


def test_the_zones_are_those_of_the_pinned_package_whatever_the_system_has() -> None:
    assert zoneinfo.TZPATH == ()
