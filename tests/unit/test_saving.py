"""What a save may make of a day."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.changes import MAX_CHANGES_PER_SAVE, SlotChange, plan_changes
from chalicelib.domain.day import Day, SlotChanges
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.slot import Slot, SlotStatus
from chalicelib.domain.violations import FieldViolation, SlotOverlap
from tests.builders import (
    MONDAY,
    SUNDAY_NOON,
    close_change,
    make_day,
    make_grid,
    make_slot,
    open_change,
    to_instant,
)

GRID = make_grid()


def plan(*changes: SlotChange, day: Day) -> SlotChanges:
    return plan_changes(changes, day, GRID, now=SUNDAY_NOON)


def violation_codes(
    *changes: SlotChange, day: Day, **overrides: object
) -> list[tuple[object, str]]:
    """The starts and codes of a refused save."""
    with pytest.raises(RequestRejectedError) as refused:
        plan_changes(
            changes,
            day,
            overrides.get("grid", GRID),  # type: ignore[arg-type]
            now=overrides.get("now", SUNDAY_NOON),  # type: ignore[arg-type]
        )
    return [
        (fault.field if isinstance(fault, FieldViolation) else fault.start, fault.code)
        for fault in refused.value.violations
    ]


def test_ticked_boxes_become_free_slots_and_unticked_ones_go() -> None:
    day = make_day(make_slot("09:00"))

    decided = plan(open_change("10:00"), close_change("09:00"), open_change("11:30"), day=day)

    assert decided == SlotChanges(
        opened=(make_slot("10:00"), make_slot("11:30")), closed=(make_slot("09:00"),)
    )


def test_a_save_of_nothing_is_refused() -> None:
    assert violation_codes(day=make_day()) == [("slots", "nothing_to_save")]


def test_more_slots_than_one_transaction_holds_are_refused() -> None:
    asked = [open_change("09:00")] * (MAX_CHANGES_PER_SAVE + 1)

    assert violation_codes(*asked, day=make_day()) == [("slots", "too_many")]


@pytest.mark.parametrize("status", [SlotStatus.FREE, SlotStatus.HELD, SlotStatus.BOOKED])
def test_a_slot_that_exists_cannot_be_ticked_again(status: SlotStatus) -> None:
    day = make_day(make_slot("09:00", status=status))

    assert violation_codes(open_change("09:00"), day=day) == [(to_instant("09:00"), "slot_exists")]


def test_a_slot_of_the_same_start_exists_whatever_its_length() -> None:
    assert violation_codes(open_change("09:00"), day=make_day(make_slot("09:00", 45))) == [
        (to_instant("09:00"), "slot_exists")
    ]


@pytest.mark.parametrize(
    "stored",
    [
        make_slot("09:40", 10),  # inside
        make_slot("09:20", 60),  # around
        make_slot("09:15", 30),  # across the start
        make_slot("09:45", 30),  # across the end
        make_slot("09:15", 45),  # to the same end
    ],
)
def test_a_box_that_would_share_time_with_a_stored_slot_is_refused(stored: Slot) -> None:
    with pytest.raises(RequestRejectedError) as refused:
        plan(open_change("09:30"), day=make_day(stored))

    (fault,) = refused.value.violations
    assert isinstance(fault, SlotOverlap)
    assert (fault.start, fault.conflicts_with) == (to_instant("09:30"), stored)


def test_a_box_that_touches_stored_slots_is_accepted() -> None:
    day = make_day(make_slot("09:10", 20), make_slot("10:00", 5))

    assert plan(open_change("09:30"), day=day).opened == (make_slot("09:30"),)


def test_withdrawing_a_slot_makes_room_for_another_in_the_same_save() -> None:
    day = make_day(make_slot("09:15", 30))

    decided = plan(close_change("09:15"), open_change("09:00"), open_change("09:30"), day=day)

    assert decided.opened == (make_slot("09:00"), make_slot("09:30"))


def test_boxes_of_one_request_that_overlap_each_other_are_refused_too() -> None:
    """No sound grid has such boxes; the rule does not rest on that."""
    crossing = make_grid(("09:00", "10:00"), ("09:45", "10:45"))

    assert violation_codes(
        open_change("09:30"), open_change("09:45"), day=make_day(), grid=crossing
    ) == [
        (to_instant("09:30"), "overlaps"),
        (to_instant("09:45"), "overlaps"),
    ]


def test_a_save_makes_a_new_version_and_a_new_revision_of_the_day() -> None:
    day = make_day(version=3)

    after = day.apply(plan(open_change("09:00"), day=day))

    assert (after.version, after.revision) == (4, 4)


def test_a_start_that_no_box_has_is_off_the_grid() -> None:
    assert violation_codes(open_change("09:10"), open_change("12:00"), day=make_day()) == [
        (to_instant("09:10"), "not_on_grid"),
        (to_instant("12:00"), "not_on_grid"),
    ]


@pytest.mark.parametrize("ask", [open_change, close_change])
def test_a_start_of_another_date_is_off_the_grid(ask: type[SlotChange]) -> None:
    on_tuesday = "2026-11-24T09:00:00+00:00"

    assert violation_codes(ask(on_tuesday), day=make_day()) == [  # type: ignore[call-arg]
        (to_instant("09:00") + timedelta(days=1), "not_on_grid")
    ]


def test_a_box_that_has_begun_can_be_neither_ticked_nor_unticked() -> None:
    day = make_day(make_slot("09:00"))

    assert violation_codes(
        close_change("09:00"), open_change("09:30"), day=day, now=to_instant("09:30")
    ) == [
        (to_instant("09:00"), "in_past"),
        (to_instant("09:30"), "in_past"),
    ]


def test_the_same_start_twice_is_told_once() -> None:
    twice = (open_change("09:00"), open_change("09:30"), close_change("2026-11-23T09:00:00Z"))

    assert violation_codes(*twice, day=make_day()) == [(to_instant("09:00"), "repeated")]


@pytest.mark.parametrize("status", [SlotStatus.HELD, SlotStatus.BOOKED])
def test_a_slot_that_a_patient_has_cannot_be_withdrawn(status: SlotStatus) -> None:
    day = make_day(make_slot("09:00", status=status))

    assert violation_codes(close_change("09:00"), day=day) == [(to_instant("09:00"), "slot_taken")]


def test_a_slot_that_is_not_there_cannot_be_withdrawn() -> None:
    assert violation_codes(close_change("09:00"), day=make_day()) == [
        (to_instant("09:00"), "slot_not_found")
    ]


def test_a_slot_off_the_grid_can_be_withdrawn() -> None:
    stray = make_slot("17:10", 20)

    assert plan(close_change("17:10"), day=make_day(stray)).closed == (stray,)


def test_a_time_that_the_clock_skips_or_shows_twice_is_told_as_it_came() -> None:
    spring = Day(doctor_id="dr-lee", date=MONDAY.replace(year=2027, month=3, day=28))
    autumn = Day(doctor_id="dr-lee", date=MONDAY.replace(year=2027, month=10, day=31))
    nights = make_grid(("00:00", "04:00"))

    assert violation_codes(open_change("01:30"), day=spring, grid=nights) == [
        ("01:30", "nonexistent_time")
    ]
    assert violation_codes(open_change("01:30"), day=autumn, grid=nights) == [
        ("01:30", "ambiguous_time")
    ]


def test_in_a_repeated_hour_the_offset_tells_which_box_is_meant() -> None:
    autumn = Day(doctor_id="dr-lee", date=MONDAY.replace(year=2027, month=10, day=31))
    asked = (open_change("2027-10-31T01:30:00+01:00"), open_change("2027-10-31T01:30:00+00:00"))

    decided = plan_changes(asked, autumn, make_grid(("00:00", "04:00")), now=SUNDAY_NOON)

    first, second = decided.opened
    assert second.start - first.start == timedelta(hours=1)


@pytest.mark.parametrize(
    "start",
    ["24:00", "24:30", "9:00", "09:60", "", "09:00:00", "noon", "2026-11-23", "२३:००",
     "2026-11-23T09:00:00", "2026-02-30T09:00:00Z", "0001-01-01T00:00:00+12:00",
     "9999-12-31T23:59:59-12:00", "2026-11-23T09:00:00+24:00"],
)  # fmt: skip
def test_a_start_that_is_no_time_is_given_back_as_it_came(start: str) -> None:
    assert violation_codes(open_change(start), day=make_day()) == [(start, "invalid")]


def test_a_status_that_cannot_be_asked_for_is_refused() -> None:
    asked = (SlotChange("09:00", "busy"), SlotChange("09:30", ""))

    assert violation_codes(*asked, day=make_day()) == [
        (to_instant("09:00"), "invalid"),
        (to_instant("09:30"), "invalid"),
    ]


def test_every_slot_at_fault_is_named_in_the_order_of_the_request() -> None:
    day = make_day(
        make_slot("09:00"), make_slot("09:30", status=SlotStatus.BOOKED), make_slot("10:15")
    )
    asked = (
        open_change("10:00"),
        open_change("soon"),
        open_change("11:00"),
        close_change("09:30"),
        open_change("09:00"),
    )

    assert violation_codes(*asked, day=day) == [
        (to_instant("10:00"), "overlaps"),
        ("soon", "invalid"),
        (to_instant("09:30"), "slot_taken"),
        (to_instant("09:00"), "slot_exists"),
    ]


def test_a_refusal_is_a_sentence_for_a_person() -> None:
    with pytest.raises(RequestRejectedError, match=r"^Slot already exists: 09:00-09:30$"):
        plan(open_change("09:00"), day=make_day(make_slot("09:00")))


def test_a_long_refusal_names_the_first_three_and_counts_the_others() -> None:
    taken = [make_slot(start) for start in ("09:00", "09:30", "10:00", "10:30", "11:00")]

    with pytest.raises(
        RequestRejectedError, match=r"^(Slot already exists: [\d:-]+; ){3}and 2 more$"
    ):
        plan(*(open_change(f"{slot.start:%H:%M}") for slot in taken), day=make_day(*taken))


# Any stored slots that do not overlap, in five-minute steps through the morning.
schedules = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 12), st.sampled_from(SlotStatus)), max_size=8
)
starts = st.integers(8 * 12, 13 * 12).map(lambda five: f"{five // 12:02}:{five % 12 * 5:02}")
requests = st.lists(
    st.builds(SlotChange, starts, st.sampled_from(["free", "busy-unavailable"])), max_size=12
)


def make_slots(parts: list[tuple[int, int, SlotStatus]]) -> Day:
    slots, minute = [], 8 * 60
    for gap, length, status in parts:
        begins = minute + gap * 5
        if status is not SlotStatus.UNAVAILABLE and begins < 23 * 60:
            held = {"held_until": to_instant("23:00")} if status is SlotStatus.HELD else {}
            slots.append(
                make_slot(f"{begins // 60:02}:{begins % 60:02}", length * 5, status, **held)
            )
        minute = begins + length * 5
    return make_day(*slots)


@given(schedules.map(make_slots), requests, st.integers(5, 60))
def test_no_save_ever_leaves_an_overlap_or_takes_a_slot_from_a_patient(
    day: Day, asked: list[SlotChange], minutes: int
) -> None:
    grid = make_grid(("09:00", "12:00"), minutes=minutes)

    try:
        after = day.apply(plan_changes(asked, day, grid, now=SUNDAY_NOON))
    except RequestRejectedError:
        after = day

    slots = sorted(after.slots.values(), key=lambda slot: slot.start)
    assert all(not one.overlaps(other) for one, other in pairwise(slots))
    assert {s for s in day.slots.values() if s.is_taken} == {s for s in slots if s.is_taken}
    named = {tick.resolve_start(MONDAY, grid.zone): tick.status for tick in asked}
    for start in {*day.slots, *after.slots} if after is not day else ():
        assert (start in after.slots) == (named.get(start, "free") == "free")
