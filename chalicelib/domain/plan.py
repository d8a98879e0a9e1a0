"""Plans: one change of many dates, each of which is one save.

A plan is proposed (a dry run), then applied in steps. Each step reads the current state of a date
and decides again, so a plan can be applied twice, stopped and continued without another result.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from chalicelib.domain import local_time
from chalicelib.domain.changes import MAX_CHANGES_PER_SAVE
from chalicelib.domain.day import KeptReason, PlannedChanges, SlotChanges
from chalicelib.domain.merge import invert, merge

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from chalicelib.domain.audit_log import AuditLogEntry
    from chalicelib.domain.day import Day, KeptSlot
    from chalicelib.domain.series import Series, SeriesVersions
    from chalicelib.domain.slot import Slot

_ONE_DAY = timedelta(days=1)


class PlanKind(StrEnum):
    """What a plan does."""

    SERIES = "series"
    UNDO = "undo"


class PlanState(StrEnum):
    """Where a plan is in its life."""

    PROPOSED = "proposed"
    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class ThirdNextAvailable:
    """Days from today to the third bookable slot, before and after a plan; None: fewer slots."""

    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A change of the slots of many dates.

    ``dates`` are those that it may change, in time order. ``closing`` has the starts of the slots
    that its preview closes, by date: it closes no other. ``applied_through`` is a date up to which
    all are applied; more can be, which only the audit log knows.

    ``series`` is the version of a series that the plan makes; it is stored when the plan starts.
    ``replaced`` is the number of the version before it, None for a new series.
    ``undoes`` is the id of the change or of the plan that an undo inverts.
    """

    doctor_id: str
    plan_id: str
    kind: PlanKind
    created_at: datetime
    dates: tuple[date, ...]
    closing: Mapping[date, frozenset[datetime]]
    state: PlanState = PlanState.PROPOSED
    has_started: bool = False
    applied_through: date | None = None
    series: Series | None = None
    replaced: int | None = None
    undoes: str | None = None
    third_next_available: ThirdNextAvailable = ThirdNextAvailable(None, None)

    @property
    def remaining(self) -> tuple[date, ...]:
        """The dates after ``applied_through``."""
        through = self.applied_through
        return self.dates if through is None else tuple(on for on in self.dates if on > through)

    def request_id(self, part: int | None = None) -> str:
        """Return the idempotency key of the save of a date, or of a part of it."""
        return self.plan_id if part is None else f"{self.plan_id}.{part}"

    def may_close(self, planned: SlotChanges, date: date) -> bool:
        """Whether the preview showed that these slots of the date will close."""
        shown = self.closing.get(date, frozenset())
        return all(slot.start in shown for slot in planned.closed)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDay:
    """What a plan does to one date: opens, closes, and leaves alone.

    ``left_out`` is why it does nothing at all: ``past``.
    """

    date: date
    opens: tuple[Slot, ...] = ()
    closes: tuple[Slot, ...] = ()
    kept: tuple[KeptSlot, ...] = ()
    left_out: Literal["past"] | None = None

    @classmethod
    def of(cls, date: dt.date, changes: PlannedChanges) -> PlannedDay:
        """Return what these changes do to the date."""
        does_nothing = not (changes.opened or changes.closed)
        reasons = {each.reason for each in changes.kept}
        return cls(
            date=date,
            opens=changes.opened,
            closes=changes.closed,
            kept=changes.kept,
            left_out="past" if does_nothing and reasons == {KeptReason.PAST} else None,
        )

    @classmethod
    def from_entries(cls, date: dt.date, entries: Sequence[AuditLogEntry]) -> PlannedDay:
        """Return what the plan did to the date, by its entries in the audit log."""
        return cls(
            date=date,
            opens=tuple(slot for entry in entries for slot in entry.opened),
            closes=tuple(slot for entry in entries for slot in entry.closed),
            # The last entry is that of the complete change.
            kept=entries[-1].kept if entries else (),
        )

    def after(self, entries: Sequence[AuditLogEntry]) -> PlannedDay:
        """The same with what the plan did before, by its entries in the audit log."""
        done = PlannedDay.from_entries(self.date, entries)
        return replace(self, opens=(*done.opens, *self.opens), closes=(*done.closes, *self.closes))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSources:
    """What a plan decides on, besides the day.

    ``undone`` has the changes that an undo inverts, by date, the newest first.
    """

    versions: SeriesVersions
    undone: Mapping[date, Sequence[AuditLogEntry]] = field(default_factory=dict)

    def is_replaced(self, series: Series | None) -> bool:
        """Whether another plan has made a later version: it has to apply that one."""
        latest = series and self.versions.latest(series.series_id)
        return bool(series and latest and latest.version > series.version)


