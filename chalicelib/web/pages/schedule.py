"""The days of one doctor that a page shows, and what their boxes depend on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import date, datetime

    from chalicelib.domain.day import Day
    from chalicelib.domain.doctor import Doctor
    from chalicelib.use_cases.manage_slots import DayWithDoctor


class Schedule(Struct, frozen=True, kw_only=True):
    """One day, or the seven of a week, as of ``now``.

    ``chosen`` is the date that the user asked for.
    """

    doctor: Doctor
    days: tuple[Day, ...]
    now: datetime
    chosen: date

    @classmethod
    def of_day(cls, view: DayWithDoctor) -> Self:
        """The schedule of the day view."""
        return cls(doctor=view.doctor, days=(view.day,), now=view.now, chosen=view.day.date)

    @property
    def is_week(self) -> bool:
        return len(self.days) > 1

    @property
    def dates(self) -> tuple[date, ...]:
        return tuple(day.date for day in self.days)
