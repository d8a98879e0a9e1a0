"""Use case of doctors and their delegates: list time off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.use_cases.managed_doctors import read_managed_doctor
from chalicelib.use_cases.retry import retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.time_off import TimeOff
    from chalicelib.use_cases.plan_previews import PlanStores


class DoctorTimeOff(Struct, frozen=True, kw_only=True):
    """What is not lifted: ``coming`` in time order, and what is ``past``, the latest first."""

    doctor: Doctor
    today: date
    coming: tuple[TimeOff, ...]
    past: tuple[TimeOff, ...]


class ListTimeOff:
    """The time off of a doctor, with the closures of the practice."""

    def __init__(
        self, stores: PlanStores, now: Callable[[], datetime], pause: Callable[[int], None]
    ) -> None:
        self._stores = stores
        self._now = now
        self._pause = pause

    def list_time_off(self, caller: Caller, doctor_id: str) -> DoctorTimeOff:
        """Return what is not lifted.

        Raises ``DoctorNotFoundError``, ``PermissionDeniedError``, ``StoreUnavailableError``.
        """
        cache, stored = self._stores.doctor_cache, self._stores.time_off
        doctor = retry_on_conflict(
            lambda: read_managed_doctor(caller, cache, doctor_id), self._pause
        )
        found = retry_on_conflict(lambda: stored.list_all(doctor_id), self._pause)
        today = local_time.local_date(self._now(), doctor.zone)
        valid = sorted(
            (each for each in found if not each.is_lifted),
            key=lambda each: (each.first, each.last, each.time_off_id),
        )
        return DoctorTimeOff(
            doctor=doctor,
            today=today,
            coming=tuple(each for each in valid if each.last >= today),
            past=tuple(each for each in reversed(valid) if each.last < today),
        )
