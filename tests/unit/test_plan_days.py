"""What a plan changes of one date, decided without a table."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import local_time
from chalicelib.domain.errors import UnreadableItemError
from chalicelib.domain.plan import (
    Plan,
    PlanKind,
    PlanSources,
    closing_part,
    needs_two_saves,
)
from chalicelib.domain.plan_days import apply_series, is_up_to_date, plan_day
from chalicelib.domain.series import SeriesVersions
from chalicelib.domain.slot import SlotStatus
from tests.support.factories import (
    LONDON,
    MONDAY,
    SUNDAY_NOON,
    make_day,
    make_grid,
    make_series,
    make_slot,
    to_instant,
)

if TYPE_CHECKING:
    from chalicelib.domain.day import Day
    from chalicelib.domain.series import Series

FIRST = make_series({0: [("09:00", "10:00")]})
SECOND = replace(make_series({0: [("11:00", "12:00")]}), version=2)
AS_FIRST = replace(FIRST, version=3)
ALL = SeriesVersions([FIRST, SECOND, AS_FIRST])
HOURS = ("09:00", "09:30", "10:00", "10:30", "11:00", "11:30")
patterns = st.lists(st.sampled_from(HOURS), min_size=1, unique=True)


def day_with_version(number: int) -> Day:
    return replace(make_day(), series_versions={"s-1": number} if number else {})


def version_of(times: list[str], number: int) -> Series:
    """Return a version of the series that wants the slots at those times."""
    ends = {time: HOURS[HOURS.index(time) + 1 :][:1] or ("12:00",) for time in times}
    hours = [(time, ends[time][0]) for time in sorted(times)]
    return replace(make_series({0: hours}), version=number)


def applied(series: Series, day: Day, versions: SeriesVersions) -> Day:
    changes = apply_series(series, day, versions, now=SUNDAY_NOON)
    if changes is None:
        return day
    versions_after = changes.series_versions
    assert versions_after is not None
    return replace(changes.day_after, series_versions=versions_after)


@pytest.mark.parametrize(
    ("number", "series", "expected"),
    [
        (0, FIRST, False),
        (1, FIRST, True),
        (1, SECOND, False),
        (2, FIRST, True),  # a later version has been applied
        (1, AS_FIRST, False),  # it wants the same, but the second one may be under way
        (2, AS_FIRST, False),
        (3, AS_FIRST, True),
    ],
)
def test_day_is_up_to_date_if_no_version_since_differs(
    number: int, series: Series, *, expected: bool
) -> None:
    assert is_up_to_date(series, day_with_version(number), ALL) is expected


def test_day_without_slots_of_any_version_is_up_to_date() -> None:
    tuesday = replace(make_day(), date=MONDAY + timedelta(days=1))
    assert is_up_to_date(AS_FIRST, tuesday, ALL)


def test_unreadable_series_is_not_applied() -> None:
    versions = SeriesVersions([FIRST], unreadable={"s-1"})
    with pytest.raises(UnreadableItemError):
        apply_series(AS_FIRST, day_with_version(1), versions, now=SUNDAY_NOON)


def test_plan_of_a_version_that_is_replaced_does_nothing() -> None:
    plan = Plan(
        doctor_id="dr-lee",
        plan_id="p",
        kind=PlanKind.SERIES,
        created_at=SUNDAY_NOON,
        dates=(MONDAY,),
        closing={},
        series=SECOND,
        replaced=1,
    )
    day = day_with_version(1)

    assert plan_day(plan, day, PlanSources(versions=ALL), make_grid(), now=SUNDAY_NOON) is None
    before = PlanSources(versions=SeriesVersions([FIRST, SECOND]))
    assert plan_day(plan, day, before, make_grid(), now=SUNDAY_NOON) is not None


@given(patterns, patterns)
def test_series_applied_twice_gives_the_day_of_one_application(
    first: list[str], second: list[str]
) -> None:
    one, two = version_of(first, 1), version_of(second, 2)
    versions = SeriesVersions([one, two])

    once = applied(two, applied(one, make_day(), versions), versions)

    assert applied(two, once, versions) == once
    assert [local_time.format_time(start, LONDON) for start in sorted(once.slots)] == sorted(second)


@given(patterns, patterns, patterns)
def test_series_keeps_what_was_booked_opened_or_closed_by_hand(
    first: list[str], second: list[str], touched: list[str]
) -> None:
    one, two = version_of(first, 1), version_of(second, 2)
    versions = SeriesVersions([one, two])
    day = applied(one, make_day(), versions)
    by_hand = {to_instant(time): make_slot(time) for time in touched if time not in first}
    booked = {
        to_instant(time): replace(day.slots[to_instant(time)], status=SlotStatus.BOOKED)
        for time in touched[::2]
        if time in first
    }
    closed = {to_instant(time) for time in touched[1::2] if time in first}
    slots = {start: slot for start, slot in day.slots.items() if start not in closed}
    changed = replace(day, slots={**slots, **by_hand, **booked})

    after = applied(two, changed, versions)

    stays = {**by_hand, **booked}
    assert {start: after.slots.get(start) for start in stays} == stays
    assert not closed & after.slots.keys()


def test_replacing_a_slot_of_the_same_start_needs_two_saves() -> None:
    longer = replace(SECOND, grid=make_grid(minutes=60), weekly=FIRST.weekly)
    versions = SeriesVersions([FIRST, longer])
    day = applied(FIRST, make_day(), versions)

    changes = apply_series(longer, day, versions, now=SUNDAY_NOON)

    assert changes is not None
    assert needs_two_saves(changes)
    closing = closing_part(changes, day)
    assert (closing.opened, closing.series_versions) == ((), None)
    assert not closing.day_after.slots


@pytest.mark.parametrize(
    ("start", "expected"), [("09:00", False), ("00:30", True), ("22:00", True)]
)
def test_only_slots_near_midnight_may_overlap_another_date(start: str, *, expected: bool) -> None:
    assert make_slot(start).may_overlap_adjacent_date(MONDAY, LONDON) is expected
