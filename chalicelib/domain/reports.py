"""Reports: how full a doctor's weeks are, and how many bookings were cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.exports import exported_slots
from chalicelib.domain.month import monday_of
from chalicelib.domain.slot import SlotStatus
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from chalicelib.domain.day import Day

MAX_WEEKS = 16
_PAST_WEEKS, _COMING_WEEKS = 8, 4
_WEEK = timedelta(weeks=1)
_SIX_DAYS = timedelta(days=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts of the slots and bookings of some dates, past or to come.

    ``offered`` counts the slots that are open, held or booked, or were open until they began.
    ``cancelled`` counts cancellations of bookings on these dates, whenever they were made.
    """

    offered: int = 0
    booked: int = 0
    cancelled: int = 0

    @property
    def fill_rate(self) -> float | None:
        """The share of booked slots among those offered; None if there are none."""
        return round(self.booked / self.offered, 4) if self.offered else None

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            offered=self.offered + other.offered,
            booked=self.booked + other.booked,
            cancelled=self.cancelled + other.cancelled,
        )


def report_weeks(first: date | None, last: date | None, today: date) -> tuple[date, ...]:
    """Return the Mondays of the weeks that have a date of the range.

    By default the last eight weeks and the next four, from this one on. Raises
    ``RequestRejectedError`` for a range that is reversed or too long.
    """
    this_week = monday_of(today)
    start = monday_of(first) if first else this_week - _PAST_WEEKS * _WEEK
    default_end = max(start, this_week + (_COMING_WEEKS - 1) * _WEEK)
    end = monday_of(last) if last else default_end
    if end < start or (first and last and last < first):
        detail = Text("The last date must not be before %(date)s", date=first or start)
        raise RequestRejectedError(FieldViolation("to", "invalid", detail))
    count = (end - start).days // 7 + 1
    if count > MAX_WEEKS:
        detail = Text("Choose at most %(count)s weeks", count=MAX_WEEKS)
        raise RequestRejectedError(FieldViolation("to", "too_many", detail))
    return tuple(start + n * _WEEK for n in range(count))


def last_date(mondays: tuple[date, ...]) -> date:
    """Return the last Sunday."""
    return mondays[-1] + _SIX_DAYS


def count_weeks(
    mondays: Iterable[date], days: Iterable[Day], cancelled: Mapping[date, int]
) -> dict[date, Figures]:
    """Return the figures of each week by its Monday; other dates do not count.

    ``cancelled`` has the number of cancelled bookings by date. The days must be as of now. Raises
    ``UnreadableItemError`` if a slot can't be read.
    """
    weeks = {monday: Figures() for monday in mondays}
    by_date = [(day.date, _count(day)) for day in days]
    by_date += [(on, Figures(cancelled=count)) for on, count in cancelled.items()]
    for on, figures in by_date:
        if monday_of(on) in weeks:
            weeks[monday_of(on)] += figures
    return weeks


def _count(day: Day) -> Figures:
    slots = exported_slots(day)
    booked = sum(slot.status is SlotStatus.BOOKED for slot in slots)
    return Figures(offered=len(slots), booked=booked)
