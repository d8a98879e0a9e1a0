"""Undo a change of a date: merge its opposite with the day as it is.

Booked and held slots, and slots that another change has opened since, are left alone and named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.blocking import block, unblock
from chalicelib.domain.day import KeptReason, KeptSlot, PlannedChanges
from chalicelib.domain.merge import (
    open_possible,
    reason_not_to_close,
    separate_kept,
    stored_slots,
)
from chalicelib.domain.time_off import suspended_intervals

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chalicelib.domain.audit_log import AuditLogEntry
    from chalicelib.domain.day import Day
    from chalicelib.domain.slot import Slot


def undo_change(day: Day, entry: AuditLogEntry, *, now: datetime) -> PlannedChanges:
    """Undo what the entry did, as far as the day still allows it.

    What it opened and is still free is closed, unless another change has opened it since. What it
    closed is opened again, also where the weekly hours no longer have such a slot, if it overlaps
    nothing and has not begun. Time off that it set is lifted, and time off that it lifted is set
    again. ``day`` must be current as of ``now``.
    """
    if entry.blocked:
        lifted = unblock(day, entry.blocked.time_off_id, now=now)
        return lifted or PlannedChanges(opened=(), closed=(), day_after=day)
    if entry.unblocked:
        return block(day, entry.unblocked, now=now)
    return _undo_slots(day, entry, now)


def _undo_slots(day: Day, entry: AuditLogEntry, now: datetime) -> PlannedChanges:
    origins = {slot.start: slot.origin for slot in entry.opened}

    def reason_to_keep(slot: Slot) -> KeptReason | None:
        if reason := reason_not_to_close(slot, now):
            return reason
        by_entry = origins[slot.start]
        is_same = (
            slot.origin is None or slot.origin == by_entry or slot.origin.is_of(entry.change_id)
        )
        return None if is_same else KeptReason.OPENED_BY_HAND

    closing = separate_kept(stored_slots(day, entry.opened), reason_to_keep)
    kept = [*closing.kept, *_suspended(day, entry.opened)]
    return open_possible(day, entry.closed, closing.changed, kept, now)


def _suspended(day: Day, slots: Iterable[Slot]) -> list[KeptSlot]:
    """Return the slots that a blocked stretch has closed: they stay suspended."""
    return [
        KeptSlot(slot, KeptReason(stretch.kind))
        for slot in slots
        for stretch in day.blocked
        if slot.interval in suspended_intervals([stretch])
    ]
