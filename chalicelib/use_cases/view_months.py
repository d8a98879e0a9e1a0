"""Use case of a doctor's month, for those who manage their schedule."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.month import (
    DayTotals,
    count_slots,
    fill_rate,
    month_weeks,
    next_month,
    total_weeks,
)
from chalicelib.use_cases.managed_doctors import read_managed_doctor
from chalicelib.use_cases.retry import retry_on_conflict
from chalicelib.use_cases.third_bookable import count_days_to_third_bookable

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.month import WeekTotals
    from chalicelib.domain.permissions import Caller
    from chalicelib.storage.day_repository import DayRepository
    from chalicelib.storage.doctor_cache import DoctorCache

_ONE_DAY = timedelta(days=1)
# In one request: a month with its whole weeks has at most 42 dates.
_MONTH_PAGE_SIZE = 43


class Month(Struct, frozen=True, kw_only=True):
    """A month of a doctor.

    ``totals`` has every date of the month's whole weeks. ``fill_rate`` is that of the month's
    coming days; ``third_next_available_days`` are the days from today to the third bookable slot.
    """

    doctor: Doctor
    first: date
    today: date
    totals: dict[date, DayTotals]
    weeks: tuple[WeekTotals, ...]
    fill_rate: float | None
    third_next_available_days: int | None

    @property
    def days(self) -> tuple[DayTotals, ...]:
        """The dates of the month."""
        end = next_month(self.first)
        return tuple(day for on, day in self.totals.items() if self.first <= on < end)


class ViewMonths:
    """A month's totals, for those who manage the doctor's schedule."""

    def __init__(
        self,
        days: DayRepository,
        doctor_cache: DoctorCache,
        now: Callable[[], datetime],
        pause: Callable[[int], None],
    ) -> None:
        self._days = days
        self._doctor_cache = doctor_cache
        self._now = now
        self._pause = pause

    def get_month(self, caller: Caller, doctor_id: str, month: date | None) -> Month:
        """Return the month of a date; without ``month``, the doctor's current one.

        One strongly consistent query, and another if the third bookable slot is outside the month.
        Raises ``DoctorNotFoundError``, ``PermissionDeniedError``, ``StoreUnavailableError``.
        """
        doctor = retry_on_conflict(
            lambda: read_managed_doctor(caller, self._doctor_cache, doctor_id), self._pause
        )
        now = self._now()
        return retry_on_conflict(lambda: self._read_month(doctor, month, now), self._pause)

    def _read_month(self, doctor: Doctor, month: date | None, now: datetime) -> Month:
        today = local_time.local_date(now, doctor.zone)
        first = (month or today).replace(day=1)
        mondays = month_weeks(first)
        start, end = mondays[0], mondays[-1] + 6 * _ONE_DAY
        found = self._days.list_range(doctor.doctor_id, start, end, page_size=_MONTH_PAGE_SIZE)
        stored = [day.as_of(now) for day in found]
        dates = [start + _ONE_DAY * n for n in range((end - start).days + 1)]
        totals = {on: DayTotals(date=on) for on in dates} | {
            day.date: count_slots(day, now) for day in stored
        }
        coming = [d for on, d in totals.items() if max(first, today) <= on < next_month(first)]
        return Month(
            doctor=doctor,
            first=first,
            today=today,
            totals=totals,
            weeks=total_weeks(mondays, totals),
            fill_rate=fill_rate(coming),
            third_next_available_days=count_days_to_third_bookable(
                self._days, doctor, stored, (start, end), now
            ),
        )
