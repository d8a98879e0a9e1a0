"""The saves of the dates of a plan."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from chalicelib.domain.audit_log import ChangeKind
from chalicelib.domain.plan import PlanKind
from chalicelib.domain.plan_days import (
    apply_plan_series,
    apply_time_off,
    import_slots,
    require_current_hours,
    undo_entry,
)
from chalicelib.domain.plan_errors import PreviewChangedError
from chalicelib.domain.replacement import replace_slots
from chalicelib.domain.undo import undo_request_id
from chalicelib.use_cases.save_days import DayUpdate, DayWithDoctor
from chalicelib.use_cases.save_series_dates import NoSaveNeededError, SeriesDate

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.domain.audit_log import AuditLogEntry
    from chalicelib.domain.day import PlannedChanges
    from chalicelib.domain.plan import Plan, PlanSources
    from chalicelib.domain.time_off import TimeOff


def date_of_plan(
    plan: Plan, on: date, sources: PlanSources, *, is_first: bool = True
) -> SeriesDate:
    """Return what the plan's version of a series, its import or new hours do to a date.

    ``is_first``: it is the first save of the date, which a stopped plan does not make.
    """

    def decide(view: DayWithDoctor) -> PlannedChanges | None:
        if plan.kind is PlanKind.IMPORT:
            changes: PlannedChanges | None = import_slots(plan, view.day, now=view.now)
        elif plan.kind is PlanKind.HOURS:
            changes = replace_slots(plan, view.day, view.doctor.grid, now=view.now)
        else:
            changes = apply_plan_series(plan, view.day, sources.versions, now=view.now)
        if changes:
            require_current_hours(plan, changes, view.doctor.grid)
        return changes

    wanted = plan.series.slots_on(on) if plan.series else plan.imported.get(on, ())
    return SeriesDate(
        doctor_id=plan.doctor_id,
        date=on,
        request_id=plan.plan_id,
        slots=tuple(wanted),
        decide=decide,
        may_close=partial(plan.may_close, date=on),
        kind=ChangeKind(plan.kind),
        plan_id=plan.plan_id,
        stops_with_plan=is_first,
    )


def time_off_update(plan: Plan, time_off: TimeOff, on: date) -> DayUpdate:
    """Return the save that blocks a date, or lifts that."""

    def decide(view: DayWithDoctor) -> PlannedChanges:
        changes = apply_time_off(time_off, view.day, view.doctor.zone, now=view.now)
        if changes is None:
            raise NoSaveNeededError
        if not plan.may_close(changes, on):
            raise PreviewChangedError
        return changes

    return DayUpdate(
        doctor_id=plan.doctor_id,
        date=on,
        request_id=plan.plan_id,
        fingerprint=plan.plan_id,
        decide=decide,
        # What it opens again may be off the grid.
        may_overlap_adjacent=lambda _: time_off.is_lifted,
        kind=ChangeKind.TIME_OFF,
        plan_id=plan.plan_id,
        stops_with_plan=True,
        time_off=time_off,
    )


def undo_update(
    plan: Plan, on: date, entry: AuditLogEntry, sources: PlanSources, *, is_first: bool = True
) -> DayUpdate:
    """Return the save that undoes one entry; its key is that of any other undo of it.

    ``is_first`` as for ``date_of_plan``.
    """

    def decide(view: DayWithDoctor) -> PlannedChanges:
        changes = undo_entry(plan, view.day, entry, sources.versions, now=view.now)
        if changes is None:
            raise NoSaveNeededError
        if not plan.may_close(changes, on):
            raise PreviewChangedError
        return changes

    request_id = undo_request_id(entry.change_id)
    return DayUpdate(
        doctor_id=plan.doctor_id,
        date=on,
        request_id=request_id,
        fingerprint=request_id,
        decide=decide,
        may_overlap_adjacent=lambda _: bool(entry.closed or entry.blocked),
        kind=ChangeKind.UNDO,
        plan_id=plan.plan_id,
        undoes=entry.change_id,
        stops_with_plan=is_first,
        time_off=plan.time_off,
    )
