"""Disrupted bookings: they stay the patients', but have to move to another time.

A mark on a slot says so. It is set and lifted in the save of a day, with what else the save
changes, or alone (``overrides``). A disrupted booking that moves or ends leaves a closed slot.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain.slot import SlotStatus

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chalicelib.domain.audit_log import AuditLogEntry
    from chalicelib.domain.day import Day, PlannedChanges
    from chalicelib.domain.slot import Slot, SlotId


@dataclass(frozen=True, slots=True, kw_only=True)
class RebookedSlot:
    """The slot of a disrupted booking that has moved, or was cancelled if ``moved_to`` is None."""

    start: datetime
    end: datetime
    moved_to: SlotId | None = None


def mark_disrupted(
    changes: PlannedChanges, slots: Iterable[Slot], reason: str, *, now: datetime
) -> PlannedChanges:
    """Return the changes that also mark those of the day's slots that are booked or held.

    Slots that have begun, and slots that have a mark, stay as they are. The save gives all marks
    its own instant as the begin of the disruption. ``slots`` must be as of ``now``.
    """
    marked = tuple(
        slot
        for slot in slots
        if slot.is_taken and not slot.is_disrupted and not slot.has_begun(now)
    )
    return replace(changes, marked=(*changes.marked, *marked), reason=reason)


def lift_disruptions(changes: PlannedChanges, day: Day, marked: Iterable[Slot]) -> PlannedChanges:
    """Return the changes that also lift those marks that the day still has.

    ``marked`` are slots with their marks, as in the entry of the change that has set them
    (``marked_slots``). The mark of another change stays.
    """
    lifted = tuple(
        stored
        for slot in marked
        if (stored := day.slots.get(slot.start)) and stored.disrupted_since == slot.disrupted_since
    )
    return replace(changes, lifted=(*changes.lifted, *lifted))


def affected_slots(changes: PlannedChanges, at: datetime) -> tuple[Slot, ...]:
    """Return the slots that are marked as disrupted, since the save, or lose their mark."""
    since = at.replace(microsecond=0)
    return (
        *(replace(slot, disrupted_since=since) for slot in changes.marked),
        *(_without_mark(slot) for slot in changes.lifted),
    )


def _without_mark(slot: Slot) -> Slot:
    """Return the slot without its mark; one that only the mark keeps closed is free again."""
    status = slot.status if slot.is_taken else SlotStatus.FREE
    return replace(slot, disrupted_since=None, status=status)


def marked_slots(entry: AuditLogEntry) -> tuple[Slot, ...]:
    """Return the slots that the act has marked as disrupted."""
    return tuple(slot for slot in entry.affected if slot.is_disrupted)


class RebookingState(StrEnum):
    """What has become of a disrupted booking."""

    WAITING = "waiting"
    MOVED = "moved"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class RebookingRow:
    """A disrupted booking, or one that has moved, to ``moved_to``, or was cancelled."""

    start: datetime
    end: datetime
    state: RebookingState
    moved_to: SlotId | None = None


def rebooking_rows(day: Day) -> list[RebookingRow]:
    """Return the disrupted bookings of a day, in time order: those that wait, and those done."""
    waiting = [
        RebookingRow(start=slot.start, end=slot.end, state=RebookingState.WAITING)
        for slot in day.slots.values()
        if slot.is_disrupted and slot.status is SlotStatus.BOOKED
    ]
    done = [
        RebookingRow(
            start=slot.start,
            end=slot.end,
            state=RebookingState.MOVED if slot.moved_to else RebookingState.CANCELLED,
            moved_to=slot.moved_to,
        )
        for slot in day.rebooked
    ]
    return sorted(waiting + done, key=lambda row: row.start)
