"""The saves of the dates of a plan, for ``SaveDays``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.audit_log import ChangeKind
from chalicelib.domain.plan import (
    Plan,
    PlanKind,
    closing_part,
    may_overlap_adjacent_date,
    needs_two_saves,
)
from chalicelib.domain.plan_days import apply_plan_series, undo_entry
from chalicelib.domain.plan_errors import PreviewChangedError
from chalicelib.domain.undo import undo_request_id
from chalicelib.use_cases.save_days import DayUpdate, DayWithDoctor

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from chalicelib.domain.audit_log import AuditLogEntry
    from chalicelib.domain.day import PlannedChanges
    from chalicelib.domain.plan import PlanSources

_KINDS = {PlanKind.SERIES: ChangeKind.SERIES, PlanKind.UNDO: ChangeKind.UNDO}


class UpToDate(Exception):  # noqa: N818  no error
    """The date needs no save."""


class NeedsTwoSaves(Exception):  # noqa: N818  no error
    """One transaction cannot make the changes of the date."""


def all_changes(changes: PlannedChanges, _view: DayWithDoctor) -> PlannedChanges:
    """Choose everything. Raises ``NeedsTwoSaves`` if it is too much for one save."""
    if needs_two_saves(changes):
        raise NeedsTwoSaves
    return changes


def closing_changes(changes: PlannedChanges, view: DayWithDoctor) -> PlannedChanges:
    """Choose the slots that close, so that the next save can open others."""
    return closing_part(changes, view.day)


def series_update(
    plan: Plan,
    on: date,
    sources: PlanSources,
    choose: Callable[[PlannedChanges, DayWithDoctor], PlannedChanges],
    part: int | None = None,
) -> DayUpdate:
    """Return the save of a date; ``choose`` takes all of its changes, or a part of them."""
    series = plan.series
    slots = tuple(series.slots_on(on)) if series else ()

    def decide(view: DayWithDoctor) -> PlannedChanges:
        changes = apply_plan_series(plan, view.day, sources.versions, now=view.now)
        return choose(_require_shown(plan, on, changes), view)

    return DayUpdate(
        doctor_id=plan.doctor_id,
        date=on,
        request_id=plan.request_id(part),
        fingerprint=plan.request_id(part),
        decide=decide,
        may_overlap_adjacent=lambda grid: (
            grid is None or may_overlap_adjacent_date(slots, on, grid.zone)
        ),
        kind=_KINDS[plan.kind],
        plan_id=plan.plan_id,
    )


def _require_shown(plan: Plan, on: date, changes: PlannedChanges | None) -> PlannedChanges:
    """Return the changes of the date if there are any, and if the preview showed what they close.

    Raises ``PreviewChangedError`` if it did not.
    """
    if changes is None:
        raise UpToDate
    if not plan.may_close(changes, on):
        raise PreviewChangedError
    return changes


def undo_update(plan: Plan, on: date, entry: AuditLogEntry) -> DayUpdate:
    """Return the save that undoes one entry; its key is that of any other undo of it."""

    def decide(view: DayWithDoctor) -> PlannedChanges:
        return _require_shown(plan, on, undo_entry(plan, view.day, entry, now=view.now))

    request_id = undo_request_id(entry.change_id)
    return DayUpdate(
        doctor_id=plan.doctor_id,
        date=on,
        request_id=request_id,
        fingerprint=request_id,
        decide=decide,
        may_overlap_adjacent=lambda _: bool(entry.closed),
        kind=ChangeKind.UNDO,
        plan_id=plan.plan_id,
        undoes=entry.change_id,
    )
