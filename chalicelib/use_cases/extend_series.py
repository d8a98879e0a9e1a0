"""Use case of the nightly schedule: apply series to the dates that come into the booking window."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain import local_time
from chalicelib.domain.audit_log import Actor
from chalicelib.domain.permissions import Role
from chalicelib.domain.plan_days import apply_series
from chalicelib.storage.write_units import save_write_units
from chalicelib.use_cases.retry import retry_on_conflict
from chalicelib.use_cases.save_series_dates import SeriesDate, save_series_date

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.series import Series, SeriesVersions
    from chalicelib.storage.pagination import DoctorIdPage
    from chalicelib.use_cases.pace import Pace
    from chalicelib.use_cases.plan_previews import PlanStores
    from chalicelib.use_cases.save_days import SaveDays

CLIENT = "schedule"
"""The client of the audit entries, in place of one that signs in."""
_PAGE_SIZE = 100


class ExtendSeries:
    """A series without an end is applied up to the booking window, which moves by a day each day.

    Idempotent: each date records which version was applied to it.
    """

    def __init__(
        self,
        stores: PlanStores,
        save_days: SaveDays,
        start_pace: Callable[[], Pace],
        now: Callable[[], datetime],
        pause: Callable[[int], None],
    ) -> None:
        self._stores = stores
        self._save_days = save_days
        self._start_pace = start_pace
        self._now = now
        self._pause = pause

    def list_doctors(self, cursor: str | None = None) -> DoctorIdPage:
        """Return a page of those with a series to extend. Raises ``StoreUnavailableError``."""
        series = self._stores.series
        return retry_on_conflict(
            lambda: series.list_doctors_to_extend(_PAGE_SIZE, cursor), self._pause
        )

    def extend(self, doctor_id: str) -> bool:
        """Extend the doctor's series, for at most the time of a step.

        Return whether nothing is left to do. Raises ``DoctorNotFoundError``,
        ``StoreUnavailableError``, ``OutcomeUnknownError``.
        """
        cache, pace = self._stores.doctor_cache, self._start_pace()
        doctor = retry_on_conflict(lambda: cache.refresh(doctor_id), self._pause)
        versions = self._read_versions(doctor_id)
        for series in versions.all_latest():
            if not self._extend_series(doctor, series, versions, pace):
                return False
        return True

    def _read_versions(self, doctor_id: str) -> SeriesVersions:
        series = self._stores.series
        return retry_on_conflict(lambda: series.list_versions(doctor_id), self._pause)

    def _extend_series(
        self, doctor: Doctor, series: Series, versions: SeriesVersions, pace: Pace
    ) -> bool:
        """Apply the series to each date, and record how far. Return whether all are done."""
        now = self._now()
        horizon = doctor.last_bookable_date(now)
        today = local_time.local_date(now, doctor.zone)
        dates = tuple(series.dates_to_extend(today, horizon))
        if not dates:
            return True
        current = self._with_current_grid(doctor, series)
        known = versions.with_version(current)
        through: date | None = None
        try:
            for on in dates:
                if pace.is_over:
                    return False
                self._apply(doctor, current, known, on, pace)
                through = on
        finally:
            if through:
                self._stores.series.set_applied_to(doctor.doctor_id, current, through)
        return True

    def _with_current_grid(self, doctor: Doctor, series: Series) -> Series:
        """Return the series; if the weekly hours have changed, a new version with the new grid.

        Dates to which a version was applied stay as they are.
        """
        if series.grid.has_same_slots(doctor.grid):
            return series
        current = replace(series, version=series.version + 1, grid=doctor.grid)
        self._stores.series.replace_version(doctor.doctor_id, series, current)
        return current

    def _apply(
        self, doctor: Doctor, series: Series, versions: SeriesVersions, on: date, pace: Pace
    ) -> None:
        if not series.has_slots_on(on):
            return
        change = SeriesDate(
            doctor_id=doctor.doctor_id,
            date=on,
            request_id=f"extend-{series.series_id}-{series.version}",
            slots=tuple(series.slots_on(on)),
            decide=lambda view: apply_series(series, view.day, versions, now=view.now),
            actor=_actor_of(series),
        )
        for saved in save_series_date(self._save_days, None, change):
            pace.spend(save_write_units(saved.previous, saved.day))


def _actor_of(series: Series) -> Actor:
    """Return who is on record: the author of the series, through the schedule."""
    if series.author is None:
        return Actor(name=CLIENT, role=Role.ADMIN, client=CLIENT)
    return replace(series.author, client=CLIENT)
