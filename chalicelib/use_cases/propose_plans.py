"""Use case of doctors and their delegates: propose a change of many dates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain import local_time
from chalicelib.domain.errors import ConflictError, RequestRejectedError
from chalicelib.domain.imports import resolve_import
from chalicelib.domain.plan import Plan, PlanKind, PlanSources, PlanState, dates_between
from chalicelib.domain.plan_errors import SeriesNotFoundError, nothing_to_plan_error
from chalicelib.domain.series import Series, SeriesVersions
from chalicelib.domain.text import Text
from chalicelib.domain.undo import may_be_undone
from chalicelib.domain.violations import FieldViolation
from chalicelib.use_cases.retry import retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from chalicelib.domain.audit_log import ChangeId
    from chalicelib.domain.day import KeptSlot
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.grid import Grid
    from chalicelib.domain.imports import ImportedStart
    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.series import TimeRange
    from chalicelib.use_cases.plan_previews import PlanPreviews, PlanStores, PlanView

# A plan names each: with more, the response would exceed the 6 MB of AWS Lambda.
MAX_SLOTS = 40_000
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


class ProposePlans:
    """Proposals store nothing but themselves; ``ApplyPlans`` applies them.

    ``new_id`` returns a random text for an id, in letters and digits.
    """

    def __init__(
        self,
        stores: PlanStores,
        previews: PlanPreviews,
        new_id: Callable[[], str],
        now: Callable[[], datetime],
        pause: Callable[[int], None],
    ) -> None:
        self._stores = stores
        self._previews = previews
        self._new_id = new_id
        self._now = now
        self._pause = pause

    def propose_series(self, caller: Caller, doctor_id: str, request: SeriesRequest) -> PlanView:
        """Propose a new series, or another version of one.

        Raises ``RequestRejectedError`` if it would change nothing, ``SeriesNotFoundError``,
        ``DoctorNotFoundError``, ``PermissionDeniedError``, ``StoreUnavailableError``.
        """
        doctor, now = self._open(caller, doctor_id)
        versions = self._read_versions(doctor_id)
        former = _require_latest(versions, request.series_id) if request.series_id else None
        _require_expected(request, former)
        series = request.to_series(
            former.series_id if former else self._new_id(),
            former.version + 1 if former else 1,
            doctor.grid,
        )
        _require_grid_slots(series)
        if former and _has_same_pattern(former, series):
            raise _nothing_to_save("series", Text("The series already has these hours and dates"))
        return self._propose(doctor, self._draft_series(doctor, series, former, now), versions, now)

    def propose_end(self, caller: Caller, doctor_id: str, series_id: str, on: date) -> PlanView:
        """Propose that the series wants nothing from that date on. Raises as ``propose_series``."""
        doctor, now = self._open(caller, doctor_id)
        versions = self._read_versions(doctor_id)
        former = _require_latest(versions, series_id)
        series = former.ended_before(on)
        if former.is_over or former.last == series.last:
            raise _nothing_to_save("from", Text("The series already ends before then"))
        return self._propose(doctor, self._draft_series(doctor, series, former, now), versions, now)

    def propose_import(
        self, caller: Caller, doctor_id: str, starts: Mapping[date, Sequence[ImportedStart]]
    ) -> PlanView:
        """Propose to open slots of many dates, by their starts.

        Raises ``RequestRejectedError`` for a start that is no grid slot of its date, and for a date
        after the booking window; otherwise as ``propose_series``.
        """
        doctor, now = self._open(caller, doctor_id)
        imported = resolve_import(starts, doctor, now)
        draft = replace(self._draft(doctor, PlanKind.IMPORT, now), imported=imported)
        sources = PlanSources(versions=SeriesVersions())
        view = self._preview(doctor, draft, sorted(imported), sources, now)
        if not view.opens:
            detail = Text("All of these slots are open already")
            raise nothing_to_plan_error("days", detail, _kept(view), doctor.zone)
        return self._store(view)

    def propose_undo_of_plan(self, caller: Caller, doctor_id: str, plan_id: str) -> PlanView:
        """Propose to undo what a plan did, and to restore the series as it was before.

        The series stays as it is if it has been changed again since. Raises
        ``RequestRejectedError`` if nothing can be undone, ``PlanNotFoundError``, and the others as
        ``propose_series``.
        """
        doctor, now = self._open(caller, doctor_id)
        undone = retry_on_conflict(lambda: self._stores.plans.get(doctor_id, plan_id), self._pause)
        versions = self._read_versions(doctor_id)
        series = _restored(undone, versions)
        draft = replace(
            self._draft(doctor, PlanKind.UNDO, now),
            undoes=plan_id,
            series=series,
            replaced=undone.series.version if series and undone.series else None,
            # Until this plan starts, the undone one can still be applied to more dates.
            dates=undone.dates if series and undone.state is not PlanState.DONE else (),
        )
        return self._propose_undo(doctor, draft, versions, now, dates=undone.dates)

    def propose_undo_of_change(self, caller: Caller, change: ChangeId) -> PlanView:
        """Propose to undo a change of one date. Raises as ``propose_undo_of_plan``."""
        doctor, now = self._open(caller, change.doctor_id)
        draft = replace(self._draft(doctor, PlanKind.UNDO, now), undoes=str(change))
        return self._propose_undo(doctor, draft, self._read_versions(change.doctor_id), now)

    def _open(self, caller: Caller, doctor_id: str) -> tuple[Doctor, datetime]:
        cache = self._stores.doctor_cache
        doctor = retry_on_conflict(lambda: cache.refresh(doctor_id), self._pause)
        caller.require_role_for(doctor)
        return doctor, self._now()

    def _read_versions(self, doctor_id: str) -> SeriesVersions:
        series = self._stores.series
        return retry_on_conflict(lambda: series.list_versions(doctor_id), self._pause)

    def _draft(self, doctor: Doctor, kind: PlanKind, now: datetime) -> Plan:
        return Plan(
            doctor_id=doctor.doctor_id,
            plan_id=f"{now:%Y%m%dT%H%M%S%f}Z-{self._new_id()}",
            kind=kind,
            created_at=now,
            dates=(),
            closing={},
        )

    def _draft_series(
        self, doctor: Doctor, series: Series, former: Series | None, now: datetime
    ) -> Plan:
        draft = self._draft(doctor, PlanKind.SERIES, now)
        return replace(draft, series=series, replaced=former.version if former else None)

    def _propose(
        self, doctor: Doctor, draft: Plan, versions: SeriesVersions, now: datetime
    ) -> PlanView:
        today = local_time.local_date(now, doctor.zone)
        dates = dates_between(today, doctor.last_bookable_date(now))
        view = self._preview(doctor, draft, dates, PlanSources(versions=versions), now)
        if draft.replaced is None:
            _require_effect(view, today)
        return self._store(view)

    def _propose_undo(
        self,
        doctor: Doctor,
        draft: Plan,
        versions: SeriesVersions,
        now: datetime,
        dates: Sequence[date] = (),
    ) -> PlanView:
        found = retry_on_conflict(lambda: self._previews.undone_by(draft), self._pause)
        entries = {
            on: [entry for entry in of_date if draft.series or may_be_undone(entry, now)]
            for on, of_date in found.items()
        }
        left = retry_on_conflict(lambda: self._previews.without_undone(entries), self._pause)
        sources = PlanSources(versions=versions, undone=left)
        view = self._preview(doctor, draft, sorted({*dates, *left}), sources, now)
        if not (view.opens or view.closes or draft.series):
            detail = Text("There is nothing left to undo")
            field = "change_id" if draft.undone_change else "plan_id"
            raise nothing_to_plan_error(field, detail, _kept(view), doctor.zone)
        return self._store(view)

    def _preview(
        self,
        doctor: Doctor,
        draft: Plan,
        dates: Iterable[date],
        sources: PlanSources,
        now: datetime,
    ) -> PlanView:
        on_dates = tuple(dates)
        return retry_on_conflict(
            lambda: self._previews.preview(doctor, draft, on_dates, sources, now), self._pause
        )

    def _store(self, view: PlanView) -> PlanView:
        if view.opens + view.closes + view.keeps > MAX_SLOTS:
            detail = Text("A plan can change at most %(count)s slots", count=MAX_SLOTS)
            raise RequestRejectedError(FieldViolation("kind", "too_many", detail))
        retry_on_conflict(lambda: self._stores.plans.create(view.plan), self._pause)
        return view


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


def _restored(undone: Plan, versions: SeriesVersions) -> Series | None:
    """Return the version that brings back the pattern before the plan.

    None if the plan made no version, or if it is not the latest.
    """
    if undone.series is None or not undone.has_started:
        return None
    latest = versions.latest(undone.series.series_id)
    if latest is None or latest.version != undone.series.version:
        return None
    if undone.replaced is None:
        return latest.ended_before(latest.first)
    before = versions.get(latest.series_id, undone.replaced)
    return replace(before, version=latest.version + 1, applied_to=None) if before else None


def _require_effect(view: PlanView, today: date) -> None:
    """Raise ``RequestRejectedError`` if a new series would change nothing."""
    series = view.plan.series
    if series and series.last and series.last < today:
        raise _nothing_to_save("series.to", Text("The series would end before today"))
    if view.days and not view.opens:
        detail = Text("All of these slots are open already")
        raise nothing_to_plan_error("series", detail, _kept(view), view.doctor.zone)


def _require_grid_slots(series: Series) -> None:
    """Raise ``RequestRejectedError`` if the series has no slot of the grid."""
    end = min(series.first, local_time.MAX_DATE - _PATTERN) + _PATTERN
    dates = dates_between(series.first, end if series.last is None else min(end, series.last))
    if not any(series.has_slots_on(on) for on in dates):
        detail = Text("None of these hours are within the doctor's weekly hours")
        raise RequestRejectedError(FieldViolation("series.weekly", "not_on_grid", detail))


def _kept(view: PlanView) -> list[KeptSlot]:
    return [kept for day in view.days for kept in day.kept]


def _nothing_to_save(field: str, detail: Text) -> RequestRejectedError:
    return RequestRejectedError(FieldViolation(field, "nothing_to_save", detail))
