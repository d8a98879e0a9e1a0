"""Merge what a plan wants of a date with the day as it is.

Booked and held slots, slots opened by hand and grid slots closed by hand are left alone and named.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.day import (
    BLOCKED_REASONS,
    KeptReason,
    KeptSlot,
    PlannedChanges,
    SlotChanges,
)
from chalicelib.domain.slot import SlotStatus
from chalicelib.domain.time_off import change_suspended, suspended_intervals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from chalicelib.domain.day import Day
    from chalicelib.domain.slot import Slot


Reason = KeptReason | None


def merge(day: Day, base: Iterable[Slot], wish: Iterable[Slot], *, now: datetime) -> PlannedChanges:
    """Change the day from what was wanted of its date before (``base``) to what is wanted now.

    Slots that only ``base`` has are closed if they are free and a series opened them. Slots that
    only ``wish`` has are opened if they overlap nothing and have not begun. In a blocked stretch,
    both change only which slots are suspended. ``day`` must be current as of ``now``.
    """
    before = {slot.interval: slot for slot in base}
    after = {slot.interval: slot for slot in wish}
    unwanted = [slot for interval, slot in before.items() if interval not in after]
    wanted = [slot for interval, slot in after.items() if interval not in before]
    unchanged = [slot for interval, slot in after.items() if interval in before]
    closing = separate_kept(
        stored_slots(day, unwanted), lambda slot: reason_not_to_close(slot, now) or _by_hand(slot)
    )
    already_open = stored_slots(day, wanted)
    changes = open_possible(
        day,
        wanted,
        closing.changed,
        [
            *closing.kept,
            *separate_kept(already_open, _by_hand).kept,
            *_missing(day, unchanged, now),
        ],
        now,
    )
    return _with_suspended(changes, unwanted) if day.blocked else changes


def _with_suspended(changes: PlannedChanges, unwanted: Iterable[Slot]) -> PlannedChanges:
    """Suspend what could not be opened in a blocked stretch, and no longer what is unwanted."""
    blocked = changes.day_after.blocked
    suspended = suspended_intervals(blocked)
    no_longer = {
        slot.interval
        for each in unwanted
        if (slot := suspended.get(each.interval)) and not _by_hand(slot)
    }
    add = [each.slot for each in changes.kept if each.reason in BLOCKED_REASONS]
    blocked = change_suspended(blocked, add=add, remove=no_longer)
    return replace(changes, day_after=replace(changes.day_after, blocked=blocked))


@dataclass(frozen=True, slots=True)
class Separated:
    """Slots to change, and those to leave alone with the reason."""

    changed: list[Slot]
    kept: list[KeptSlot]


def separate_kept(slots: Iterable[Slot], reason_to_keep: Callable[[Slot], Reason]) -> Separated:
    """Separate the slots to change from those for which there is a reason to keep them."""
    changed, kept = [], []
    for slot in slots:
        if reason := reason_to_keep(slot):
            kept.append(KeptSlot(slot, reason))
        else:
            changed.append(slot)
    return Separated(changed, kept)


def stored_slots(day: Day, slots: Iterable[Slot]) -> list[Slot]:
    """Return the stored slots of the same times."""
    found = ((slot, day.slots.get(slot.start)) for slot in slots)
    return [stored for slot, stored in found if stored and stored.interval == slot.interval]


def reason_not_to_close(slot: Slot, now: datetime) -> Reason:
    """Return why the slot cannot be closed, or None: it is booked, held or past."""
    match slot.status:
        case SlotStatus.BOOKED:
            return KeptReason.BOOKED
        case SlotStatus.HELD:
            return KeptReason.HELD
        case _:
            return KeptReason.PAST if slot.has_begun(now) else None


def _by_hand(slot: Slot) -> Reason:
    is_of_series = slot.origin is not None and slot.origin.series_id is not None
    return None if is_of_series else KeptReason.OPENED_BY_HAND


def _missing(day: Day, slots: Sequence[Slot], now: datetime) -> list[KeptSlot]:
    """Return the slots that were closed by hand and could still be open."""
    present = {slot.interval for slot in stored_slots(day, slots)} | {
        *suspended_intervals(day.blocked)
    }
    return [
        KeptSlot(slot, KeptReason.CLOSED_BY_HAND)
        for slot in slots
        if slot.interval not in present and not slot.has_begun(now)
    ]


def _free(slot: Slot) -> Slot:
    return slot if slot.status is SlotStatus.FREE else replace(slot, status=SlotStatus.FREE)


def _start(slot: Slot) -> datetime:
    return slot.start


def open_possible(
    day: Day,
    wanted: Iterable[Slot],
    closed: Sequence[Slot],
    kept: Sequence[KeptSlot],
    now: datetime,
) -> PlannedChanges:
    """Close the ``closed`` slots, and open those ``wanted`` ones that the day then allows."""
    stays_open: Mapping[datetime, Slot] = day.apply(
        SlotChanges(opened=(), closed=tuple(closed))
    ).slots
    is_open = {slot.interval for slot in stays_open.values()}
    missing = [slot for slot in wanted if slot.interval not in is_open]
    opening = _separate_missing(day, missing, stays_open.values(), now)
    changes = SlotChanges(
        opened=tuple(map(_free, opening.changed)),
        closed=tuple(closed),
    )
    return PlannedChanges(
        opened=changes.opened,
        closed=changes.closed,
        day_after=day.apply(changes),
        kept=tuple(sorted([*kept, *opening.kept], key=lambda each: each.slot.start)),
    )


def _separate_missing(
    day: Day, missing: Sequence[Slot], others: Iterable[Slot], now: datetime
) -> Separated:
    """Open those that have not begun, are not blocked, and overlap no other slot or each other."""
    if not missing:
        return Separated([], [])
    # In time order, and without overlaps: so the ends are in order too.
    occupied = sorted([*others, *day.adjacent], key=_start)

    def reason_not_to_open(slot: Slot) -> Reason:
        if slot.has_begun(now):
            return KeptReason.PAST
        if blocking := day.find_blocking(slot):
            return KeptReason(blocking.kind)
        position = bisect_right(occupied, slot.start, key=lambda other: other.end)
        if position < len(occupied) and occupied[position].overlaps(slot):
            return KeptReason.OVERLAPS
        occupied.insert(position, slot)
        return None

    return separate_kept(sorted(missing, key=_start), reason_not_to_open)
