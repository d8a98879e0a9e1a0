"""Use case of doctors and their delegates: list the series of a doctor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.plan_errors import SeriesNotFoundError
from chalicelib.use_cases.managed_doctors import read_managed_doctor
from chalicelib.use_cases.retry import retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.series import Series, SeriesVersions
    from chalicelib.use_cases.plan_previews import PlanStores


class DoctorSeries(Struct, frozen=True, kw_only=True):
    """The series of a doctor that are not over."""

    doctor: Doctor
    series: tuple[Series, ...]


class ListSeries:
    """The series of a doctor, for those who manage their schedule."""

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

    def _read(self, caller: Caller, doctor_id: str) -> tuple[Doctor, SeriesVersions]:
        def read() -> tuple[Doctor, SeriesVersions]:
            doctor = read_managed_doctor(caller, self._stores.doctor_cache, doctor_id)
            return doctor, self._stores.series.list_versions(doctor_id)

        return retry_on_conflict(read, self._pause)
