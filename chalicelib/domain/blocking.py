"""Block a stretch of a date for time off, and lift it again: what closes, what reopens."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.changes import MAX_CHANGES_PER_SAVE
from chalicelib.domain.day import KeptReason, KeptSlot, PlannedChanges, SlotChanges
from chalicelib.domain.disruptions import lift_disruptions, mark_disrupted
from chalicelib.domain.merge import open_possible
from chalicelib.domain.slot import SlotStatus
from chalicelib.domain.time_off import TimeOffAct, change_suspended, find_blocking

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chalicelib.domain.day import Day
    from chalicelib.domain.slot import Slot
    from chalicelib.domain.time_off import BlockedStretch

_TAKEN = {SlotStatus.BOOKED: KeptReason.BOOKED, SlotStatus.HELD: KeptReason.HELD}


def find_stretch(day: Day, time_off_id: str) -> BlockedStretch | None:
    """Return the stretch of that time off on the day, or None."""
    return next((each for each in day.blocked if each.time_off_id == time_off_id), None)


def block(day: Day, stretch: BlockedStretch, *, now: datetime) -> PlannedChanges:
    """Close every free slot in the stretch, also those opened by hand, and block it.

    Booked and held slots stay, and are ``kept``; with the act ``disrupt`` they are marked. Of more
    slots than a save can change, the first are, and the stretch ``is_partial``. ``day`` must be
    current as of ``now``.
    """
    stored = find_stretch(day, stretch.time_off_id) or stretch
    inside = sorted(filter(stretch.covers, day.slots.values()), key=lambda slot: slot.start)
    coming = [slot for slot in inside if not slot.has_begun(now)]
    to_change = [slot for slot in coming if _needs_change(slot, stretch)]
    changed = to_change[: _max_changes(stretch)]
    closed = tuple(slot for slot in changed if slot.status is SlotStatus.FREE)
    blocked = replace(
        stored,
        suspended=(*stored.suspended, *closed),
        is_partial=len(changed) < len(to_change),
        is_lifted=False,
    )
    after = day.apply(SlotChanges(opened=(), closed=closed))
    changes = PlannedChanges(
        opened=(),
        closed=closed,
        day_after=after.with_blocked((*_others(day, stretch), blocked)),
        kept=tuple(KeptSlot(slot, _TAKEN[slot.status]) for slot in coming if slot.is_taken),
        blocks=stretch.without_slots(),
    )
    if stretch.act is TimeOffAct.STOP:
        return changes
    return mark_disrupted(changes, changed, stretch.name, now=now)


def _max_changes(stretch: BlockedStretch) -> int:
    """Return how many slots one save can change; with marks, it writes another item."""
    return MAX_CHANGES_PER_SAVE - (stretch.act is TimeOffAct.DISRUPT)


def _needs_change(slot: Slot, stretch: BlockedStretch) -> bool:
    if slot.is_taken:
        return stretch.act is TimeOffAct.DISRUPT and not slot.is_disrupted
    return slot.status is SlotStatus.FREE


def record_marks(changes: PlannedChanges, at: datetime) -> tuple[BlockedStretch, ...]:
    """Return the stretches after the changes; the new one knows the instant of its marks."""
    blocked = changes.day_after.blocked
    if not (changes.marked and changes.blocks):
        return blocked
    time_off_id, since = changes.blocks.time_off_id, at.replace(microsecond=0)
    return tuple(
        replace(each, since=(*each.since, since)) if each.time_off_id == time_off_id else each
        for each in blocked
    )


def unblock(day: Day, time_off_id: str, *, now: datetime) -> PlannedChanges | None:
    """Lift the stretch of that time off, and open its suspended slots; None if there is none.

    Those that are in another stretch stay suspended, for that one. What has begun or overlaps
    another slot is ``kept`` closed. Bookings that the time off has marked as disrupted lose the
    mark, unless other time off of that kind needs it. Of more slots than a save can change, the
    first are opened, and the stretch ``is_partial``, but blocks nothing. ``day`` must be current as
    of ``now``.
    """
    stretch = find_stretch(day, time_off_id)
    if stretch is None:
        return None
    others = _others(day, stretch)
    marked = [slot for slot in day.slots.values() if slot.disrupted_since in stretch.since]
    to_lift = [slot for slot in marked if not _find_disrupting(others, slot)]
    others = _with_marks(others, [slot for slot in marked if slot not in to_lift])
    lifted = to_lift[: _max_changes(stretch)]
    handed_over = [slot for slot in stretch.suspended if find_blocking(others, slot)]
    reopened = [slot for slot in stretch.suspended if slot not in handed_over]
    room = _max_changes(stretch) - len(lifted)
    wanted, left = reopened[:room], reopened[room:]
    others = change_suspended(others, add=handed_over)
    if left or len(lifted) < len(to_lift):
        rest = replace(stretch, suspended=tuple(left), is_partial=True, is_lifted=True)
        others = (*others, rest)
    changes = open_possible(day.with_blocked(others), wanted, (), (), now)
    kept = [KeptSlot(slot, _reason(others, slot)) for slot in handed_over]
    return lift_disruptions(
        replace(
            changes,
            kept=tuple(sorted((*changes.kept, *kept), key=lambda each: each.slot.start)),
            unblocks=stretch.without_slots(),
        ),
        day,
        lifted,
    )


def _find_disrupting(stretches: Iterable[BlockedStretch], slot: Slot) -> BlockedStretch | None:
    """Return the first stretch because of which the slot is disrupted, or None."""
    disrupting = (each for each in stretches if each.act is TimeOffAct.DISRUPT)
    return find_blocking(disrupting, slot)


def _with_marks(
    stretches: tuple[BlockedStretch, ...], marked: Iterable[Slot]
) -> tuple[BlockedStretch, ...]:
    """Return the stretches, where those that need a mark of another one know its instant."""
    for slot in marked:
        owner = _find_disrupting(stretches, slot)
        if owner and slot.disrupted_since and slot.disrupted_since not in owner.since:
            known = replace(owner, since=(*owner.since, slot.disrupted_since))
            stretches = tuple(known if each is owner else each for each in stretches)
    return stretches


def finish_partial(day: Day, time_off_id: str, *, now: datetime) -> PlannedChanges | None:
    """Return the rest of a change for which one save was too small; None if there is none."""
    stretch = find_stretch(day, time_off_id)
    if stretch is None or not stretch.is_partial:
        return None
    if stretch.is_lifted:
        return unblock(day, stretch.time_off_id, now=now)
    return block(day, stretch, now=now)


def _others(day: Day, stretch: BlockedStretch) -> tuple[BlockedStretch, ...]:
    return tuple(each for each in day.blocked if each.time_off_id != stretch.time_off_id)


def _reason(stretches: Iterable[BlockedStretch], slot: Slot) -> KeptReason:
    blocking = find_blocking(stretches, slot)
    return KeptReason(blocking.kind) if blocking else KeptReason.OVERLAPS
