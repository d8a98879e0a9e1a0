"""No save leaves overlapping slots, or closes a claimed slot (property test)."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.changes import SlotChange, plan_changes
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.slot import SlotStatus
from chalicelib.web.api.parsing import parse_slot_change
from tests.support.factories import (
    SUNDAY_NOON,
    make_day,
    make_grid,
    make_slot,
    to_instant,
)

if TYPE_CHECKING:
    from chalicelib.domain.day import Day

# Any stored slots that do not overlap, in five-minute steps through the morning.
schedules = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 12), st.sampled_from(SlotStatus)), max_size=8
)


starts = st.integers(8 * 12, 13 * 12).map(lambda five: f"{five // 12:02}:{five % 12 * 5:02}")


requests = st.lists(
    st.builds(parse_slot_change, starts, st.sampled_from(["free", "busy-unavailable"])), max_size=12
)


def make_slots(parts: list[tuple[int, int, SlotStatus]]) -> Day:
    slots, minute = [], 8 * 60
    for gap, length, status in parts:
        start = minute + gap * 5
        if status is not SlotStatus.UNAVAILABLE and start < 23 * 60:
            held = {"held_until": to_instant("23:00")} if status is SlotStatus.HELD else {}
            slots.append(make_slot(f"{start // 60:02}:{start % 60:02}", length * 5, status, **held))
        minute = start + length * 5
    return make_day(*slots)


@given(schedules.map(make_slots), requests, st.integers(5, 60))
def test_no_save_leaves_overlap_or_closes_claimed_slot(
    day: Day, changes: list[SlotChange], minutes: int
) -> None:
    grid = make_grid(("09:00", "12:00"), minutes=minutes)

    try:
        after = day.apply(plan_changes(changes, day, grid, now=SUNDAY_NOON))
    except RequestRejectedError:
        after = day

    slots = sorted(after.slots.values(), key=lambda slot: slot.start)
    assert all(not earlier.overlaps(later) for earlier, later in pairwise(slots))
    assert {s for s in day.slots.values() if s.is_taken} == {s for s in slots if s.is_taken}
    requested = {to_instant(str(change.start)): change.status for change in changes}
    for start in {*day.slots, *after.slots} if after is not day else ():
        assert (start in after.slots) == (requested.get(start, "free") == "free")


@given(schedules.map(make_slots), st.integers(5, 60))
def test_closed_grid_slot_names_first_overlapping_slot(day: Day, minutes: int) -> None:
    for day_slot in day.grid_slots(make_grid(("09:00", "12:00"), minutes=minutes)):
        overlapping = [
            slot
            for slot in day.slots.values()
            if slot.start != day_slot.slot.start and slot.overlaps(day_slot.slot)
        ]
        assert day_slot.conflicts_with == (overlapping[0] if overlapping else None)
