"""Use case of doctors and their delegates: propose to make, change or end a series."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain import local_time
from chalicelib.domain.errors import ConflictError, RequestRejectedError
from chalicelib.domain.plan import Plan, PlanKind, PlanSources, dates_between
from chalicelib.domain.plan_errors import SeriesNotFoundError, nothing_to_plan_error
from chalicelib.domain.series import Series
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation
from chalicelib.use_cases.proposals import kept_slots

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.grid import Grid
    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.series import SeriesVersions, TimeRange
    from chalicelib.use_cases.plan_previews import PlanView
    from chalicelib.use_cases.proposals import Proposals

# Every fourth week is the rarest pattern: two of its weeks, and a part of a week before them.
_PATTERN = timedelta(weeks=9)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesRequest:
    """A series as a client requests it; ``series_id`` is None for a new one. See ``Series``.

    ``expected_version`` is the version that the client has read, if it names one.
    """

    name: str
    weekly: Mapping[int, tuple[TimeRange, ...]]
    every_weeks: int
    first: date
    last: date | None
    series_id: str | None = None
    expected_version: int | None = None

    def to_series(self, series_id: str, version: int, grid: Grid) -> Series:
        """Return the version that the request makes."""
        return Series(
            series_id=series_id,
            version=version,
            name=self.name,
            weekly=self.weekly,
            every_weeks=self.every_weeks,
            first=self.first,
            last=self.last,
            grid=grid,
        )


class ProposeSeries:
    """Nothing changes a series but a plan."""

    def __init__(self, proposals: Proposals) -> None:
        self._proposals = proposals

    def propose(self, caller: Caller, doctor_id: str, request: SeriesRequest) -> PlanView:
        """Propose a new series, or another version of one.

        Raises ``RequestRejectedError`` if it would change nothing, ``SeriesNotFoundError``,
        ``DoctorNotFoundError``, ``PermissionDeniedError``, ``StoreUnavailableError``.
        """
        doctor, now = self._proposals.open(caller, doctor_id)
        versions = self._proposals.read_versions(doctor_id)
        former = _require_latest(versions, request.series_id) if request.series_id else None
        _require_expected(request, former)
        series = request.to_series(
            former.series_id if former else self._proposals.new_id(),
            former.version + 1 if former else 1,
            doctor.grid,
        )
        _require_grid_slots(series)
        if former and _has_same_pattern(former, series):
            raise _nothing_to_save("series", Text("The series already has these hours and dates"))
        return self._propose(doctor, self._draft(doctor, series, former, now), versions, now)

    def propose_end(self, caller: Caller, doctor_id: str, series_id: str, on: date) -> PlanView:
        """Propose that the series wants nothing from that date on. Raises as ``propose``."""
        doctor, now = self._proposals.open(caller, doctor_id)
        versions = self._proposals.read_versions(doctor_id)
        former = _require_latest(versions, series_id)
        series = former.ended_before(on)
        if former.is_over or former.last == series.last:
            raise _nothing_to_save("from", Text("The series already ends before then"))
        return self._propose(doctor, self._draft(doctor, series, former, now), versions, now)

    def _draft(self, doctor: Doctor, series: Series, former: Series | None, now: datetime) -> Plan:
        draft = self._proposals.draft(doctor, PlanKind.SERIES, now)
        return replace(draft, series=series, replaced=former.version if former else None)

    def _propose(
        self, doctor: Doctor, draft: Plan, versions: SeriesVersions, now: datetime
    ) -> PlanView:
        today = local_time.local_date(now, doctor.zone)
        dates = dates_between(today, doctor.last_bookable_date(now))
        sources = PlanSources(versions=versions)
        view = self._proposals.preview(doctor, draft, dates, sources, now)
        if draft.replaced is None:
            _require_effect(view, today)
        return self._proposals.store(view)


def _require_latest(versions: SeriesVersions, series_id: str) -> Series:
    latest = versions.latest(series_id)
    if latest is None:
        raise SeriesNotFoundError
    return latest


def _require_expected(request: SeriesRequest, former: Series | None) -> None:
    current = former.version if former else None
    if request.expected_version not in (None, current):
        detail = Text("The series has changed since you read it")
        raise ConflictError(FieldViolation("series.version", "invalid", detail))


def _has_same_pattern(former: Series, series: Series) -> bool:
    return replace(series, version=former.version) == former


def _require_effect(view: PlanView, today: date) -> None:
    """Raise ``RequestRejectedError`` if a new series would change nothing."""
    series = view.plan.series
    if series and series.last and series.last < today:
        raise _nothing_to_save("series.to", Text("The series would end before today"))
    if view.days and not view.opens:
        detail = Text("All of these slots are open already")
        raise nothing_to_plan_error("series", detail, kept_slots(view), view.doctor.zone)


def _require_grid_slots(series: Series) -> None:
    """Raise ``RequestRejectedError`` if the series has no slot of the grid."""
    end = min(series.first, local_time.MAX_DATE - _PATTERN) + _PATTERN
    dates = dates_between(series.first, end if series.last is None else min(end, series.last))
    if not any(series.has_slots_on(on) for on in dates):
        detail = Text("None of these hours are within the doctor's weekly hours")
        raise RequestRejectedError(FieldViolation("series.weekly", "not_on_grid", detail))


def _nothing_to_save(field: str, detail: Text) -> RequestRejectedError:
    return RequestRejectedError(FieldViolation(field, "nothing_to_save", detail))