def dates_between(first: date, last: date) -> Iterator[date]:
    """Yield the dates from the first to the last, both included."""
    for number in range((last - first).days + 1):
        yield first + number * _ONE_DAY


def neighbours(date: date) -> tuple[date, date]:
    """The dates before and after."""
    return date - _ONE_DAY, date + _ONE_DAY


def is_up_to_date(series: Series, day: Day, versions: SeriesVersions) -> bool:
    """Whether there is nothing to do, or to record, for the series on the date.

    That is so if this version or a later one has been applied, or if it wants what all versions
    since the applied one want. Versions in between count, because a step of the plan of one of
    them may be under way: what is recorded on the date keeps it from applying that one.
    """
    applied = day.series_versions.get(series.series_id, 0)
    wanted = _intervals(series, day.date)
    if not applied and wanted:
        return False
    between = (
        versions.get(series.series_id, number) for number in range(applied or 1, series.version)
    )
    return all(each and _intervals(each, day.date) == wanted for each in between)


def _intervals(series: Series, date: date) -> set[tuple[datetime, datetime]]:
    return {slot.interval for slot in series.slots_on(date)}


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
    changes = merge(
        day, versions.wanted(applied, day.date), known.wanted(target, day.date), now=now
    )
    return replace(changes, series_versions=target)


def undo_entry(
    plan: Plan, day: Day, entry: AuditLogEntry, *, now: datetime
) -> PlannedChanges | None:
    """Return how the day gets back what the entry changed, as far as it allows that now.

    A day to which the undone plan applied its version of a series gets the restored version. None
    if a later version than that has been applied to it.
    """
    series = plan.series
    applied = day.series_versions.get(series.series_id, 0) if series else 0
    if series and applied > series.version:
        return None
    changes = invert(day, entry, now=now)
    if series is None or applied != plan.replaced:
        return changes
    restored = {**day.series_versions, series.series_id: series.version}
    return replace(changes, series_versions=restored)


def apply_plan_series(
    plan: Plan, day: Day, versions: SeriesVersions, *, now: datetime
) -> PlannedChanges | None:
    """Return how the day gets what the plan's version of its series wants; None if it is so.

    An undo changes only dates that have the version which it replaces. On others the plan that it
    undoes did nothing.
    """
    series = plan.series
    if series is None:
        return None
    is_undo = plan.kind is PlanKind.UNDO
    if is_undo and day.series_versions.get(series.series_id) != plan.replaced:
        return None
    return apply_series(series, day, versions, now=now)


def plan_day(plan: Plan, day: Day, sources: PlanSources, *, now: datetime) -> PlannedChanges | None:
    """Return what the plan changes of the day as it is; None if there is nothing to record.

    A plan of a series that has been changed again since does nothing more. ``day`` must be current
    as of ``now``.
    """
    if sources.is_replaced(plan.series):
        return None
    changes: list[PlannedChanges] = []
    after = day
    for entry in sources.undone.get(day.date, ()):
        if undone := undo_entry(plan, after, entry, now=now):
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
    return PlannedChanges(
        opened=tuple(slot for each in changes for slot in each.opened),
        closed=tuple(slot for each in changes for slot in each.closed),
        day_after=_day_after(changes[-1]),
        kept=tuple(kept for each in changes for kept in each.kept),
    )


def needs_two_saves(changes: SlotChanges) -> bool:
    """Whether one transaction cannot make the changes.

    It has a limited number of writes, and can't delete a slot and put another with its start.
    """
    count = len(changes.opened) + len(changes.closed)
    starts = {slot.start for slot in changes.closed}
    return count > MAX_CHANGES_PER_SAVE or any(slot.start in starts for slot in changes.opened)


def closing_part(changes: PlannedChanges, day: Day) -> PlannedChanges:
    """Return the first of two saves: it only closes, so the day never offers too much."""
    closing = SlotChanges(opened=(), closed=changes.closed)
    return PlannedChanges(
        opened=(), closed=changes.closed, day_after=day.apply(closing), kept=changes.kept
    )


def may_overlap_adjacent_date(slots: Iterable[Slot], date: date, zone: ZoneInfo) -> bool:
    """Whether a slot is so near to midnight that it may overlap one of the date before or after.

    A slot is stored under its local date, but later time zone data can move its local time across
    midnight.
    """
    shift = local_time.MAX_ZONE_SHIFT
    return any(
        local_time.local_date(instant, zone) != date
        for slot in slots
        for instant in (slot.start - shift, slot.end + shift)
    )


def shown_closing(days: Iterable[PlannedDay]) -> dict[date, frozenset[datetime]]:
    """Return the starts of the slots that a preview closes, by date."""
    return {day.date: frozenset(slot.start for slot in day.closes) for day in days if day.closes}
