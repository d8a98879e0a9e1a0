"""Conversion between local times and instants."""

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
from tests.support.factories import LONDON, make_slot
from tests.support.profile import rounds

NEW_YORK = ZoneInfo("America/New_York")
# No zone changes its offset twice in a week.
STEP = timedelta(days=rounds(daily=7, nightly=1))


def test_time_in_dst_gap_has_no_instant() -> None:
    assert utc_candidates(datetime(2027, 3, 28, 1, 30), LONDON) == ()  # noqa: DTZ001  wall time


def test_time_in_dst_gap_maps_to_the_transition() -> None:
    jump = datetime(2027, 3, 28, 1, tzinfo=UTC)

    assert to_utc(date(2027, 3, 28), timedelta(hours=1, minutes=30), LONDON) == jump


def test_repeated_time_has_two_instants_and_maps_to_first() -> None:
    first, second = utc_candidates(datetime(2027, 10, 31, 1, 30), LONDON)  # noqa: DTZ001  wall time

    assert (first, second) == (
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
        datetime(2027, 10, 31, 1, 30, tzinfo=UTC),
    )
    assert to_utc(date(2027, 10, 31), timedelta(hours=1, minutes=30), LONDON) == first


def test_hour_24_is_end_of_date_of_any_length() -> None:
    day = timedelta(hours=24)

    lengths = [
        to_utc(on, day, NEW_YORK) - to_utc(on, timedelta(), NEW_YORK)
        for on in (date(2027, 3, 14), date(2027, 7, 1), date(2027, 11, 7))
    ]

    assert lengths == [timedelta(hours=hours) for hours in (23, 24, 25)]


def test_skipped_date_has_no_times() -> None:
    apia, skipped = ZoneInfo("Pacific/Apia"), date(2011, 12, 30)

    assert to_utc(skipped, timedelta(), apia) == to_utc(skipped, timedelta(hours=24), apia)


def test_formatted_time_marks_hour_24_and_repeated_hour() -> None:
    assert format_time(datetime(2027, 7, 1, 14, 5, tzinfo=UTC), LONDON) == "15:05"
    assert format_time(datetime(2027, 10, 31, 0, 30, tzinfo=UTC), LONDON) == "01:30 +01:00"
    assert format_time(datetime(2027, 10, 31, 1, 30, tzinfo=UTC), LONDON) == "01:30 +00:00"


def test_rfc3339_has_zone_offset() -> None:
    kathmandu = ZoneInfo("Asia/Kathmandu")

    response = to_rfc3339(datetime(2027, 1, 1, tzinfo=UTC), kathmandu)

    assert response == "2027-01-01T05:45:00+05:45"


def test_rfc3339_has_full_precision() -> None:
    assert format_range(make_slot("09:00"), LONDON) == "09:00–09:30"
    assert format_range(datetime(2026, 11, 23, 9, 0, 30, tzinfo=UTC), LONDON) == (
        "2026-11-23T09:00:30+00:00"
    )


@pytest.mark.parametrize("text", ["00:00", "09:30", "23:59", "24:00"])
def test_time_of_day_survives_round_trip(text: str) -> None:
    assert format_time_of_day(parse_time_of_day(text)) == text


def repeated_dates(zone: ZoneInfo, first: date, last: date) -> list[date]:
    """Return the dates that a zone's clock shows again after the next date has begun."""
    found, day, end = [], _midnight(first), _midnight(last)
    while day < end:
        later = day + STEP
        if day.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset():
            before, after = day, later
            while after - before > timedelta(seconds=1):
                middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
                if middle.astimezone(zone).utcoffset() == day.astimezone(zone).utcoffset():
                    before = middle
                else:
                    after = middle
            if after.astimezone(zone).date() < before.astimezone(zone).date():
                found.append(after.astimezone(zone).date())
        day = later
    return found


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def test_newfoundland_fell_back_across_midnight() -> None:
    st_johns = ZoneInfo("America/St_Johns")

    found = repeated_dates(st_johns, date(2009, 1, 1), MIN_DATE)

    assert found == [date(2009, 10, 31), date(2010, 11, 6)]


def test_supported_dates_have_no_repeats_or_offset_seconds() -> None:
    """The design assumes that a date is one interval of time, with offsets in whole minutes."""
    noon = datetime(MIN_DATE.year, 1, 1, 12, tzinfo=UTC)
    last = date(rounds(daily=2028, nightly=2037), 12, 31)
    for zone in distinct_zones():
        assert repeated_dates(zone, MIN_DATE, last) == []
        assert (noon.astimezone(zone).utcoffset() or timedelta()) % timedelta(minutes=1) == (
            timedelta()
        )


def distinct_zones() -> list[ZoneInfo]:
    """Return one name for each distinct zone."""
    folder = resources.files("tzdata") / "zoneinfo"
    by_content = {
        folder.joinpath(*name.split("/")).read_bytes(): name for name in available_timezones()
    }
    return [ZoneInfo(name) for name in by_content.values()]


def test_zones_come_from_pinned_package() -> None:
    assert zoneinfo.TZPATH == ()
