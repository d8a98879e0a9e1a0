"""What every merge keeps to, on random days: 2,000 of them, and 200,000 nightly."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.merge import merge
from chalicelib.domain.undo_merge import undo_change
from tests.support.profile import rounds
from tests.support.random_days import ENTRY, NOW, random_day, random_grid_slots

if TYPE_CHECKING:
    from chalicelib.domain.day import Day, PlannedChanges
    from chalicelib.domain.slot import Slot


MERGES_PER_SEED = 100


def is_by_hand(slot: Slot) -> bool:
    return slot.origin is None or slot.origin.series_id is None


def check_rules(day: Day, base: list[Slot], wish: list[Slot], changes: PlannedChanges) -> None:
    after = changes.day_after.slots
    for slot in day.slots.values():
        if slot.is_taken or is_by_hand(slot) or slot.has_begun(NOW):
            assert after.get(slot.start) is slot
    in_order = sorted(after.values(), key=lambda slot: slot.start)
    assert all(a.end <= b.start for a, b in pairwise(in_order))
    assert not any(slot.has_begun(NOW) for slot in (*changes.opened, *changes.closed))

    before, wanted = ({slot.interval for slot in slots} for slots in (base, wish))
    assert {slot.interval for slot in changes.opened} <= wanted - before
    assert {slot.interval for slot in changes.closed} <= before - wanted
    named = {each.slot.interval for each in changes.kept}
    is_open = {slot.interval for slot in after.values()}
    assert wanted - before <= is_open | named
    assert (before - wanted) & is_open <= named


def check_repetition(changes: PlannedChanges, wish: list[Slot]) -> None:
    again = merge(changes.day_after, wish, wish, now=NOW)
    assert not again.opened
    assert not again.closed


def check_undo(day: Day, changes: PlannedChanges) -> None:
    entry = replace(ENTRY, opened=changes.opened, closed=changes.closed)
    undone = undo_change(changes.day_after, entry, now=NOW)
    assert undone.day_after.slots == day.slots
    assert {s.start: s.origin for s in undone.day_after.slots.values()} == {
        s.start: s.origin for s in day.slots.values()
    }
    assert not undone.kept


@pytest.mark.parametrize("seed", range(rounds(daily=8, nightly=2_000)))
def test_merges_keep_bookings_and_work_by_hand_and_can_be_undone(seed: int) -> None:
    random = Random(seed)
    for _ in range(MERGES_PER_SEED):
        base, wish = random_grid_slots(random), random_grid_slots(random)
        day = random_day(random, base, wish)
        changes = merge(day, base, wish, now=NOW)
        check_rules(day, base, wish, changes)
        check_repetition(changes, wish)
        check_undo(day, changes)
