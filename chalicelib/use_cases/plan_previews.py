"""Dry runs of plans, and plans as clients see them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Self

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.availability import third_bookable_date
from chalicelib.domain.day import Day
from chalicelib.domain.plan import (
    Plan,
    PlanKind,
    PlannedDay,
    PlanSources,
    PlanState,
    ThirdNextAvailable,
    UndoHistory,
    shown_closing,
)
from chalicelib.domain.plan_days import plan_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from chalicelib.domain.audit_log import AuditLogEntry
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.grid import Grid
    from chalicelib.domain.series import SeriesVersions
    from chalicelib.domain.time_off import TimeOff
    from chalicelib.storage.audit_log import AuditLog
    from chalicelib.storage.day_repository import DayRepository
    from chalicelib.storage.doctor_cache import DoctorCache
    from chalicelib.storage.plan_repository import PlanRepository
    from chalicelib.storage.series_repository import SeriesRepository
    from chalicelib.storage.time_off_repository import TimeOffRepository

    Days = Mapping[date, Day]
    EntriesByDate = dict[date, list[AuditLogEntry]]

# Fewer requests than a page of a month has: a preview reads a year.
_PAGE_SIZE = 366
_NOT_UNDONE = UndoHistory()


class PlanStores(Struct, frozen=True, kw_only=True):
    """What plans are read from and written to."""

    plans: PlanRepository
    series: SeriesRepository
    days: DayRepository
    time_off: TimeOffRepository
    audit_log: AuditLog
    doctor_cache: DoctorCache


class PlanView(Struct, frozen=True, kw_only=True):
    """A plan as it is now: what it did to the dates that are done, and would do to the others.

    ``history`` has its undo, if it was undone, and what undid that.
    """

    doctor: Doctor
    plan: Plan
    days: tuple[PlannedDay, ...]
    days_done: int
    opens: int
    closes: int
    keeps: int
    history: UndoHistory = _NOT_UNDONE

    @classmethod
    def of(
        cls,
        doctor: Doctor,
        plan: Plan,
        days: Iterable[PlannedDay],
        *,
        days_done: int = 0,
        history: UndoHistory = _NOT_UNDONE,
    ) -> Self:
        """Return the view of these days, with their totals."""
        of_plan = tuple(days)
        return cls(
            doctor=doctor,
            plan=plan,
            days=of_plan,
            days_done=days_done,
            opens=sum(len(day.opens) for day in of_plan),
            closes=sum(len(day.closes) for day in of_plan),
            keeps=sum(len(day.kept) for day in of_plan),
            history=history,
        )


class PlanPreviews:
    """Plans with what they do to each date."""

    def __init__(self, stores: PlanStores) -> None:
        self._stores = stores

    def preview(
        self,
        doctor: Doctor,
        draft: Plan,
        dates: Iterable[date],
        sources: PlanSources,
        now: datetime,
    ) -> PlanView:
        """Return the plan of those dates on which it has something to do, and what that is.

        If ``draft`` has dates, they belong to it in any case.
        It reads the doctor's days up to the end of the booking window, in one query.
        """
        dates = tuple(dates)
        days = self._read_days(doctor, dates, now)
        planned, after = _dry_run(draft, dates, days, sources, doctor.grid, now)
        plan = replace(
            draft,
            dates=tuple(sorted({*draft.dates, *(day.date for day in planned)})),
            closing=shown_closing(planned),
            third_next_available=ThirdNextAvailable(
                _third_next(days.values(), doctor, now),
                _third_next(({**days, **after}).values(), doctor, now),
            ),
        )
        return PlanView.of(doctor, plan, planned)

    def renew(self, doctor: Doctor, plan: Plan, sources: PlanSources, now: datetime) -> PlanView:
        """Return the plan with a new preview of the dates that are not applied."""
        fresh = self.preview(doctor, plan, plan.remaining, sources, now)
        renewed = replace(
            plan,
            closing={**plan.closing, **fresh.plan.closing},
            third_next_available=fresh.plan.third_next_available,
        )
        return self.view(doctor, renewed, now)

    def view(self, doctor: Doctor, plan: Plan, now: datetime) -> PlanView:
        """Return the plan with the outcome of the dates that are done, and a preview of others."""
        if not plan.dates:
            return PlanView.of(doctor, plan, (), history=self.undo_history(plan))
        entries = self._outcomes(plan)
        left = self._preview_days(doctor, plan, now)
        days = (
            left[on].after(entries.get(on, ()))
            if on in left
            else PlannedDay.from_entries(on, entries.get(on, ()))
            for on in plan.dates
        )
        return PlanView.of(
            doctor,
            plan,
            days,
            days_done=len(plan.dates) - len(left),
            history=self.undo_history(plan),
        )

    def undo_history(self, plan: Plan) -> UndoHistory:
        """Read the undos of the plan."""
        return UndoHistory.of(plan, lambda plan_id: self._stores.plans.get(plan.doctor_id, plan_id))

    def sources(self, plan: Plan, versions: SeriesVersions) -> PlanSources:
        """Read what the plan decides on for the dates that remain, besides the days and series."""
        time_off = self._latest_time_off(plan)
        if plan.kind is not PlanKind.UNDO:
            return PlanSources(versions=versions, time_off=time_off)
        remaining = set(plan.remaining)
        entries = {
            on: of_date for on, of_date in self.entries_to_undo(plan).items() if on in remaining
        }
        undone = self.drop_already_undone(entries)
        return PlanSources(versions=versions, undone=undone, time_off=time_off)

    def _latest_time_off(self, plan: Plan) -> TimeOff | None:
        if plan.time_off is None:
            return None
        return self._stores.time_off.get(plan.doctor_id, plan.time_off.time_off_id)

    def entries_to_undo(self, plan: Plan) -> EntriesByDate:
        """Return the changes that an undo inverts, by date, the newest first."""
        if change := plan.undone_change:
            return {change.date: [self._stores.audit_log.get(change)]}
        undone = self._stores.plans.get(plan.doctor_id, plan.undoes or "")
        return {on: entries[::-1] for on, entries in self._outcomes(undone).items()}

    def drop_already_undone(self, entries: EntriesByDate) -> EntriesByDate:
        """Leave out the changes that have been undone already."""
        every = [entry for of_date in entries.values() for entry in of_date]
        undone = self._stores.audit_log.find_undone(every)
        left = {
            on: [entry for entry in of_date if entry.change_id not in undone]
            for on, of_date in entries.items()
        }
        return {on: of_date for on, of_date in left.items() if of_date}

    def _outcomes(self, plan: Plan) -> EntriesByDate:
        if not plan.has_started or not plan.dates:
            return {}
        return self._stores.audit_log.list_plan(
            plan.doctor_id, plan.plan_id, plan.dates[0], plan.dates[-1]
        )

    def _preview_days(self, doctor: Doctor, plan: Plan, now: datetime) -> dict[date, PlannedDay]:
        """Return what is left to do, by date."""
        if plan.state is PlanState.DONE or not plan.remaining:
            return {}
        days = self._read_days(doctor, plan.remaining, now)
        versions = self._stores.series.list_versions(plan.doctor_id)
        sources = self.sources(plan, versions)
        planned, _ = _dry_run(plan, plan.remaining, days, sources, doctor.grid, now)
        return {day.date: day for day in planned}

    def _read_days(self, doctor: Doctor, dates: Sequence[date], now: datetime) -> Days:
        """Read the days of the booking window; and further ones, if it was longer at first."""
        first = local_time.local_date(now, doctor.zone)
        last = max([doctor.last_bookable_date(now), *dates[-1:]])
        days = self._stores.days.list_range(doctor.doctor_id, first, last, page_size=_PAGE_SIZE)
        return {day.date: day.as_of(now) for day in days}


def _dry_run(
    plan: Plan,
    dates: Iterable[date],
    days: Days,
    sources: PlanSources,
    grid: Grid,
    now: datetime,
) -> tuple[list[PlannedDay], dict[date, Day]]:
    """Return what the plan does to each date, and the days after it."""
    planned, after = [], {}
    readable = {on: day for on, day in days.items() if not day.is_incomplete}
    for on in dates:
        day = days.get(on) or Day(doctor_id=plan.doctor_id, date=on)
        beside = [readable[each] for each in local_time.adjacent_dates(on) if each in readable]
        changes = plan_day(plan, day.with_adjacent(beside), sources, grid, now=now)
        if changes is not None:
            day.require_complete()
            planned.append(PlannedDay.of(on, changes))
            after[on] = changes.day_after
    return planned, after


def _third_next(days: Iterable[Day], doctor: Doctor, now: datetime) -> int | None:
    in_order = sorted(days, key=lambda day: day.date)
    third = third_bookable_date(in_order, doctor, now)
    return None if third is None else (third - local_time.local_date(now, doctor.zone)).days
