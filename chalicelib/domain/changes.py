"""Validate the requested changes of a day, and compute the day that results."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.domain import local_time
from chalicelib.domain.day import PlannedChanges, SlotChanges
from chalicelib.domain.doctor import SLOT_MINUTES_RANGE
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.slot import Slot, SlotStatus
from chalicelib.domain.text import Text
from chalicelib.domain.violations import (
    AmbiguousTime,
    DuplicateSlot,
    FieldViolation,
    MalformedChange,
    NonexistentTime,
    NotOnGrid,
    SlotExists,
    SlotInPast,
    SlotInTimeOff,
    SlotMissing,
    SlotOverlap,
    SlotTaken,
    SlotViolation,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from chalicelib.domain.day import Day
    from chalicelib.domain.grid import Grid


# A DynamoDB transaction has at most 100 actions. A save also writes the day, its idempotency record
# and its entry in the audit log, and checks the doctor if the day is new.
MAX_CHANGES_PER_SAVE = 96

_MAX_SLOT_LENGTH = timedelta(minutes=SLOT_MINUTES_RANGE[1])


class LocalStart(NamedTuple):
    """A start in the doctor's local time (``09:00``), without a date and a time zone."""

    time_of_day: time

    def __str__(self) -> str:
        return f"{self.time_of_day:%H:%M}"

    def to_utc(self, date: date, zone: ZoneInfo) -> datetime | SlotViolation:
        """Return the instant, or the violation if clock changes skip or repeat the local time."""
        match local_time.utc_candidates(datetime.combine(date, self.time_of_day), zone):
            case [instant]:
                return instant
            case []:
                return NonexistentTime(slot_label=str(self))
            case _:
                return AmbiguousTime(slot_label=str(self))


class SlotChange(NamedTuple):
    """A request to open a slot of the grid (``status`` free) or to close one (unavailable).

    With an ``end`` it means only the slot that ends then: what a page rendered before the doctor's
    slot length changed must not open a slot of the new length.
    """

    start: datetime | LocalStart
    status: SlotStatus
    end: datetime | None = None


class InvalidChange(NamedTuple):
    """A requested change that could not be parsed, kept to report it with the other violations.

    ``start`` is None if the start is what could not be parsed; ``sent_start`` is the client's text.
    """

    sent_start: str
    reason: str
    start: datetime | LocalStart | None = None


def plan_changes(
    requested: Sequence[SlotChange | InvalidChange], day: Day, grid: Grid, *, now: datetime
) -> PlannedChanges:
    """Validate all requested changes against the day that would result, and return them with it.

    ``day`` must be current as of ``now``. Raises ``RequestRejectedError`` with one violation per
    offending slot, in request order.
    """
    _require_valid_count(requested)
    resolved = [_resolve(change, day.date, grid.zone) for change in requested]
    candidates = {slot.start: slot for slot in grid.candidate_slots(day.date)}
    planned = _apply(
        day, candidates, [change for change in resolved if isinstance(change, _Change)]
    )
    validator = _ChangeValidator(day, grid, candidates, now, planned.day_after)
    if violations := validator.validate_all(resolved):
        raise RequestRejectedError(*violations, zone=grid.zone)
    return planned


def may_overlap_adjacent_date(
    requested: Sequence[SlotChange | InvalidChange], date: date, grid: Grid | None
) -> bool:
    """Return whether a slot to open could overlap one that is stored under another date.

    Without ``grid`` it errs on the safe side.
    """
    return any(
        isinstance(change, SlotChange)
        and change.status is SlotStatus.FREE
        and _is_near_midnight(change.start, date, grid)
        for change in requested
    )


def _is_near_midnight(start: datetime | LocalStart, date: date, grid: Grid | None) -> bool:
    length = grid.slot_length if grid else _MAX_SLOT_LENGTH
    if isinstance(start, LocalStart):
        local = datetime.combine(date, start.time_of_day)
    elif grid is None:
        return True
    else:
        local = start.astimezone(grid.zone).replace(tzinfo=None)
    return local_time.may_reach_adjacent_date(local, local + length, date)


def conflicting_slots_error(
    *, already_existing: Sequence[Slot], still_taken: Sequence[Slot], zone: ZoneInfo
) -> RequestRejectedError | None:
    """Return the error for slots to open that exist and slots to close that are taken, if any."""
    existing = [
        SlotExists(start=slot.start, slot_label=local_time.format_range(slot, zone))
        for slot in already_existing
    ]
    taken = [
        SlotTaken(
            start=slot.start, slot_label=local_time.format_range(slot, zone), state=Text("taken")
        )
        for slot in still_taken
    ]
    return RequestRejectedError(*existing, *taken, zone=zone) if existing or taken else None


def too_many_changes(count: int) -> FieldViolation:
    """Return the violation for a request with more slots than one save can change."""
    detail = Text(
        "You can save at most %(limit)s slots at once (you sent %(count)s). "
        "Save them in two saves.",
        limit=MAX_CHANGES_PER_SAVE,
        count=count,
    )
    return FieldViolation("slots", "too_many", detail)


def _require_valid_count(requested: Sequence[SlotChange | InvalidChange]) -> None:
    if not requested:
        raise RequestRejectedError(
            FieldViolation("slots", "nothing_to_save", Text("There is nothing to save"))
        )
    if len(requested) > MAX_CHANGES_PER_SAVE:
        raise RequestRejectedError(too_many_changes(len(requested)))


