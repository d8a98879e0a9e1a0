"""Totals of a month: how many slots of each date and week are open, held and booked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.slot import SlotStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from chalicelib.domain.day import Day

_WEEK = timedelta(weeks=1)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTotals:
    """How many slots of a date are open, held, booked, and booked but to be rebooked.

    Open slots have not begun. A disrupted booking counts as booked too. ``time_off`` is the name of
    what blocks the date, or the most of it.
    """

    date: date
    open: int = 0
    held: int = 0
    booked: int = 0
    disrupted: int = 0
    time_off: str | None = None

    @property
    def is_full(self) -> bool:
        """Whether the date has bookings and no open slot."""
        return self.booked > 0 and self.open == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekTotals:
    """The slots of a week, Monday to Sunday."""

    monday: date
    open: int
    booked: int


def monday_of(on: date) -> date:
    """The Monday of the date's week."""
    return on - timedelta(days=on.weekday())


def week_dates(on: date) -> tuple[date, ...]:
    """Monday to Sunday of the date's week."""
    monday = monday_of(on)
    return tuple(monday + timedelta(days=n) for n in range(7))


def month_weeks(first: date) -> tuple[date, ...]:
    """The Mondays of the weeks that have a date of the month; ``first`` is its first date."""
    monday, mondays = monday_of(first), []
    while monday < next_month(first):
        mondays.append(monday)
        monday += _WEEK
    return tuple(mondays)


def next_month(first: date) -> date:
    """The first date of the next month."""
    return (first.replace(day=1) + timedelta(days=31)).replace(day=1)


def previous_month(first: date) -> date:
    """The first date of the previous month."""
    return (first.replace(day=1) - _ONE_DAY).replace(day=1)


def count_slots(day: Day, now: datetime) -> DayTotals:
    """Count the slots of a day ``as_of(now)``."""
    slots = day.slots.values()
    return DayTotals(
        date=day.date,
        open=sum(slot.status is SlotStatus.FREE and not slot.has_begun(now) for slot in slots),
        held=sum(slot.status is SlotStatus.HELD for slot in slots),
        booked=sum(slot.status is SlotStatus.BOOKED for slot in slots),
        disrupted=sum(slot.is_disrupted and slot.status is SlotStatus.BOOKED for slot in slots),
        time_off=_name_time_off(day),
    )


def _name_time_off(day: Day) -> str | None:
    stretches = [stretch for stretch in day.blocked if not stretch.is_lifted]
    longest = max(stretches, key=lambda each: each.end - each.start, default=None)
    return longest.name if longest else None


def total_weeks(
    mondays: Iterable[date], totals: Mapping[date, DayTotals]
) -> tuple[WeekTotals, ...]:
    """Add up the dates of each week."""
    return tuple(_total_week(monday, totals) for monday in mondays)


def _total_week(monday: date, totals: Mapping[date, DayTotals]) -> WeekTotals:
    days = [totals[date] for date in week_dates(monday) if date in totals]
    return WeekTotals(
        monday=monday,
        open=sum(day.open for day in days),
        booked=sum(day.booked for day in days),
    )


def fill_rate(days: Sequence[DayTotals]) -> float | None:
    """The share of booked slots among booked and open ones; None if there are none."""
    booked, free = sum(day.booked for day in days), sum(day.open for day in days)
    return round(booked / (booked + free), 4) if booked + free else None
