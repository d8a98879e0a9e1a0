"""Use case of doctors and their delegates: export the slots of a range of dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.exports import export_range, exported_slots
from chalicelib.use_cases.managed_doctors import read_managed_doctor
from chalicelib.use_cases.retry import retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.slot import Slot
    from chalicelib.storage.day_repository import DayRepository
    from chalicelib.storage.doctor_cache import DoctorCache

# Fewer requests than a page of a month has: an export reads a year.
_PAGE_SIZE = 366


class SlotExport(Struct, frozen=True, kw_only=True):
    """The slots of a range, by those of its dates that have any, in time order."""

    doctor: Doctor
    first: date
    last: date
    slots: dict[date, list[Slot]]


class ExportSlots:
    """The slots that are open, held or booked, without anything about patients."""

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

    def export(
        self, caller: Caller, doctor_id: str, first: date | None, last: date | None
    ) -> SlotExport:
        """Return the slots of the range; by default from today to the end of the booking window.

        One strongly consistent query. Raises ``RequestRejectedError`` for a range that is reversed
        or too long; ``DoctorNotFoundError``, ``PermissionDeniedError``, ``StoreUnavailableError``,
        ``UnreadableItemError``.
        """
        cache, now = self._doctor_cache, self._now()
        doctor = retry_on_conflict(
            lambda: read_managed_doctor(caller, cache, doctor_id), self._pause
        )
        first, last = export_range(first, last, doctor, now)
        slots = retry_on_conflict(lambda: self._read(doctor, first, last, now), self._pause)
        return SlotExport(doctor=doctor, first=first, last=last, slots=slots)

    def _read(
        self, doctor: Doctor, first: date, last: date, now: datetime
    ) -> dict[date, list[Slot]]:
        days = self._days.list_range(doctor.doctor_id, first, last, page_size=_PAGE_SIZE)
        by_date = {day.date: exported_slots(day.as_of(now)) for day in days}
        return {on: slots for on, slots in by_date.items() if slots}
