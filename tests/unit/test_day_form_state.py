"""From the boxes of a page, as drawn and as they came back, to what a save is asked."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.changes import plan_changes
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.slot import SlotStatus
from chalicelib.web.pages.day_form import DayFormState
from tests.support.factories import SUNDAY_NOON, make_day, make_grid, make_slot, to_instant

GRID = make_grid()
STARTS = ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]
NOW = SUNDAY_NOON

some_starts = st.sets(st.sampled_from(STARTS)).map(
    lambda starts: frozenset(map(to_instant, starts))
)


def test_slots_neither_initial_nor_editable_are_unchanged() -> None:
    nine, ten, eleven = to_instant("09:00"), to_instant("10:00"), to_instant("11:00")
    drawn = DayFormState(
        initial=frozenset({nine, ten}),
        editable=frozenset({ten, eleven}),
        checked=frozenset({eleven}),
    )

    assert [(tick.start, tick.status) for tick in drawn.changes()] == [
        (ten, "busy-unavailable"),
        (eleven, "free"),
    ]
    assert drawn.dirty == {ten, eleven}


@given(st.lists(st.sampled_from(SlotStatus), min_size=6, max_size=6), some_starts)
def test_save_leaves_exactly_checked_slots_of_page_free(
    statuses: list[SlotStatus], wish: frozenset[object]
) -> None:
    """``wish`` is what she would tick; a browser lets her change only what it offers."""
    until = NOW + timedelta(hours=1)
    day = make_day(
        *(
            make_slot(start, status=status, held_until=until if status is SlotStatus.HELD else None)
            for start, status in zip(STARTS, statuses, strict=True)
            if status is not SlotStatus.UNAVAILABLE
        )
    )
    boxes = day.grid_slots(GRID)
    shown = frozenset(b.slot.start for b in boxes if b.slot.status is SlotStatus.FREE)
    offered = frozenset(b.slot.start for b in boxes if b.is_editable(NOW))
    drawn = DayFormState(initial=shown, editable=offered, checked=frozenset(offered & wish))

    asked = drawn.changes()
    after = day.apply(plan_changes(asked, day, GRID, now=NOW)) if asked else day

    free = {start for start, slot in after.slots.items() if slot.status is SlotStatus.FREE}
    assert free == drawn.checked
    taken = {start: slot for start, slot in day.slots.items() if slot.is_taken}
    assert {start: slot for start, slot in after.slots.items() if slot.is_taken} == taken


@given(some_starts, some_starts, some_starts, some_starts)
def test_save_changes_only_initial_or_editable_slots(
    stored: frozenset[object],
    shown: frozenset[object],
    offered: frozenset[object],
    ticked: frozenset[object],
) -> None:
    day = make_day(*(make_slot(start) for start in STARTS if to_instant(start) in stored))
    drawn = DayFormState(initial=shown, editable=offered, checked=ticked & offered)  # type: ignore[arg-type]

    asked = drawn.changes()
    try:
        after = day.apply(plan_changes(asked, day, GRID, now=NOW)) if asked else day
    except RequestRejectedError:
        after = day

    changed = {
        start for start in map(to_instant, STARTS) if (start in after.slots) != (start in stored)
    }
    assert changed <= (shown | offered)
