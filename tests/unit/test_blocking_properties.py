"""What time off keeps to, on random days: 1,000 of them, and 100,000 nightly."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.blocking import block, unblock
from chalicelib.domain.merge import merge
from chalicelib.domain.time_off import BlockedStretch, BlockKind, TimeOffAct, suspended_intervals
from chalicelib.domain.undo_merge import undo_change
from tests.support.factories import to_instant
from tests.support.profile import rounds
from tests.support.random_days import ENTRY, NOW, random_day, random_grid_slots

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.domain.day import Day, PlannedChanges
    from chalicelib.domain.slot import Slot

DAYS_PER_SEED = 50
HOURS = ("08:00", "09:00", "09:45", "10:30", "11:10", "12:00")


def random_stretch(random: Random, name: str) -> BlockedStretch:
    start, end = sorted(random.sample(HOURS, 2))
    is_whole_day = random.random() < 0.3
    return BlockedStretch(
        time_off_id=name,
        kind=random.choice([*BlockKind]),
        name=name,
        act=TimeOffAct.STOP,
        start=to_instant("00:00" if is_whole_day else start),
        end=to_instant("23:59" if is_whole_day else end),
        is_whole_day=is_whole_day,
    )


def open_slots(day: Day) -> dict[object, object]:
    return {slot.interval: slot.origin for slot in day.slots.values()}


def undo(changes: PlannedChanges) -> PlannedChanges:
    entry = replace(
        ENTRY,
        opened=changes.opened,
        closed=changes.closed,
        blocked=changes.blocks,
        unblocked=changes.unblocks,
    )
    return undo_change(changes.day_after, entry, now=NOW)


def lifted(day: Day, *stretches: BlockedStretch) -> Day:
    for stretch in stretches:
        changes = unblock(day, stretch.time_off_id, now=NOW)
        assert changes
        day = changes.day_after
    assert not day.blocked
    return day


def check_blocked(before: Day, changes: PlannedChanges, stretch: BlockedStretch) -> None:
    after = changes.day_after
    for slot in before.slots.values():
        stays = slot.is_taken or slot.has_begun(NOW) or not stretch.covers(slot)
        assert (slot.start in after.slots) == stays
    taken = [each.slot for each in changes.kept]
    assert all(slot.is_taken and stretch.covers(slot) for slot in taken)


@pytest.mark.parametrize("seed", range(rounds(daily=8, nightly=2_000)))
def test_time_off_closes_free_slots_and_lifting_restores_the_day(seed: int) -> None:
    random = Random(seed)
    for _ in range(DAYS_PER_SEED):
        day = random_day(random, random_grid_slots(random))
        first, second = random_stretch(random, "a"), random_stretch(random, "b")

        blocked = block(day, first, now=NOW)
        check_blocked(day, blocked, first)
        twice = block(blocked.day_after, second, now=NOW)
        check_blocked(blocked.day_after, twice, second)

        assert undo(blocked).day_after == replace(day, version=3, revision=3)
        order = random.sample([first, second], 2)
        assert open_slots(lifted(twice.day_after, *order)) == open_slots(day)
        redone = undo(undo(twice))
        assert open_slots(redone.day_after) == open_slots(twice.day_after)


@pytest.mark.parametrize("seed", range(rounds(daily=8, nightly=2_000)))
def test_a_series_opens_slots_in_time_off_only_once_it_is_lifted(seed: int) -> None:
    random = Random(seed)
    for _ in range(DAYS_PER_SEED):
        grid_slots = random_grid_slots(random)
        base, wish = (
            [slot for slot in grid_slots if random.random() < 0.6],
            [slot for slot in grid_slots if random.random() < 0.6],
        )
        stretch = random_stretch(random, "a")
        day = random_day(random, grid_slots)
        blocked = block(day, stretch, now=NOW).day_after

        merged = merge(blocked, base, wish, now=NOW)

        assert not any(stretch.covers(slot) for slot in merged.opened)
        assert all(stretch.covers(slot) for slot in _suspended(merged.day_after))
        again = merge(merged.day_after, wish, wish, now=NOW)
        assert not again.opened
        assert again.day_after.blocked == merged.day_after.blocked
        without = merge(day, base, wish, now=NOW).day_after
        assert open_slots(lifted(merged.day_after, stretch)).keys() == open_slots(without).keys()


def _suspended(day: Day) -> Iterable[Slot]:
    return suspended_intervals(day.blocked).values()
