"""Weeks and months as ranges of dates, and their totals."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.month import (
    DayTotals,
    fill_rate,
    month_weeks,
    next_month,
    previous_month,
    total_weeks,
    week_dates,
)

dates = st.dates(date(2011, 1, 1), date(2100, 12, 31))


@given(dates)
def test_week_is_seven_dates_from_monday_on(on: date) -> None:
    week = week_dates(on)

    assert (len(week), week[0].weekday(), on in week) == (7, 0, True)
    assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(week))


@given(dates)
def test_weeks_of_a_month_are_exactly_those_with_its_dates(on: date) -> None:
    first = on.replace(day=1)
    weeks = [week_dates(monday) for monday in month_weeks(first)]

    assert 4 <= len(weeks) <= 6
    assert any(on in week for week in weeks)
    assert all(any((each.year, each.month) == (on.year, on.month) for each in w) for w in weeks)


@given(dates)
def test_previous_month_of_next_month_is_the_month(on: date) -> None:
    first = on.replace(day=1)

    assert previous_month(next_month(first)) == first
    assert next_month(first).day == 1


@given(st.dictionaries(dates, st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20))
def test_weeks_add_up_to_their_dates(counts: dict[date, tuple[int, int]]) -> None:
    totals = {
        on: DayTotals(date=on, open=open_slots, booked=booked)
        for on, (open_slots, booked) in counts.items()
    }
    mondays = sorted({week_dates(on)[0] for on in totals})

    weeks = total_weeks(mondays, totals)

    assert sum(week.open for week in weeks) == sum(day.open for day in totals.values())
    assert sum(week.booked for week in weeks) == sum(day.booked for day in totals.values())


def test_fill_rate_is_share_of_booked_slots() -> None:
    days = [DayTotals(date=date(2026, 11, 23), open=1, held=5, booked=3)]

    assert fill_rate(days) == 0.75
    assert fill_rate([DayTotals(date=date(2026, 11, 23))]) is None
