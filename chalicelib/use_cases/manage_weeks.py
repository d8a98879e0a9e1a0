"""Use cases of doctors and their delegates: view a week."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.day import Day
from chalicelib.use_cases.retry import retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.storage.day_repository import DayRepository
    from chalicelib.storage.doctor_cache import DoctorCache


class Week(Struct, frozen=True, kw_only=True):
    """The seven days of a week, Monday first, as of ``now``, and their doctor."""

    doctor: Doctor
    days: tuple[Day, ...]
    now: datetime


class ManageWeeks:
    """A week's slots, for those who manage the doctor's schedule."""

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

    def get_week(self, caller: Caller, doctor_id: str, date: date | None) -> Week:
        """Return the week of the date; without ``date``, of today in the doctor's time zone."""
        return self._load(caller, self._doctor_cache.refresh(doctor_id), date)

    def get_week_cached(self, caller: Caller, doctor_id: str, date: date) -> Week:
        """Like ``get_week``, but may use doctor settings that were cached up to ten seconds ago."""
        return self._load(caller, self._doctor_cache.get(doctor_id), date)

    def _load(self, caller: Caller, doctor: Doctor, date: date | None) -> Week:
        caller.require_role_for(doctor)
        now = self._now()
        date = date or local_time.local_date(now, doctor.zone)
        monday = date - timedelta(days=date.weekday())
        dates = [monday + timedelta(days=n) for n in range(7)]
        stored = retry_on_conflict(
            lambda: list(self._days.list_range(doctor.doctor_id, dates[0], dates[-1])), self._pause
        )
        by_date = {day.date: day.as_of(now) for day in stored}
        days = [by_date.get(on) or Day(doctor_id=doctor.doctor_id, date=on) for on in dates]
        return Week(doctor=doctor, days=tuple(days), now=now)
