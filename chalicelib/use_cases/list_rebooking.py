"""Use case of the doctor's side: which bookings have to be rebooked, and which of them are done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.disruptions import RebookingState, rebooking_rows
from chalicelib.use_cases.managed_doctors import read_managed_doctor
from chalicelib.use_cases.retry import retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from chalicelib.domain.disruptions import RebookingRow
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.storage.day_repository import DayRepository
    from chalicelib.storage.doctor_cache import DoctorCache

# More dates with each request: most of them have no slots, or few.
_PAGE_SIZE = 128


class Rebooking(Struct, frozen=True, kw_only=True):
    """Disrupted bookings of a doctor by date, in time order: those to come, and those done."""

    doctor: Doctor
    days: tuple[tuple[date, tuple[RebookingRow, ...]], ...]

    @property
    def total(self) -> int:
        return sum(len(rows) for _, rows in self.days)

    @property
    def done(self) -> int:
        """How many have moved or were cancelled."""
        return sum(row.state is not RebookingState.WAITING for _, rows in self.days for row in rows)


class ListRebooking:
    """Reads days. ``now`` returns the current time, ``pause`` waits before a further attempt."""

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

    def list_rebooking(self, caller: Caller, doctor_id: str, on: date | None = None) -> Rebooking:
        """Return the bookings of a date, or of all dates from today to the end of the window.

        Raises ``DoctorNotFoundError``, ``PermissionDeniedError``, ``StoreUnavailableError``.
        """
        doctor = retry_on_conflict(
            lambda: read_managed_doctor(caller, self._doctor_cache, doctor_id), self._pause
        )
        return retry_on_conflict(lambda: self._read(doctor, on), self._pause)

    def _read(self, doctor: Doctor, on: date | None) -> Rebooking:
        now = self._now()
        first = on or local_time.local_date(now, doctor.zone)
        last = on or doctor.last_bookable_date(now)
        days = self._days.list_range(doctor.doctor_id, first, last, page_size=_PAGE_SIZE)
        rows = ((day.date, tuple(rebooking_rows(day.as_of(now)))) for day in days)
        return Rebooking(doctor=doctor, days=tuple((at, each) for at, each in rows if each))
