"""The month page says in words what its bars show, and links each date, week and month."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.domain.month import DayTotals, month_weeks, total_weeks, week_dates
from chalicelib.use_cases.view_months import Month
from chalicelib.web.pages.month_view import (
    MonthDay,
    MonthPage,
    build_month_page,
    describe_day,
    describe_fill_rate,
    describe_third_next,
)
from tests.support.factories import make_doctor

if TYPE_CHECKING:
    from collections.abc import Mapping

TUESDAY = date(2026, 12, 1)
DECEMBER = TUESDAY


def make_totals(on: date, counts: Mapping[str, int]) -> DayTotals:
    return DayTotals(
        date=on,
        open=counts.get("open", 0),
        held=counts.get("held", 0),
        booked=counts.get("booked", 0),
        disrupted=counts.get("disrupted", 0),
    )


def make_month(first: date = DECEMBER, today: date = TUESDAY, **counts: int) -> Month:
    """Make a month whose first date has these counts."""
    mondays = month_weeks(first)
    totals = {on: DayTotals(date=on) for monday in mondays for on in week_dates(monday)}
    totals[first] = make_totals(first, counts)
    return Month(
        doctor=make_doctor(),
        first=first,
        today=today,
        totals=totals,
        weeks=total_weeks(mondays, totals),
        fill_rate=None,
        third_next_available_days=None,
    )


def build_page(month: Month, **options: Any) -> MonthPage:  # noqa: ANN401  those of build_month_page
    """Build the page without a prefix."""
    return build_month_page(month, base="", **options)


def first_day(month: Month, **options: Any) -> MonthDay:  # noqa: ANN401  those of build_month_page
    """Return the first date of the month as the page shows it."""
    page = build_page(month, **options)
    return next(day for week in page.weeks for day in week.days if day.is_of_month)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"open": 3, "booked": 2}, "3 open, 2 booked"),
        ({"open": 1}, "1 open"),
        ({"booked": 6}, "full, 6 booked"),
        ({"open": 1, "held": 1, "booked": 2}, "1 open, 1 held, 2 booked"),
        ({"open": 1, "booked": 2, "disrupted": 1}, "1 open, 2 booked, 1 to rebook"),
        ({}, "nothing open"),
    ],
)
def test_day_is_named_by_its_date_and_what_is_open_and_booked(
    counts: dict[str, int], words: str
) -> None:
    totals = make_totals(TUESDAY, counts)

    assert describe_day(totals) == f"Tuesday 1 December, {words}"


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (None, "No slots are open or booked from today on"),
        (0.0, "0% of the coming slots are booked"),
        (0.29, "29% of the coming slots are booked"),
        (0.9999, "99% of the coming slots are booked"),
        (1.0, "100% of the coming slots are booked"),
    ],
)
def test_fill_rate_says_all_are_booked_only_if_they_are(rate: float | None, words: str) -> None:
    assert describe_fill_rate(rate) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (None, "Fewer than three slots can be booked"),
        (0, "Third next available slot: today"),
        (1, "Third next available slot: tomorrow"),
        (12, "Third next available slot: in 12 days"),
    ],
)
def test_third_next_available_slot_is_said_in_words(days: int | None, words: str) -> None:
    assert describe_third_next(days) == words


def test_bar_shows_the_share_of_booked_slots() -> None:
    assert first_day(make_month(open=3, booked=1)).booked_percent == 25
    assert first_day(make_month(booked=4)).booked_percent == 100
    assert first_day(make_month(held=1)).booked_percent is None


def test_full_day_says_full_where_another_says_how_many_are_open() -> None:
    full, free = first_day(make_month(booked=4)), first_day(make_month(open=2))

    assert (full.open, full.booked, full.is_full) == ("Full", "4 booked", True)
    assert (free.open, free.booked, free.is_full) == ("2 open", "", False)


def test_weeks_are_whole_and_say_their_totals() -> None:
    page = build_page(make_month(open=3, booked=1))

    assert {len(week.days) for week in page.weeks} == {7}
    assert page.weeks[0].title == "Week of Monday 30 November"
    assert page.weeks[0].totals == "3 open, 1 booked"
    assert page.weeks[1].totals == "0 open, 0 booked"
    assert not page.weeks[0].days[0].is_of_month


def test_each_day_leads_to_its_day_and_its_week() -> None:
    day = first_day(make_month())

    assert day.url == "/slots?doctor_id=dr-lee&date=2026-12-01"
    assert day.week_url == "/slots/week?doctor_id=dr-lee&date=2026-12-01"


def test_today_and_the_selected_date_are_marked() -> None:
    page = build_page(make_month(today=TUESDAY), selected=TUESDAY + timedelta(days=1))
    days = page.weeks[0].days

    assert [day.is_today for day in days] == [False, True, *[False] * 5]
    assert [day.is_selected for day in days] == [False, False, True, *[False] * 4]


def test_months_follow_each_other_over_the_end_of_a_year() -> None:
    links = build_page(make_month()).links

    assert _month_of(links.previous) == "2026-11"
    assert _month_of(links.next) == "2027-01"


def test_day_and_week_of_the_current_month_are_those_of_today() -> None:
    today = TUESDAY + timedelta(days=9)
    current, other = make_month(today=today), make_month(date(2027, 1, 1), today)

    assert "date=2026-12-10" in build_page(current).links.day
    assert "date=2026-12-10" in build_page(current).links.week
    assert "date=2027-01-01" in build_page(other).links.day


def test_no_link_leads_before_first_date_or_after_last_month() -> None:
    first = build_page(make_month(date(2011, 1, 1)))
    last = build_page(make_month(date(9999, 11, 1)))

    assert first.links.previous is None
    assert [day.url is None for day in first.weeks[0].days] == [*[True] * 5, False, False]
    assert first.weeks[0].url is None
    assert last.links.next is None
    assert last.links.previous is not None


def _month_of(url: str | None) -> str:
    assert url is not None
    return parse_qs(urlsplit(url).query)["month"][0]
