"""What a save may make of a day: the rules that keep a doctor's schedule whole."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from chalicelib.domain import local_time
from chalicelib.domain.day import SlotChanges
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.slot import Slot, SlotStatus
from chalicelib.domain.violations import (
    AmbiguousTime,
    DuplicateSlot,
    FieldViolation,
    MalformedChange,
    NonexistentTime,
    NotOnGrid,
    SlotExists,
    SlotInPast,
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


# One DynamoDB transaction holds 100 actions: the day, the change and this many slots fit.
MAX_CHANGES_PER_SAVE = 96


def plan_changes(
    requested: Sequence[SlotChange], day: Day, grid: Grid, *, now: datetime
) -> SlotChanges:
    """Judge a save as a whole, by the set of slots that it would leave.

    ``day`` is as it stands ``now``. Raises ``Refused`` with a fault for each slot that stands
    against it, in the order of the request.
    """
    if not requested:
        raise RequestRejectedError(FieldViolation("slots", "nothing_to_save", "No changes to save"))
    if len(requested) > MAX_CHANGES_PER_SAVE:
        raise RequestRejectedError(too_many_changes(len(requested)))

    boxes = {box.start: box for box in grid.candidate_slots(day.date)}
    meant = [(tick, tick.resolve_start(day.date, grid.zone)) for tick in requested]
    starts = [(start, tick.status) for tick, start in meant if not isinstance(start, SlotViolation)]
    opens = [start for start, status in starts if status == SlotStatus.FREE]
    closes = [start for start, status in starts if status == SlotStatus.UNAVAILABLE]
    judge = _ChangeValidator(day, grid, boxes, now, _slots_after(day, boxes, opens, closes))

    named = Counter(start for start, _ in starts)
    faults: dict[datetime | int, SlotViolation] = {}
    for place, (tick, start) in enumerate(meant):
        if isinstance(start, SlotViolation):
            faults[place] = start
        elif fault := judge.validate(start, tick.status, occurrences=named[start]):
            faults[start] = fault
    if faults:
        raise RequestRejectedError(*faults.values(), zone=grid.zone)
    return SlotChanges(
        opened=tuple(replace(boxes[start], status=SlotStatus.FREE) for start in opens),
        closed=tuple(day.slots[start] for start in closes),
    )


def conflicting_slots_error(
    *, already_existing: Sequence[Slot], still_taken: Sequence[Slot], zone: ZoneInfo
) -> RequestRejectedError | None:
    """Return the error for slots that can't be opened because they exist, or can't be closed."""
    faults = [
        SlotExists(start=slot.start, slot_label=local_time.format_range(slot, zone))
        for slot in already_existing
    ]
    taken = [
        SlotTaken(start=slot.start, slot_label=local_time.format_range(slot, zone), state="taken")
        for slot in still_taken
    ]
    return RequestRejectedError(*faults, *taken, zone=zone) if faults or taken else None


def too_many_changes(count: int) -> FieldViolation:
    """More slots than one save can change."""
    detail = f"You can save at most {MAX_CHANGES_PER_SAVE} slots at once (you sent {count})"
    return FieldViolation("slots", "too_many", detail)


def _slots_after(
    day: Day,
    candidates: Mapping[datetime, Slot],
    opened: Sequence[datetime],
    closed: Sequence[datetime],
) -> tuple[Slot, ...]:
    """The slots that there would be after the save."""
    gone = set(closed)
    stay = [slot for start, slot in day.slots.items() if start not in gone]
    return (*stay, *(candidates[start] for start in opened if start in candidates))


@dataclass(frozen=True, slots=True)
class _ChangeValidator:
    day: Day
    grid: Grid
    candidates: Mapping[datetime, Slot]
    now: datetime
    slots_after: tuple[Slot, ...]

    def validate(self, start: datetime, status: str, *, occurrences: int) -> SlotViolation | None:
        if occurrences > 1:
            return DuplicateSlot(start=start, slot_label=self._label(start))
        if local_time.local_date(start, self.grid.zone) != self.day.date:
            return NotOnGrid(start=start, slot_label=local_time.to_rfc3339(start, self.grid.zone))
        fault = self._validate_open if status == SlotStatus.FREE else self._validate_close
        return fault(start)

    def _validate_open(self, start: datetime) -> SlotViolation | None:
        if start in self.day.slots:
            return SlotExists(start=start, slot_label=self._label(start))
        box = self.candidates.get(start)
        if box is None:
            return NotOnGrid(start=start, slot_label=self._label(start))
        if box.has_begun(self.now):
            return SlotInPast(start=start, slot_label=self._label(start))
        return next(
            (self._overlap_violation(box, other) for other in self._overlapping_slots(box)), None
        )

    def _overlapping_slots(self, candidate: Slot) -> Iterator[Slot]:
        return (
            slot
            for slot in self.slots_after
            if slot.start != candidate.start and slot.overlaps(candidate)
        )

    def _overlap_violation(self, candidate: Slot, other: Slot) -> SlotOverlap:
        return SlotOverlap(
            start=candidate.start,
            slot_label=local_time.format_range(candidate, self.grid.zone),
            conflicts_with=other,
            other_label=local_time.format_range(other, self.grid.zone),
        )

    def _validate_close(self, start: datetime) -> SlotViolation | None:
        slot = self.day.slots.get(start)
        if slot is None:
            return SlotMissing(start=start, slot_label=self._label(start))
        if slot.is_taken:
            taken = "booked" if slot.status is SlotStatus.BOOKED else "held"
            return SlotTaken(start=start, slot_label=self._label(start), state=taken)
        if slot.has_begun(self.now):
            return SlotInPast(start=start, slot_label=self._label(start))
        return None

    def _label(self, start: datetime) -> str:
        """The slot's span, or its start alone where there is neither slot nor box."""
        slot = self.day.slots.get(start) or self.candidates.get(start)
        return local_time.format_range(slot or start, self.grid.zone)


_TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_RFC3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)

_REQUESTABLE_STATUSES = (SlotStatus.FREE, SlotStatus.UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class SlotChange:
    """One box to tick (``status`` free) or to untick (busy-unavailable).

    ``start`` is a UTC instant, or what a client wrote: wall time of the date (``09:00``) or
    RFC 3339 with an offset.
    """

    start: datetime | str
    status: str

    def resolve_start(self, date: date, zone: ZoneInfo) -> datetime | SlotViolation:
        """The UTC instant that is meant, or why there is none."""
        start = _parse_start(self.start, date, zone) if isinstance(self.start, str) else self.start
        if isinstance(start, datetime) and self.status not in _REQUESTABLE_STATUSES:
            return MalformedChange(
                start=start,
                slot_label=local_time.format_range(start, zone),
                reason=f"Unknown status {self.status!r}: use free or busy-unavailable",
            )
        return start


def _parse_start(text: str, date: date, zone: ZoneInfo) -> datetime | SlotViolation:
    if _TIME_OF_DAY.fullmatch(text):
        return _resolve_time_of_day(text, date, zone)
    if _RFC3339.fullmatch(text):
        try:
            return datetime.fromisoformat(text.upper()).astimezone(zone).astimezone(UTC)
        except (ValueError, OverflowError):  # 30 February, or beyond the first or last year
            pass
    why = "Expected a time of day (09:00) or RFC 3339 with an offset"
    return MalformedChange(start=text, slot_label=text, reason=why)


def _resolve_time_of_day(text: str, date: date, zone: ZoneInfo) -> datetime | SlotViolation:
    wall = datetime.combine(date, time.fromisoformat(text))
    match local_time.utc_candidates(wall, zone):
        case [instant]:
            return instant
        case []:
            return NonexistentTime(start=text, slot_label=text)
        case _:
            return AmbiguousTime(start=text, slot_label=text)