class _Change(NamedTuple):
    """A requested change with its start as an instant."""

    start: datetime
    status: SlotStatus
    end: datetime | None = None

    def find_in(self, slots: Mapping[datetime, Slot]) -> Slot | None:
        """Return the slot that the change means, if it is there."""
        slot = slots.get(self.start)
        return slot if slot is not None and self.end in (None, slot.end) else None


def _resolve(
    change: SlotChange | InvalidChange, date: date, zone: ZoneInfo
) -> _Change | SlotViolation:
    if change.start is None:
        return MalformedChange(slot_label=change.sent_start, reason=change.reason)
    start = change.start
    instant = start.to_utc(date, zone) if isinstance(start, LocalStart) else start
    if isinstance(instant, SlotViolation):
        return instant
    if isinstance(change, SlotChange):
        return _Change(instant, change.status, change.end)
    label = local_time.format_range(instant, zone)
    return MalformedChange(start=instant, slot_label=label, reason=change.reason)


def _apply(
    day: Day, candidates: Mapping[datetime, Slot], changes: Sequence[_Change]
) -> PlannedChanges:
    """Apply the changes that are possible on their own; validation reports the others."""
    opened = tuple(
        replace(candidate, status=SlotStatus.FREE)
        for change in changes
        if change.status is SlotStatus.FREE and change.start not in day.slots
        if (candidate := change.find_in(candidates)) is not None
    )
    closed = tuple(
        slot
        for change in changes
        if change.status is not SlotStatus.FREE
        if (slot := change.find_in(day.slots)) is not None
    )
    day_after = day.apply(SlotChanges(opened=opened, closed=closed))
    return PlannedChanges(opened=opened, closed=closed, day_after=day_after)


@dataclass(frozen=True, slots=True)
class _ChangeValidator:
    """The rules for opening and closing a slot; overlaps count in the day that would result."""

    day: Day
    grid: Grid
    candidates: Mapping[datetime, Slot]
    now: datetime
    day_after: Day

    def validate_all(self, resolved: Sequence[_Change | SlotViolation]) -> list[SlotViolation]:
        """Return the violations in request order; a start that is requested twice has one."""
        occurrences = Counter(change.start for change in resolved if isinstance(change, _Change))
        violations: dict[datetime | int, SlotViolation] = {}
        for position, change in enumerate(resolved):
            if isinstance(change, SlotViolation):
                violations[position] = change
            elif violation := self._validate(change, occurrences[change.start]):
                violations[change.start] = violation
        return [*violations.values()]

    def _validate(self, change: _Change, occurrences: int) -> SlotViolation | None:
        start = change.start
        if occurrences > 1:
            return DuplicateSlot(start=start, slot_label=self._label(start))
        is_of_date = local_time.local_date(start, self.grid.zone) == self.day.date
        if not is_of_date and start not in self.day.slots:
            return NotOnGrid(start=start, slot_label=local_time.to_rfc3339(start, self.grid.zone))
        is_opened = change.status is SlotStatus.FREE
        return self._validate_open(change) if is_opened else self._validate_close(change)

    def _validate_open(self, change: _Change) -> SlotViolation | None:
        start = change.start
        stored = self.day.slots.get(start)
        if stored and (blocking := self.day.find_blocking_free(stored)):
            return SlotInTimeOff.of(blocking, start, self._label(start))
        if stored or start in {slot.start for slot in self.day.adjacent}:
            return SlotExists(start=start, slot_label=self._label(start))
        candidate = change.find_in(self.candidates)
        if candidate is None:
            return NotOnGrid(start=start, slot_label=self._label(start, change.end))
        if candidate.has_begun(self.now):
            return SlotInPast(start=start, slot_label=self._label(start))
        if blocking := self.day.find_blocking(candidate):
            return SlotInTimeOff.of(blocking, start, self._label(start))
        other = next(self._overlapping_slots(candidate), None)
        return None if other is None else self._overlap_violation(candidate, other)

    def _overlapping_slots(self, candidate: Slot) -> Iterator[Slot]:
        return (
            slot
            for slot in (*self.day_after.slots.values(), *self.day.adjacent)
            if slot.start != candidate.start and slot.overlaps(candidate)
        )

    def _overlap_violation(self, candidate: Slot, other: Slot) -> SlotOverlap:
        return SlotOverlap(
            start=candidate.start,
            slot_label=local_time.format_range(candidate, self.grid.zone),
            conflicts_with=other,
            other_label=local_time.format_range(other, self.grid.zone),
        )

    def _validate_close(self, change: _Change) -> SlotViolation | None:
        start, slot = change.start, change.find_in(self.day.slots)
        if slot is None:
            return SlotMissing(start=start, slot_label=self._label(start, change.end))
        if slot.is_taken:
            state = Text("booked") if slot.status is SlotStatus.BOOKED else Text("held")
            return SlotTaken(start=start, slot_label=self._label(start), state=state)
        if slot.has_begun(self.now):
            return SlotInPast(start=start, slot_label=self._label(start))
        return None

    def _label(self, start: datetime, end: datetime | None = None) -> str:
        """Return the slot's range, or only the start if neither the day nor the grid has it."""
        if end is not None:
            return local_time.format_range(Slot(start=start, end=end), self.grid.zone)
        slot = self.day.slots.get(start) or self.candidates.get(start)
        return local_time.format_range(slot or start, self.grid.zone)
