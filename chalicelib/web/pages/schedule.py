"""The days of one doctor that a page shows, and what their boxes depend on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from msgspec import Struct

from chalicelib.domain import local_time

if TYPE_CHECKING:
    from datetime import date, datetime

    from chalicelib.domain.day import Day
    from chalicelib.domain.doctor import Doctor
    from chalicelib.use_cases.manage_weeks import Week
    from chalicelib.use_cases.save_days import DayWithDoctor


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

    @classmethod
    def of_week(cls, week: Week, chosen: date | None) -> Self:
        """The schedule of the week view; without a chosen date it is that of today."""
        today = local_time.local_date(week.now, week.doctor.zone)
        return cls(doctor=week.doctor, days=week.days, now=week.now, chosen=chosen or today)

    def first_date_to_come(self) -> date | None:
        """The first date that has a slot which has not begun: something can still happen then."""
        for day in self.days:
            day_slots = day.grid_slots(self.doctor.grid)
            if any(not day_slot.slot.has_begun(self.now) for day_slot in day_slots):
                return day.date
        return None

    @property
    def is_week(self) -> bool:
        return len(self.days) > 1

    @property
    def dates(self) -> tuple[date, ...]:
        return tuple(day.date for day in self.days)
