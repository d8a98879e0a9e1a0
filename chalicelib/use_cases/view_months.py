"""Use case of a doctor's month, for those who manage their schedule."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain, islice
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.availability import third_bookable_date
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

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date, datetime

    from chalicelib.domain.day import Day
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.month import WeekTotals
    from chalicelib.domain.permissions import Caller
    from chalicelib.storage.day_repository import DayRepository
    from chalicelib.storage.doctor_cache import DoctorCache

_ONE_DAY = timedelta(days=1)
# In one request each: a month with its whole weeks has at most 42 dates.
_MONTH_PAGE_SIZE = 43
_LOOKAHEAD_DAYS = 100


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
        stored = self._list_days(doctor, start, end, now, page_size=_MONTH_PAGE_SIZE)
        dates = [start + _ONE_DAY * n for n in range((end - start).days + 1)]
        totals = {on: DayTotals(date=on) for on in dates} | {
            day.date: count_slots(day, now) for day in stored
        }
        coming = [d for on, d in totals.items() if max(first, today) <= on < next_month(first)]
        third = self._third_bookable(doctor, stored if start <= today else [], end, now)
        return Month(
            doctor=doctor,
            first=first,
            today=today,
            totals=totals,
            weeks=total_weeks(mondays, totals),
            fill_rate=fill_rate(coming),
            third_next_available_days=None if third is None else (third - today).days,
        )

    def _third_bookable(
        self, doctor: Doctor, known: list[Day], known_to: date, now: datetime
    ) -> date | None:
        """Return the date of the third bookable slot: of ``known`` days, or of those after them."""
        last, today = doctor.last_bookable_date(now), local_time.local_date(now, doctor.zone)
        following = max(known_to + _ONE_DAY, today) if known else today
        later: Iterable[Day] = ()
        if doctor.is_active and following <= last:
            days = self._iter_days(doctor, following, last, now, page_size=_LOOKAHEAD_DAYS)
            later = islice(days, _LOOKAHEAD_DAYS)
        return third_bookable_date(chain(known, later), doctor, now)

    def _list_days(
        self, doctor: Doctor, first: date, last: date, now: datetime, *, page_size: int
    ) -> list[Day]:
        return list(self._iter_days(doctor, first, last, now, page_size=page_size))

    def _iter_days(
        self, doctor: Doctor, first: date, last: date, now: datetime, *, page_size: int
    ) -> Iterator[Day]:
        days = self._days.list_range(doctor.doctor_id, first, last, page_size=page_size)
        return (day.as_of(now) for day in days)
