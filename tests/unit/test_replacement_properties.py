"""What the replacement of open slots keeps to, on random days: 1,000, and 100,000 nightly."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.plan import Plan, PlanKind, closing_part, needs_two_saves
from chalicelib.domain.replacement import find_misfits, replace_slots
from chalicelib.domain.slot import merge_touching
from chalicelib.domain.undo_merge import undo_change
from tests.support.factories import MONDAY, make_grid
from tests.support.profile import rounds
from tests.support.random_days import ENTRY, NOW, random_day, random_grid_slots

if TYPE_CHECKING:
    from chalicelib.domain.day import Day, PlannedChanges
    from chalicelib.domain.grid import Grid


DAYS_PER_SEED = 50
DRAFT = Plan(
    doctor_id="dr-lee", plan_id="p", kind=PlanKind.HOURS, created_at=NOW, dates=(), closing={}
)


def random_grid(random: Random) -> Grid:
    start, end = random.choice((("08:00", "12:00"), ("09:00", "11:00"), ("08:00", "10:00")))
    return make_grid((start, end), minutes=random.choice((15, 20, 30, 40)))


def previewed(changes: PlannedChanges) -> Plan:
    """The plan as it is stored with this preview."""
    return replace(
        DRAFT,
        dates=(MONDAY,),
        closing={MONDAY: frozenset(slot.start for slot in changes.closed)},
        imported={MONDAY: changes.opened},
    )


def check_rules(day: Day, grid: Grid, changes: PlannedChanges) -> None:
    after = changes.day_after.slots
    for slot in day.slots.values():
        if slot.is_taken or slot.has_begun(NOW):
            assert after[slot.start] is slot
    in_order = sorted(after.values(), key=lambda slot: slot.start)
    assert all(a.end <= b.start for a, b in pairwise(in_order))
    of_grid = {slot.interval for slot in grid.candidate_slots(MONDAY)}
    assert {slot.interval for slot in changes.opened} <= of_grid
    assert not {slot.interval for slot in changes.closed} & of_grid
    assert not find_misfits(changes.day_after, grid, now=NOW).free
    stretches = merge_touching(changes.closed)
    assert all(
        any(each.start <= slot.start and slot.end <= each.end for each in stretches)
        for slot in changes.opened
    )
    assert {each.slot for each in changes.kept} >= {*find_misfits(day, grid, now=NOW).taken}


def check_undo(day: Day, changes: PlannedChanges) -> None:
    entry = replace(ENTRY, opened=changes.opened, closed=changes.closed)
    undone = undo_change(changes.day_after, entry, now=NOW)
    assert undone.day_after.slots == day.slots
    assert not undone.kept


def apply(plan: Plan, day: Day, grid: Grid) -> Day:
    """Apply the plan to the date as its steps do, in one save or two."""
    changes = replace_slots(plan, day, grid, now=NOW)
    if changes and needs_two_saves(changes):
        day = closing_part(changes, day).day_after
        changes = replace_slots(plan, day, grid, now=NOW)
    return changes.day_after if changes else day


@pytest.mark.parametrize("seed", range(rounds(daily=8, nightly=2_000)))
def test_replacement_harms_no_patient_and_can_be_undone(seed: int) -> None:
    random = Random(seed)
    for _ in range(DAYS_PER_SEED):
        day, grid = random_day(random, random_grid_slots(random)), random_grid(random)
        changes = replace_slots(DRAFT, day, grid, now=NOW)
        if changes is None:
            assert find_misfits(day, grid, now=NOW) == ((), ())
            continue
        check_rules(day, grid, changes)
        check_undo(day, changes)

        after = apply(previewed(changes), day, grid)
        assert after.slots == changes.day_after.slots
        assert apply(previewed(changes), after, grid).slots == after.slots


@pytest.mark.parametrize("seed", range(rounds(daily=8, nightly=2_000)))
def test_replacement_changes_only_what_its_preview_shows(seed: int) -> None:
    random = Random(seed)
    for _ in range(DAYS_PER_SEED):
        slots, grid = random_grid_slots(random), random_grid(random)
        before, later = random_day(random, slots), random_day(random, slots)
        shown = replace_slots(DRAFT, before, grid, now=NOW)
        if shown is None or not shown.closed:
            continue
        changes = replace_slots(previewed(shown), later, grid, now=NOW)
        if changes:
            assert {each.start for each in changes.closed} <= {each.start for each in shown.closed}
            assert {each.interval for each in changes.opened} <= {
                each.interval for each in shown.opened
            }
            taken = [slot for slot in later.slots.values() if slot.is_taken]
            assert all(changes.day_after.slots[slot.start] is slot for slot in taken)
