"""Dates for people, in the language of the pages."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.grid import weekday_ranges
from chalicelib.domain.text import Text
from chalicelib.web.texts import _, translate

if TYPE_CHECKING:
    from collections.abc import Iterable

_NEAR = timedelta(days=300)


def format_date(on: date) -> str:
    """``Monday 23 November 2026``."""
    return _(
        "%(weekday)s %(day)d %(month)s %(year)d",
        weekday=weekday_name(on),
        day=on.day,
        month=month_name(on.month),
        year=on.year,
    )


def format_iso_date(text: str) -> str:
    """``Monday 23 November 2026`` for ``2026-11-23``; empty for a text that is not such a date."""
    try:
        return format_date(date.fromisoformat(text))
    except ValueError:
        return ""


def format_day_and_month(on: date) -> str:
    """``Monday 23 November``."""
    return _(
        "%(weekday)s %(day)d %(month)s",
        weekday=weekday_name(on),
        day=on.day,
        month=month_name(on.month),
    )


def format_short_date(on: date) -> str:
    """``Mon 23 Nov``."""
    return _(
        "%(weekday)s %(day)d %(month)s",
        weekday=short_weekday_name(on),
        day=on.day,
        month=translate(_SHORT_MONTHS[on.month - 1]),
    )


def format_near_date(on: date, reference: date) -> str:
    """``Mon 23 Nov``; with the year if the reference is so far that the reader might mistake it."""
    if abs(on - reference) < _NEAR:
        return format_short_date(on)
    return _("%(date)s %(year)d", date=format_short_date(on), year=on.year)


def format_date_without_weekday(on: date) -> str:
    """``23 November 2026``."""
    return _("%(day)d %(month)s %(year)d", day=on.day, month=month_name(on.month), year=on.year)


def format_short_range(first: date, last: date) -> str:
    """The first and the last date without their year; a month that both have stands once.

    One date has its weekday.
    """
    if first == last:
        return format_short_date(first)
    end = format_short_day(last)
    if first.month == last.month:
        return _("%(start)s–%(end)s", start=first.day, end=end)
    return _("%(start)s – %(end)s", start=format_short_day(first), end=end)


def format_short_day(on: date) -> str:
    """``23 Nov``."""
    return _("%(day)d %(month)s", day=on.day, month=translate(_SHORT_MONTHS[on.month - 1]))


def format_range(first: date, last: date) -> str:
    """The first to the last date; a month or a year that both have stands once."""
    end = _(
        "%(day)d %(month)s %(year)d", day=last.day, month=month_name(last.month), year=last.year
    )
    start = str(first.day)
    if first.year != last.year:
        month = month_name(first.month)
        start = _("%(day)d %(month)s %(year)d", day=first.day, month=month, year=first.year)
    elif first.month != last.month:
        start = _("%(day)d %(month)s", day=first.day, month=month_name(first.month))
    return _("%(start)s – %(end)s", start=start, end=end)


def format_month(on: date) -> str:
    """``November 2026``."""
    return _("%(month)s %(year)d", month=month_name(on.month), year=on.year)


def weekday_name(on: date) -> str:
    """``Monday``."""
    return translate(_WEEKDAYS[on.weekday()])


def weekday_name_of(weekday: int) -> str:
    """``Monday`` for 0."""
    return translate(_WEEKDAYS[weekday])


def short_weekday_name(on: date) -> str:
    """``Mon``."""
    return translate(_SHORT_WEEKDAYS[on.weekday()])


def short_weekday_name_of(weekday: int) -> str:
    """``Mon`` for 0."""
    return translate(_SHORT_WEEKDAYS[weekday])


def format_weekdays(weekdays: Iterable[int]) -> str:
    """``Every day``, or names of weekdays; three or more in a row as a range."""
    ranges = weekday_ranges(weekdays)
    if ranges == [(0, 6)]:
        return _("Every day")
    return ", ".join(_format_weekday_range(first, last) for first, last in ranges)


def _format_weekday_range(first: int, last: int) -> str:
    start, end = (short_weekday_name_of(day) for day in (first, last))
    return start if first == last else _("%(start)s–%(end)s", start=start, end=end)


def month_name(month: int) -> str:
    """``January`` for 1."""
    return translate(_MONTHS[month - 1])


_WEEKDAYS = (
    Text("Monday"),
    Text("Tuesday"),
    Text("Wednesday"),
    Text("Thursday"),
    Text("Friday"),
    Text("Saturday"),
    Text("Sunday"),
)
_SHORT_WEEKDAYS = (
    Text("Mon"),
    Text("Tue"),
    Text("Wed"),
    Text("Thu"),
    Text("Fri"),
    Text("Sat"),
    Text("Sun"),
)
_MONTHS = (
    Text("January"),
    Text("February"),
    Text("March"),
    Text("April"),
    Text("May"),
    Text("June"),
    Text("July"),
    Text("August"),
    Text("September"),
    Text("October"),
    Text("November"),
    Text("December"),
)
_SHORT_MONTHS = (
    Text("Jan"),
    Text("Feb"),
    Text("Mar"),
    Text("Apr"),
    Text("May"),
    Text("Jun"),
    Text("Jul"),
    Text("Aug"),
    Text("Sep"),
    Text("Oct"),
    Text("Nov"),
    Text("Dec"),
)
