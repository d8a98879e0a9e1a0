"""Use cases of a doctor's week, for those who manage their schedule: view it, and save it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.day import Day
from chalicelib.domain.month import week_dates
from chalicelib.use_cases.retry import retry_on_conflict
from chalicelib.use_cases.save_days import DayWithDoctor

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.storage.day_repository import DayRepository
    from chalicelib.storage.doctor_cache import DoctorCache
    from chalicelib.use_cases.manage_slots import SaveRequest
    from chalicelib.use_cases.save_many_days import DayOutcome, SaveManyDays


class Week(Struct, frozen=True, kw_only=True):
    """Monday to Sunday of a doctor, as of ``now``; a date without a save is an empty day."""

    doctor: Doctor
    days: tuple[Day, ...]
    now: datetime

    def views(self) -> tuple[DayWithDoctor, ...]:
        """Each day with the doctor, as the pages of a day take it."""
        return tuple(DayWithDoctor(doctor=self.doctor, day=day, now=self.now) for day in self.days)


class ManageWeeks:
    """A week's slots, for those who manage the doctor's schedule. Each date is saved by itself."""

    def __init__(
        self,
        save_days: SaveManyDays,
        days: DayRepository,
        doctor_cache: DoctorCache,
        now: Callable[[], datetime],
        pause: Callable[[int], None],
    ) -> None:
        self._save_days = save_days
        self._days = days
        self._doctor_cache = doctor_cache
        self._now = now
        self._pause = pause

    def get_week(self, caller: Caller, doctor_id: str, date: date | None) -> Week:
        """Return the week of the date; without ``date``, of today in the doctor's time zone.

        The days are read in one strongly consistent query, the doctor before them. Raises
        ``DoctorNotFoundError``, ``PermissionDeniedError``, ``StoreUnavailableError``.
        """
        doctor = retry_on_conflict(lambda: self._doctor_cache.refresh(doctor_id), self._pause)
        return self._read_week(caller, doctor, date)

    def get_week_cached(self, caller: Caller, doctor_id: str, date: date) -> Week:
        """Like ``get_week``, but may use doctor settings that were cached up to ten seconds ago.

        A poll then is one query. Never render the result: the page could show outdated settings.
        """
        doctor = retry_on_conflict(lambda: self._doctor_cache.get(doctor_id), self._pause)
        return self._read_week(caller, doctor, date)

    def _read_week(self, caller: Caller, doctor: Doctor, date: date | None) -> Week:
        caller.require_role_for(doctor)
        now = self._now()
        dates = week_dates(date or local_time.local_date(now, doctor.zone))
        stored = retry_on_conflict(
            lambda: {
                day.date: day.as_of(now)
                for day in self._days.list_range(doctor.doctor_id, dates[0], dates[-1])
            },
            self._pause,
        )
        days = (stored.get(on) or Day(doctor_id=doctor.doctor_id, date=on) for on in dates)
        return Week(doctor=doctor, days=tuple(days), now=now)

    def save_week(self, caller: Caller, requests: Sequence[SaveRequest]) -> tuple[DayOutcome, ...]:
        """Save each date by itself, in date order, and return the result of each.

        Raises as ``SaveManyDays.save``.
        """
        return self._save_days.save(caller, sorted(requests, key=lambda each: each.date))
