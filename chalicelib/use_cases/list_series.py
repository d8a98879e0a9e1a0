"""Use case of doctors and their delegates: series and plans, listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.plan_errors import SeriesNotFoundError
from chalicelib.use_cases.retry import retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.plan import Plan, PlanState
    from chalicelib.domain.series import Series, SeriesVersions
    from chalicelib.use_cases.plan_previews import PlanStores

_MAX_PLANS = 20


class DoctorSeries(Struct, frozen=True, kw_only=True):
    """The series of a doctor that are not over."""

    doctor: Doctor
    series: tuple[Series, ...]


class DoctorPlans(Struct, frozen=True, kw_only=True):
    """The latest plans of a doctor, the newest first."""

    doctor: Doctor
    plans: Sequence[Plan]


class ListSeries:
    """The series and plans of a doctor, for those who manage their schedule."""

    def __init__(
        self, stores: PlanStores, now: Callable[[], datetime], pause: Callable[[int], None]
    ) -> None:
        self._stores = stores
        self._now = now
        self._pause = pause

    def list_series(self, caller: Caller, doctor_id: str) -> DoctorSeries:
        """Return the latest version of each series that applies today or later.

        Raises ``DoctorNotFoundError``, ``PermissionDeniedError``, ``StoreUnavailableError``.
        """
        doctor, versions = self._read(caller, doctor_id)
        today = local_time.local_date(self._now(), doctor.zone)
        current = (
            each
            for each in versions.all_latest()
            if not each.is_over and (each.last is None or each.last >= today)
        )
        return DoctorSeries(doctor=doctor, series=tuple(current))

    def get_series(self, caller: Caller, doctor_id: str, series_id: str) -> Series:
        """Return the latest version, also of a series that is over.

        Raises ``SeriesNotFoundError``, and as ``list_series``.
        """
        _, versions = self._read(caller, doctor_id)
        latest = versions.latest(series_id)
        if latest is None:
            raise SeriesNotFoundError
        return latest

    def list_versions(self, caller: Caller, doctor_id: str) -> SeriesVersions:
        """Return all versions of all series, also of those that are over.

        Raises as ``list_series``.
        """
        _, versions = self._read(caller, doctor_id)
        return versions

    def list_plans(
        self, caller: Caller, doctor_id: str, state: PlanState | None = None
    ) -> DoctorPlans:
        """Return the latest plans, of that state if there is one. Raises as ``list_series``."""

        def read() -> DoctorPlans:
            doctor = self._stores.doctor_cache.refresh(doctor_id)
            caller.require_role_for(doctor)
            plans = self._stores.plans.list_latest(doctor_id, _MAX_PLANS, state)
            return DoctorPlans(doctor=doctor, plans=plans)

        return retry_on_conflict(read, self._pause)

    def _read(self, caller: Caller, doctor_id: str) -> tuple[Doctor, SeriesVersions]:
        def read() -> tuple[Doctor, SeriesVersions]:
            doctor = self._stores.doctor_cache.refresh(doctor_id)
            caller.require_role_for(doctor)
            return doctor, self._stores.series.list_versions(doctor_id)

        return retry_on_conflict(read, self._pause)
