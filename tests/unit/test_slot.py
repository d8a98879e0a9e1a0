"""Slots: overlap, length and start."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.slot import Slot, SlotStatus, merge_touching
from tests.support.factories import SUNDAY_NOON, make_slot


@pytest.mark.parametrize(
    ("other", "overlaps"),
    [
        (make_slot("09:30", 30), True),  # the same
        (make_slot("09:30", 60), True),  # the same start, longer
        (make_slot("09:40", 10), True),  # inside
        (make_slot("09:00", 90), True),  # around
        (make_slot("09:15", 30), True),  # across the start
        (make_slot("09:45", 30), True),  # across the end
        (make_slot("09:00", 30), False),  # touching before
        (make_slot("10:00", 30), False),  # touching after
        (make_slot("11:00", 30), False),  # apart
    ],
)
def test_slots_overlap_when_sharing_time_not_when_touching(other: Slot, *, overlaps: bool) -> None:
    slot = make_slot("09:30", 30)

    assert slot.overlaps(other) is overlaps
    assert other.overlaps(slot) is overlaps


def test_expired_hold_leaves_slot_free() -> None:
    held = make_slot("09:00", status=SlotStatus.HELD, held_until=SUNDAY_NOON)

    assert held.as_of(SUNDAY_NOON - timedelta(seconds=1)) == held
    assert held.as_of(SUNDAY_NOON) == make_slot("09:00")


def test_booking_does_not_expire() -> None:
    booked = make_slot("09:00", status=SlotStatus.BOOKED)

    assert booked.as_of(SUNDAY_NOON + timedelta(days=999)) == booked


def test_slot_has_begun_from_its_first_instant() -> None:
    slot = make_slot("09:00")

    assert slot.has_begun(slot.start)
    assert not slot.has_begun(slot.start - timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("slots", "merged"),
    [
        ([], []),
        ([("09:00", 30)], [("09:00", 30)]),
        ([("09:00", 30), ("09:30", 30), ("10:00", 20)], [("09:00", 80)]),
        ([("09:30", 30), ("09:00", 30)], [("09:00", 60)]),
        ([("09:00", 30), ("10:00", 30), ("10:30", 30)], [("09:00", 30), ("10:00", 60)]),
    ],
)
def test_slots_that_touch_merge_into_one_range(
    slots: list[tuple[str, int]], merged: list[tuple[str, int]]
) -> None:
    ranges = merge_touching(make_slot(start, minutes) for start, minutes in slots)

    assert ranges == [make_slot(start, minutes) for start, minutes in merged]
