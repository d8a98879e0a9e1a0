"""Replace what is open off the grid, since the hours or the slot length have changed.

Booked and held slots are left alone and named.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.domain.day import KeptReason, KeptSlot, PlannedChanges
from chalicelib.domain.merge import open_possible
from chalicelib.domain.slot import SlotOrigin, SlotStatus, merge_touching

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from chalicelib.domain.day import Day
    from chalicelib.domain.grid import Grid
    from chalicelib.domain.plan import Plan
    from chalicelib.domain.slot import Slot

_REASONS = {SlotStatus.BOOKED: KeptReason.BOOKED, SlotStatus.HELD: KeptReason.HELD}


class Misfits(NamedTuple):
    """Slots of a day to come that are not of the grid, in time order."""

    free: tuple[Slot, ...]
    taken: tuple[Slot, ...]


def find_misfits(day: Day, grid: Grid, *, now: datetime) -> Misfits:
    """Return the stored slots that the grid does not have and that have not begun.

    ``day`` must be current as of ``now``.
    """
    of_grid = {slot.interval for slot in grid.candidate_slots(day.date)}
    off = sorted(
        (
            slot
            for slot in day.slots.values()
            if slot.interval not in of_grid and not slot.has_begun(now)
        ),
        key=lambda slot: slot.start,
    )
    return Misfits(
        free=tuple(slot for slot in off if slot.status is SlotStatus.FREE),
        taken=tuple(slot for slot in off if slot.is_taken),
    )


def replace_slots(plan: Plan, day: Day, grid: Grid, *, now: datetime) -> PlannedChanges | None:
    """Close the free slots that are not of the grid, and open the grid's in the time they covered.

    None if there is nothing to do or to name. A plan that has a preview closes and opens no others
    than that shows, so it can be applied twice. Such slots count as opened by the series of those
    whose time they take. ``day`` must be current as of ``now``.
    """
    misfits = find_misfits(day, grid, now=now)
    if plan.dates:
        shown = plan.closing.get(day.date, frozenset())
        closed: Sequence[Slot] = [slot for slot in misfits.free if slot.start in shown]
        wanted: Sequence[Slot] = plan.imported.get(day.date, ())
    else:
        closed, wanted = misfits.free, _slots_within(misfits.free, grid.candidate_slots(day.date))
    kept = [KeptSlot(slot, _REASONS[slot.status]) for slot in misfits.taken]
    if not (closed or wanted or kept):
        return None
    return open_possible(day, wanted, closed, kept, now)


def _slots_within(closed: Sequence[Slot], grid_slots: Iterable[Slot]) -> list[Slot]:
    """Return the grid slots that lie in the time that the closed ones cover."""
    stretches = merge_touching(closed)
    return [
        replace(slot, origin=_origin(slot, closed))
        for slot in grid_slots
        if any(each.start <= slot.start and slot.end <= each.end for each in stretches)
    ]


def _origin(slot: Slot, closed: Iterable[Slot]) -> SlotOrigin | None:
    """Return the origin of a grid slot: the series that opened all slots whose time it takes."""
    series = {
        each.origin.series_id if each.origin else None for each in closed if each.overlaps(slot)
    }
    series_id = series.pop() if len(series) == 1 else None
    return SlotOrigin("", series_id) if series_id else None
