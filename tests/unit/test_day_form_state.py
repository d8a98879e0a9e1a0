"""The changes that a submitted day form requests."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.changes import plan_changes
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.slot import SlotStatus
from chalicelib.web.pages.boxes import Box
from chalicelib.web.pages.day_form import DayFormState
from tests.support.factories import SUNDAY_NOON, make_day, make_grid, make_slot, to_instant

if TYPE_CHECKING:
    from datetime import datetime

GRID = make_grid()
STARTS = ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]
NOW = SUNDAY_NOON

HALF_HOUR = timedelta(minutes=30)

some_starts = st.sets(st.sampled_from(STARTS)).map(
    lambda starts: frozenset(map(to_instant, starts))
)


def boxes(*starts: datetime) -> frozenset[Box]:
    return frozenset(Box(start, start + HALF_HOUR) for start in starts)


def open_box(start: str, minutes: int | None) -> DayFormState:
    """The form in which one box was checked. A box of a former release has no length."""
    begin = to_instant(start)
    box = Box(begin, begin + timedelta(minutes=minutes) if minutes else None)
    return DayFormState(initial=frozenset(), editable=frozenset({box}), checked=frozenset({box}))


def test_slots_neither_initial_nor_editable_are_unchanged() -> None:
    nine, ten, eleven = to_instant("09:00"), to_instant("10:00"), to_instant("11:00")
    form_state = DayFormState(
        initial=boxes(nine, ten), editable=boxes(ten, eleven), checked=boxes(eleven)
    )

    assert [(change.start, change.status) for change in form_state.changes()] == [
        (ten, "busy-unavailable"),
        (eleven, "free"),
    ]
    assert form_state.dirty == boxes(ten, eleven)


def test_box_without_end_opens_slot_of_current_length() -> None:
    planned = plan_changes(open_box("09:00", None).changes(), make_day(), GRID, now=NOW)

    assert [slot.length for slot in planned.opened] == [HALF_HOUR]


def test_box_of_other_length_is_not_on_grid_and_named() -> None:
    with pytest.raises(RequestRejectedError) as rejected:
        plan_changes(open_box("09:00", 20).changes(), make_day(), GRID, now=NOW)

    (violation,) = rejected.value.violations
    assert (violation.code, violation.message) == (
        "not_on_grid",
        "09:00–09:20 is not one of this day's slots",
    )


def test_unticked_box_of_other_length_closes_nothing() -> None:
    day = make_day(make_slot("09:00"))
    box = Box(to_instant("09:00"), to_instant("09:20"))
    form = DayFormState(initial=frozenset({box}), editable=frozenset({box}), checked=frozenset())

    with pytest.raises(RequestRejectedError) as rejected:
        plan_changes(form.changes(), day, GRID, now=NOW)

    (violation,) = rejected.value.violations
    assert (violation.code, violation.message) == (
        "slot_not_found",
        "09:00–09:20 no longer exists",
    )


@given(st.sampled_from(STARTS), st.none() | st.integers(5, 240))
def test_box_value_is_parsed_back(start: str, minutes: int | None) -> None:
    (box,) = open_box(start, minutes).checked

    assert Box.parse(str(box)) == box


@pytest.mark.parametrize(
    "value",
    ["", "-30", "20261123T0900Z-", "20261123T0900Z-0", "20261123T0900Z-241", "20261123T0900Z-030"],
)
def test_malformed_box_value_is_rejected(value: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Box.parse(value)


@given(st.lists(st.sampled_from(SlotStatus), min_size=6, max_size=6), some_starts)
def test_save_leaves_exactly_checked_slots_of_page_free(
    statuses: list[SlotStatus], chosen: frozenset[datetime]
) -> None:
    """``chosen`` are the slots that the user wants; the browser enables editable boxes only."""
    until = NOW + timedelta(hours=1)
    day = make_day(
        *(
            make_slot(start, status=status, held_until=until if status is SlotStatus.HELD else None)
            for start, status in zip(STARTS, statuses, strict=True)
            if status is not SlotStatus.UNAVAILABLE
        )
    )
    grid_slots = day.grid_slots(GRID)
    initial = boxes(*(b.slot.start for b in grid_slots if b.slot.status is SlotStatus.FREE))
    editable = boxes(*(b.slot.start for b in grid_slots if b.is_editable(NOW)))
    form_state = DayFormState(initial=initial, editable=editable, checked=editable & boxes(*chosen))

    changes = form_state.changes()
    after = day.apply(plan_changes(changes, day, GRID, now=NOW)) if changes else day

    free = {start for start, slot in after.slots.items() if slot.status is SlotStatus.FREE}
    assert boxes(*free) == form_state.checked
    taken = {start: slot for start, slot in day.slots.items() if slot.is_taken}
    assert {start: slot for start, slot in after.slots.items() if slot.is_taken} == taken


@given(some_starts, some_starts, some_starts, some_starts)
def test_save_changes_only_initial_or_editable_slots(
    stored: frozenset[datetime],
    initial: frozenset[datetime],
    editable: frozenset[datetime],
    checked: frozenset[datetime],
) -> None:
    day = make_day(*(make_slot(start) for start in STARTS if to_instant(start) in stored))
    form_state = DayFormState(
        initial=boxes(*initial), editable=boxes(*editable), checked=boxes(*(checked & editable))
    )

    changes = form_state.changes()
    try:
        after = day.apply(plan_changes(changes, day, GRID, now=NOW)) if changes else day
    except RequestRejectedError:
        after = day

    changed = {
        start for start in map(to_instant, STARTS) if (start in after.slots) != (start in stored)
    }
    assert changed <= (initial | editable)
