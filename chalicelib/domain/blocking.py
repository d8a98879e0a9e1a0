"""Block a stretch of a date for time off, and lift it again: what closes, what reopens."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.changes import MAX_CHANGES_PER_SAVE
from chalicelib.domain.day import KeptReason, KeptSlot, PlannedChanges, SlotChanges
from chalicelib.domain.merge import invert, open_possible
from chalicelib.domain.slot import SlotStatus
from chalicelib.domain.time_off import change_suspended, find_blocking

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chalicelib.domain.audit_log import AuditLogEntry
    from chalicelib.domain.day import Day
    from chalicelib.domain.slot import Slot
    from chalicelib.domain.time_off import BlockedStretch

_TAKEN = {SlotStatus.BOOKED: KeptReason.BOOKED, SlotStatus.HELD: KeptReason.HELD}


def find_stretch(day: Day, time_off_id: str) -> BlockedStretch | None:
    """Return the stretch of that time off on the day, or None."""
    return next((each for each in day.blocked if each.time_off_id == time_off_id), None)


def block(day: Day, stretch: BlockedStretch, *, now: datetime) -> PlannedChanges:
    """Close every free slot in the stretch, also those opened by hand, and block it.

    Booked and held slots stay, and are ``kept``. Of more slots than a save can change, the first
    are closed, and the stretch ``is_partial``. ``day`` must be current as of ``now``.
    """
    stored = find_stretch(day, stretch.time_off_id) or stretch
    inside = sorted(filter(stretch.covers, day.slots.values()), key=lambda slot: slot.start)
    coming = [slot for slot in inside if not slot.has_begun(now)]
    free = [slot for slot in coming if slot.status is SlotStatus.FREE]
    closed = tuple(free[:MAX_CHANGES_PER_SAVE])
    blocked = replace(
        stored,
        suspended=(*stored.suspended, *closed),
        is_partial=len(closed) < len(free),
        is_lifted=False,
    )
    after = day.apply(SlotChanges(opened=(), closed=closed))
    return PlannedChanges(
        opened=(),
        closed=closed,
        day_after=replace(after, blocked=(*_others(day, stretch), blocked)),
        kept=tuple(KeptSlot(slot, _TAKEN[slot.status]) for slot in coming if slot.is_taken),
        blocks=stretch.without_slots(),
    )


def unblock(day: Day, time_off_id: str, *, now: datetime) -> PlannedChanges | None:
    """Lift the stretch of that time off, and open its suspended slots; None if there is none.

    Those that are in another stretch stay suspended, for that one. What has begun or overlaps
    another slot is ``kept`` closed. Of more slots than a save can change, the first are opened, and
    the stretch ``is_partial``, but blocks nothing. ``day`` must be current as of ``now``.
    """
    stretch = find_stretch(day, time_off_id)
    if stretch is None:
        return None
    others = _others(day, stretch)
    handed_over = [slot for slot in stretch.suspended if find_blocking(others, slot)]
    reopened = [slot for slot in stretch.suspended if slot not in handed_over]
    wanted, left = reopened[:MAX_CHANGES_PER_SAVE], reopened[MAX_CHANGES_PER_SAVE:]
    others = change_suspended(others, add=handed_over)
    if left:
        rest = replace(stretch, suspended=tuple(left), is_partial=True, is_lifted=True)
        others = (*others, rest)
    changes = open_possible(replace(day, blocked=others), wanted, (), (), now)
    kept = [KeptSlot(slot, _reason(others, slot)) for slot in handed_over]
    return replace(
        changes,
        kept=tuple(sorted((*changes.kept, *kept), key=lambda each: each.slot.start)),
        unblocks=stretch.without_slots(),
    )


def finish_partial(day: Day, time_off_id: str, *, now: datetime) -> PlannedChanges | None:
    """Return the rest of a change for which one save was too small; None if there is none."""
    stretch = find_stretch(day, time_off_id)
    if stretch is None or not stretch.is_partial:
        return None
    if stretch.is_lifted:
        return unblock(day, stretch.time_off_id, now=now)
    return block(day, stretch, now=now)


def invert_change(day: Day, entry: AuditLogEntry, *, now: datetime) -> PlannedChanges:
    """Undo what the entry did, as far as the day still allows it: see ``invert``.

    Time off that it set is lifted, and time off that it lifted is set again. ``day`` must be
    current as of ``now``.
    """
    if entry.blocked:
        lifted = unblock(day, entry.blocked.time_off_id, now=now)
        return lifted or PlannedChanges(opened=(), closed=(), day_after=day)
    if entry.unblocked:
        return block(day, entry.unblocked, now=now)
    return invert(day, entry, now=now)


def _others(day: Day, stretch: BlockedStretch) -> tuple[BlockedStretch, ...]:
    return tuple(each for each in day.blocked if each.time_off_id != stretch.time_off_id)


def _reason(stretches: Iterable[BlockedStretch], slot: Slot) -> KeptReason:
    blocking = find_blocking(stretches, slot)
    return KeptReason(blocking.kind) if blocking else KeptReason.OVERLAPS
