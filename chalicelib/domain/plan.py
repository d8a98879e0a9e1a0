"""Plans: one change of many dates, each of which is one save.

A plan is proposed (a dry run), then applied in steps. Each step reads the current state of a date
and decides again, so a plan can be applied twice, stopped and continued without another result.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from chalicelib.domain.audit_log import ChangeId
from chalicelib.domain.changes import MAX_CHANGES_PER_SAVE
from chalicelib.domain.day import BLOCKED_REASONS, KeptReason, PlannedChanges, SlotChanges

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from chalicelib.domain.audit_log import AuditLogEntry
    from chalicelib.domain.day import Day, KeptSlot
    from chalicelib.domain.series import Series, SeriesVersions
    from chalicelib.domain.slot import Slot
    from chalicelib.domain.time_off import TimeOff

_ONE_DAY = timedelta(days=1)
_WEEKS_WITH_HOLIDAYS = timedelta(weeks=4)  # a person can look fewer of them through


class PlanKind(StrEnum):
    """What a plan does."""

    SERIES = "series"
    IMPORT = "import"
    UNDO = "undo"
    TIME_OFF = "time_off"
    LIFT_TIME_OFF = "lift_time_off"
    HOURS = "hours"


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
    ``replaced`` is the number of the version before it, None for a new series. The same holds for
    ``time_off``; a plan has one of both at most.
    ``undoes`` is the id of the change or of the plan that an undo inverts, ``undone_by`` that of
    the plan that undoes this one, since it has started. ``unchanged_series`` is the series that an
    undo leaves as it is, because it was changed since: only the days are undone.
    ``imported`` has the slots that an import or a change of hours opens, by date, in time order.
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
    time_off: TimeOff | None = None
    replaced: int | None = None
    undoes: str | None = None
    undone_by: str | None = None
    unchanged_series: str | None = None
    imported: Mapping[date, tuple[Slot, ...]] = field(default_factory=dict)
    third_next_available: ThirdNextAvailable = ThirdNextAvailable(None, None)

    @property
    def undone_change(self) -> ChangeId | None:
        """The change that an undo inverts; None if it inverts a plan."""
        # The id of a change begins with that of a doctor and a "~", which no plan's id has.
        return ChangeId.parse(self.undoes) if self.undoes and "~" in self.undoes else None

    @property
    def undone_plan(self) -> str | None:
        """The id of the plan that an undo inverts; None if it inverts a change."""
        return None if self.undone_change else self.undoes

    @property
    def remaining(self) -> tuple[date, ...]:
        """The dates after ``applied_through``."""
        through = self.applied_through
        return self.dates if through is None else tuple(on for on in self.dates if on > through)

    def may_close(self, planned: SlotChanges, date: dt.date) -> bool:
        """Whether the preview showed that these slots of the date will close."""
        shown = self.closing.get(date, frozenset())
        return all(slot.start in shown for slot in planned.closed)


@dataclass(frozen=True, slots=True)
class UndoHistory:
    """The undo of a plan, the undo of that undo, and so on: each undoes the one before."""

    undos: tuple[Plan, ...] = ()

    @classmethod
    def of(cls, plan: Plan, find: Callable[[str], Plan | None]) -> UndoHistory:
        """Return the history of the plan; ``find`` returns a plan by its id, if it knows it."""
        undos: list[Plan] = []
        latest: Plan | None = plan
        while latest and latest.undone_by and (latest := find(latest.undone_by)):
            undos.append(latest)
        return cls(tuple(undos))

    @property
    def latest(self) -> Plan | None:
        """The last one; None if the plan has not been undone."""
        return self.undos[-1] if self.undos else None

    @property
    def is_undone(self) -> bool:
        """Whether the plan is undone, or is being undone: it is not if its undo was undone."""
        return len(self.undos) % 2 == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDay:
    """What a plan does to one date: opens, closes, and leaves alone.

    In a preview, ``blocked_by`` has the names of the time off and the closures that keep slots of
    the date closed.
    """

    date: date
    opens: tuple[Slot, ...] = ()
    closes: tuple[Slot, ...] = ()
    kept: tuple[KeptSlot, ...] = ()
    blocked_by: tuple[str, ...] = ()

    @classmethod
    def of(cls, date: dt.date, changes: PlannedChanges) -> PlannedDay:
        """Return what these changes do to the date."""
        in_stretch = [
            stretch.name
            for kept in changes.kept
            if kept.reason in BLOCKED_REASONS
            and (stretch := changes.day_after.find_blocking(kept.slot))
        ]
        return cls(
            date=date,
            opens=changes.opened,
            closes=changes.closed,
            kept=changes.kept,
            blocked_by=tuple(dict.fromkeys(in_stretch)),
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

    @property
    def left_out(self) -> Literal["past", "time_off", "closure"] | None:
        """Why the plan does nothing at all; None if it does, or if there is another reason."""
        reasons = {each.reason for each in self.kept}
        if self.opens or self.closes or len(reasons) != 1:
            return None
        match reasons.pop():
            case KeptReason.PAST:
                return "past"
            case KeptReason.TIME_OFF:
                return "time_off"
            case KeptReason.CLOSURE:
                return "closure"
            case _:
                return None

    def after(self, entries: Sequence[AuditLogEntry]) -> PlannedDay:
        """The same with what the plan did before, by its entries in the audit log."""
        done = PlannedDay.from_entries(self.date, entries)
        return replace(self, opens=(*done.opens, *self.opens), closes=(*done.closes, *self.closes))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSources:
    """What a plan decides on, besides the day.

    ``undone`` has the changes that an undo inverts, by date, the newest first. ``time_off`` is the
    latest version of the plan's time off; None if it has none, or if that is not stored yet.
    """

    versions: SeriesVersions
    undone: Mapping[date, Sequence[AuditLogEntry]] = field(default_factory=dict)
    time_off: TimeOff | None = None

    def is_replaced(self, plan: Plan) -> bool:
        """Whether another plan has made a later version: it has to apply that one."""
        made, latest = plan.time_off, self.time_off
        if made and latest and latest.version > made.version:
            return True
        series = plan.series
        stored = series and self.versions.latest(series.series_id)
        return bool(series and stored and stored.version > series.version)


def new_plan_id(now: datetime, suffix: str) -> str:
    """Return an id by which plans sort by time; the random ``suffix`` makes it unique."""
    return f"{now:%Y%m%dT%H%M%S%f}Z-{suffix}"


def dates_between(first: date, last: date) -> Iterator[date]:
    """Yield the dates from the first to the last, both included."""
    for number in range((last - first).days + 1):
        yield first + number * _ONE_DAY


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


def shown_closing(days: Iterable[PlannedDay]) -> dict[date, frozenset[datetime]]:
    """Return the starts of the slots that a preview closes, by date."""
    return {day.date: frozenset(slot.start for slot in day.closes) for day in days if day.closes}


def may_open_on_holidays(plan: Plan, days: Sequence[PlannedDay]) -> bool:
    """Whether a proposed series opens weeks in which the practice has no closure.

    ``days`` are those of its preview, in time order.
    """
    if plan.series is None or plan.undoes or plan.state is not PlanState.PROPOSED:
        return False
    opens_on = [day.date for day in days if day.opens]
    is_closed = any(kept.reason is KeptReason.CLOSURE for day in days for kept in day.kept)
    return bool(opens_on) and opens_on[-1] - opens_on[0] >= _WEEKS_WITH_HOLIDAYS and not is_closed
