"""What a plan changes on one date: its series, merged with the day, or its undo.

A step of a plan decides here again, on the day as it is then.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.blocking import block, find_stretch, unblock
from chalicelib.domain.day import PlannedChanges
from chalicelib.domain.local_time import to_utc
from chalicelib.domain.merge import merge
from chalicelib.domain.plan import PlanKind
from chalicelib.domain.plan_errors import HoursChangedError
from chalicelib.domain.replacement import replace_slots
from chalicelib.domain.undo_merge import undo_change

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from chalicelib.domain.audit_log import AuditLogEntry
    from chalicelib.domain.day import Day
    from chalicelib.domain.grid import Grid
    from chalicelib.domain.plan import Plan, PlanSources
    from chalicelib.domain.series import Series, SeriesVersions
    from chalicelib.domain.slot import Slot
    from chalicelib.domain.time_off import TimeOff

# What these open must be in the weekly hours. The others open again what was open before.
_OF_HOURS = (PlanKind.SERIES, PlanKind.IMPORT, PlanKind.HOURS)


def is_up_to_date(series: Series, day: Day, versions: SeriesVersions) -> bool:
    """Whether there is nothing to do, or to record, for the series on the date.

    That is so if this version or a later one has been applied, or if it wants what all versions
    since the applied one want. Versions in between count, because a step of the plan of one of
    them may be under way: what is recorded on the date keeps it from applying that one.
    """
    applied = day.series_versions.get(series.series_id, 0)
    if not applied and series.has_slots_on(day.date):
        return False
    wanted = series.candidates_on(day.date)
    between = (
        versions.get(series.series_id, number) for number in range(applied or 1, series.version)
    )
    return all(each and each.candidates_on(day.date) == wanted for each in between)


def _intervals(series: Series, date: date) -> set[tuple[datetime, datetime]]:
    return {slot.interval for slot in series.candidates_on(date)}


def apply_series(
    series: Series, day: Day, versions: SeriesVersions, *, now: datetime
) -> PlannedChanges | None:
    """Return how the day gets what the series wants; None if nothing is to be done or recorded.

    Other series keep the version that was applied to the date. ``day`` must be current as of
    ``now``.
    """
    if is_up_to_date(series, day, versions):
        return None
    applied = day.series_versions
    target = {**applied, series.series_id: series.version}
    known = versions.with_version(series)
    base = (
        *versions.candidates_wanted(applied, day.date),
        *_opened_in_hours(versions.get(series.series_id, applied.get(series.series_id, 0)), day),
    )
    changes = merge(day, base, known.wanted(target, day.date), now=now)
    return replace(changes, series_versions=target)


def _opened_in_hours(applied: Series | None, day: Day) -> Iterator[Slot]:
    """Yield the slots of the series that lie in its hours, on whatever grid.

    When the doctor's hours changed, slots of the series could be replaced by those of another grid.
    """
    if applied is None or not applied.applies_on(day.date):
        return
    zone = applied.grid.zone
    hours = [
        (to_utc(day.date, each.start, zone), to_utc(day.date, each.end, zone))
        for each in applied.weekly.get(day.date.weekday(), ())
    ]
    for slot in day.slots.values():
        is_of_series = slot.origin and slot.origin.series_id == applied.series_id
        if is_of_series and any(start <= slot.start and slot.end <= end for start, end in hours):
            yield slot


def undo_entry(
    plan: Plan, day: Day, entry: AuditLogEntry, versions: SeriesVersions, *, now: datetime
) -> PlannedChanges | None:
    """Return how the day gets back what the entry changed, as far as it allows that now.

    A day to which the undone plan applied its version of a series gets the restored version. None
    if a later version than that has been applied to it.
    """
    series = plan.series
    applied = day.series_versions.get(series.series_id, 0) if series else 0
    if series and applied > series.version:
        return None
    changes = undo_change(day, entry, now=now)
    if series is None or not _has_undone_pattern(plan, day, versions):
        return changes
    restored = {**day.series_versions, series.series_id: series.version}
    return replace(changes, series_versions=restored)


def apply_plan_series(
    plan: Plan, day: Day, versions: SeriesVersions, *, now: datetime
) -> PlannedChanges | None:
    """Return how the day gets what the plan's version of its series wants; None if it has it.

    An undo changes only dates that have the pattern which it replaces. On others the plan that it
    undoes did nothing.
    """
    series = plan.series
    if series is None:
        return None
    if plan.kind is PlanKind.UNDO and not _has_undone_pattern(plan, day, versions):
        return None
    return apply_series(series, day, versions, now=now)


def _has_undone_pattern(plan: Plan, day: Day, versions: SeriesVersions) -> bool:
    """Whether the version that was applied to the date has the pattern of the undone plan.

    It can be an older version than the latest: one of the same hours, or of another name.
    """
    if plan.series is None or plan.replaced is None:
        return False
    series_id = plan.series.series_id
    applied = versions.get(series_id, day.series_versions.get(series_id, 0))
    replaced = versions.get(series_id, plan.replaced)
    return bool(applied and replaced and applied.has_same_pattern(replaced))


def opens_other_hours(plan: Plan, former: Series | None, grid: Grid) -> bool:
    """Whether the plan wants slots that neither the grid nor the version before has.

    The hours have changed since its preview. An undo opens what was open before, on any grid.
    """
    series = plan.series
    if plan.kind not in _OF_HOURS or (series and series.grid.has_same_slots(grid)):
        return False
    return any(
        not _intervals_wanted(plan, on)
        <= {slot.interval for slot in grid.candidate_slots(on)}
        | (_intervals(former, on) if former else set())
        for on in plan.dates
    )


def _intervals_wanted(plan: Plan, on: date) -> set[tuple[datetime, datetime]]:
    if plan.series:
        return _intervals(plan.series, on)
    return {slot.interval for slot in plan.imported.get(on, ())}


def require_current_hours(plan: Plan, changes: PlannedChanges, grid: Grid) -> None:
    """Raise ``HoursChangedError`` if the plan opens slots of a date that the grid does not have.

    Slots of other series, which this one gives way to, have hours of their own.
    """
    if plan.kind not in _OF_HOURS:
        return
    of_grid = {slot.interval for slot in grid.candidate_slots(changes.day_after.date)}
    series_id = plan.series.series_id if plan.series else None
    opened = (
        slot
        for slot in changes.opened
        if plan.kind is PlanKind.HOURS
        or (slot.origin.series_id if slot.origin else None) == series_id
    )
    if any(slot.interval not in of_grid for slot in opened):
        raise HoursChangedError


def import_slots(plan: Plan, day: Day, *, now: datetime) -> PlannedChanges:
    """Return how the day gets the imported slots; they count as opened by hand.

    A stored slot of the same start stays, whatever its length: the slot length may have changed.
    Those that time off keeps closed are not opened later either.
    """
    wanted = [day.slots.get(slot.start, slot) for slot in plan.imported.get(day.date, ())]
    changes = merge(day, (), wanted, now=now)
    return replace(changes, day_after=replace(changes.day_after, blocked=day.blocked))


def apply_time_off(
    time_off: TimeOff, day: Day, zone: ZoneInfo, *, now: datetime
) -> PlannedChanges | None:
    """Return how the day gets the time off, or loses it; None if it is as it should be."""
    if time_off.is_lifted:
        return unblock(day, time_off.time_off_id, now=now)
    stretch = find_stretch(day, time_off.time_off_id)
    if stretch and not stretch.is_lifted:
        return None
    return block(day, time_off.stretch_on(day.date, zone), now=now)


def plan_day(
    plan: Plan, day: Day, sources: PlanSources, grid: Grid, *, now: datetime
) -> PlannedChanges | None:
    """Return what the plan changes of the day as it is; None if there is nothing to record.

    A plan of a series or of time off that has been changed again since does nothing more. ``grid``
    is the doctor's. ``day`` must be current as of ``now``.
    """
    if sources.is_replaced(plan):
        return None
    if plan.kind is PlanKind.IMPORT:
        return import_slots(plan, day, now=now)
    if plan.kind is PlanKind.HOURS:
        return replace_slots(plan, day, grid, now=now)
    if plan.time_off and plan.kind is not PlanKind.UNDO:
        return apply_time_off(plan.time_off, day, grid.zone, now=now)
    changes: list[PlannedChanges] = []
    after = day
    for entry in sources.undone.get(day.date, ()):
        if undone := undo_entry(plan, after, entry, sources.versions, now=now):
            changes.append(undone)
            after = _day_after(undone)
    if applied := apply_plan_series(plan, after, sources.versions, now=now):
        changes.append(applied)
    return _in_sequence(changes)


def _day_after(changes: PlannedChanges) -> Day:
    versions = changes.series_versions
    return (
        changes.day_after
        if versions is None
        else (replace(changes.day_after, series_versions=versions))
    )


def _in_sequence(changes: Sequence[PlannedChanges]) -> PlannedChanges | None:
    """Return all of the changes, made one after the other; None if there are none."""
    if not changes:
        return None
    closed = tuple(slot for each in changes for slot in each.closed)
    starts = {slot.start for slot in closed}
    return PlannedChanges(
        opened=tuple(slot for each in changes for slot in each.opened),
        closed=closed,
        day_after=_day_after(changes[-1]),
        # One of the changes can close what another leaves alone.
        kept=tuple(kept for each in changes for kept in each.kept if kept.slot.start not in starts),
    )
