"""What a save may make of a day: the rules that keep a doctor's schedule whole."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain import wall_time
from chalicelib.domain.day import Change
from chalicelib.domain.errors import Refused
from chalicelib.domain.faults import (
    Fault,
    FieldFault,
    InPast,
    NotOnGrid,
    Overlaps,
    Repeated,
    SlotExists,
    SlotNotFound,
    SlotTaken,
)
from chalicelib.domain.slot import Slot, SlotStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from chalicelib.domain.day import Day
    from chalicelib.domain.grid import Grid
    from chalicelib.domain.ticks import Tick

# One DynamoDB transaction holds 100 actions: the day, the change and this many slots fit.
MOST_CHANGES = 96


def decide(asked: Sequence[Tick], day: Day, grid: Grid, *, now: datetime) -> Change:
    """Judge a save as a whole, by the set of slots that it would leave.

    ``day`` is as it stands ``now``. Raises ``Refused`` with a fault for each slot that stands
    against it, in the order of the request.
    """
    if not asked:
        raise Refused(FieldFault("slots", "nothing_to_save", "There is nothing to save"))
    if len(asked) > MOST_CHANGES:
        raise Refused(too_many(len(asked)))

    boxes = {box.start: box for box in grid.boxes(day.date)}
    meant = [(tick, tick.resolve(day.date, grid.zone)) for tick in asked]
    starts = [(start, tick.status) for tick, start in meant if not isinstance(start, Fault)]
    opens = [start for start, status in starts if status == SlotStatus.FREE]
    withdraws = [start for start, status in starts if status == SlotStatus.UNAVAILABLE]
    judge = _Judge(day, grid, boxes, now, _left_by(day, boxes, opens, withdraws))

    named = Counter(start for start, _ in starts)
    faults: dict[datetime | int, Fault] = {}
    for place, (tick, start) in enumerate(meant):
        if isinstance(start, Fault):
            faults[place] = start
        elif fault := judge.fault_of(start, tick.status, times_named=named[start]):
            faults[start] = fault
    if faults:
        raise Refused(*faults.values(), zone=grid.zone)
    return Change(
        opens=tuple(replace(boxes[start], status=SlotStatus.FREE) for start in opens),
        withdraws=tuple(day.slots[start] for start in withdraws),
    )


def refusal(*, exist: Sequence[Slot], stay: Sequence[Slot], zone: ZoneInfo) -> Refused | None:
    """Of slots that were to be opened but exist, and to be withdrawn but have to stay."""
    faults = [SlotExists(start=slot.start, called=wall_time.called(slot, zone)) for slot in exist]
    taken = [
        SlotTaken(start=slot.start, called=wall_time.called(slot, zone), taken="taken")
        for slot in stay
    ]
    return Refused(*faults, *taken, zone=zone) if faults or taken else None


def too_many(number: int) -> FieldFault:
    """More slots than one save can change."""
    detail = f"At most {MOST_CHANGES} slots can be saved at once, these are {number}"
    return FieldFault("slots", "too_many", detail)


def _left_by(
    day: Day,
    boxes: Mapping[datetime, Slot],
    opens: Sequence[datetime],
    withdraws: Sequence[datetime],
) -> tuple[Slot, ...]:
    """The slots that there would be after the save."""
    gone = set(withdraws)
    stay = [slot for start, slot in day.slots.items() if start not in gone]
    return (*stay, *(boxes[start] for start in opens if start in boxes))


@dataclass(frozen=True, slots=True)
class _Judge:
    day: Day
    grid: Grid
    boxes: Mapping[datetime, Slot]
    now: datetime
    left: tuple[Slot, ...]

    def fault_of(self, start: datetime, status: str, *, times_named: int) -> Fault | None:
        if times_named > 1:
            return Repeated(start=start, called=self._called(start))
        if wall_time.local_date(start, self.grid.zone) != self.day.date:
            return NotOnGrid(start=start, called=wall_time.rfc3339(start, self.grid.zone))
        fault = self._opening if status == SlotStatus.FREE else self._withdrawing
        return fault(start)

    def _opening(self, start: datetime) -> Fault | None:
        if start in self.day.slots:
            return SlotExists(start=start, called=self._called(start))
        box = self.boxes.get(start)
        if box is None:
            return NotOnGrid(start=start, called=self._called(start))
        if box.has_begun(self.now):
            return InPast(start=start, called=self._called(start))
        return next((self._overlap(box, other) for other in self._in_the_way_of(box)), None)

    def _in_the_way_of(self, box: Slot) -> Iterator[Slot]:
        return (slot for slot in self.left if slot.start != box.start and slot.overlaps(box))

    def _overlap(self, box: Slot, other: Slot) -> Overlaps:
        return Overlaps(
            start=box.start,
            called=wall_time.called(box, self.grid.zone),
            conflicts_with=other,
            other_called=wall_time.called(other, self.grid.zone),
        )

    def _withdrawing(self, start: datetime) -> Fault | None:
        slot = self.day.slots.get(start)
        if slot is None:
            return SlotNotFound(start=start, called=self._called(start))
        if slot.is_taken:
            taken = "booked" if slot.status is SlotStatus.BOOKED else "held"
            return SlotTaken(start=start, called=self._called(start), taken=taken)
        if slot.has_begun(self.now):
            return InPast(start=start, called=self._called(start))
        return None

    def _called(self, start: datetime) -> str:
        """The slot's span, or its start alone where there is neither slot nor box."""
        slot = self.day.slots.get(start) or self.boxes.get(start)
        return wall_time.called(slot or start, self.grid.zone)
