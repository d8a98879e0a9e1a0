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
from tests.support.factories import (
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


def test_plan_opens_and_closes_requested_slots() -> None:
    day = make_day(make_slot("09:00"))

    decided = plan(open_change("10:00"), close_change("09:00"), open_change("11:30"), day=day)

    assert decided == SlotChanges(
        opened=(make_slot("10:00"), make_slot("11:30")), closed=(make_slot("09:00"),)
    )


def test_empty_save_is_rejected() -> None:
    assert violation_codes(day=make_day()) == [("slots", "nothing_to_save")]


def test_too_many_changes_for_transaction_are_rejected() -> None:
    asked = [open_change("09:00")] * (MAX_CHANGES_PER_SAVE + 1)

    assert violation_codes(*asked, day=make_day()) == [("slots", "too_many")]


@pytest.mark.parametrize("status", [SlotStatus.FREE, SlotStatus.HELD, SlotStatus.BOOKED])
def test_existing_slot_cannot_be_opened_again(status: SlotStatus) -> None:
    day = make_day(make_slot("09:00", status=status))

    assert violation_codes(open_change("09:00"), day=day) == [(to_instant("09:00"), "slot_exists")]


def test_existing_start_conflicts_at_any_length() -> None:
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
def test_overlap_with_stored_slot_is_rejected(stored: Slot) -> None:
    with pytest.raises(RequestRejectedError) as refused:
        plan(open_change("09:30"), day=make_day(stored))

    (fault,) = refused.value.violations
    assert isinstance(fault, SlotOverlap)
    assert (fault.start, fault.conflicts_with) == (to_instant("09:30"), stored)


def test_slot_touching_stored_slots_is_accepted() -> None:
    day = make_day(make_slot("09:10", 20), make_slot("10:00", 5))

    assert plan(open_change("09:30"), day=day).opened == (make_slot("09:30"),)


def test_closing_slot_makes_room_in_same_save() -> None:
    day = make_day(make_slot("09:15", 30))

    decided = plan(close_change("09:15"), open_change("09:00"), open_change("09:30"), day=day)

    assert decided.opened == (make_slot("09:00"), make_slot("09:30"))


def test_overlaps_within_one_request_are_rejected() -> None:
    """No sound grid has such boxes; the rule does not rest on that."""
    crossing = make_grid(("09:00", "10:00"), ("09:45", "10:45"))

    assert violation_codes(
        open_change("09:30"), open_change("09:45"), day=make_day(), grid=crossing
    ) == [
        (to_instant("09:30"), "overlaps"),
        (to_instant("09:45"), "overlaps"),
    ]


def test_save_increments_version_and_revision() -> None:
    day = make_day(version=3)

    after = day.apply(plan(open_change("09:00"), day=day))

    assert (after.version, after.revision) == (4, 4)


def test_start_between_grid_slots_is_off_grid() -> None:
    assert violation_codes(open_change("09:10"), open_change("12:00"), day=make_day()) == [
        (to_instant("09:10"), "not_on_grid"),
        (to_instant("12:00"), "not_on_grid"),
    ]


@pytest.mark.parametrize("ask", [open_change, close_change])
def test_start_of_another_date_is_off_grid(ask: type[SlotChange]) -> None:
    on_tuesday = "2026-11-24T09:00:00+00:00"

    assert violation_codes(ask(on_tuesday), day=make_day()) == [  # type: ignore[call-arg]
        (to_instant("09:00") + timedelta(days=1), "not_on_grid")
    ]


def test_slot_that_has_begun_cannot_be_changed() -> None:
    day = make_day(make_slot("09:00"))

    assert violation_codes(
        close_change("09:00"), open_change("09:30"), day=day, now=to_instant("09:30")
    ) == [
        (to_instant("09:00"), "in_past"),
        (to_instant("09:30"), "in_past"),
    ]


def test_duplicate_start_is_reported_once() -> None:
    twice = (open_change("09:00"), open_change("09:30"), close_change("2026-11-23T09:00:00Z"))

    assert violation_codes(*twice, day=make_day()) == [(to_instant("09:00"), "repeated")]


@pytest.mark.parametrize("status", [SlotStatus.HELD, SlotStatus.BOOKED])
def test_claimed_slot_cannot_be_closed(status: SlotStatus) -> None:
    day = make_day(make_slot("09:00", status=status))

    assert violation_codes(close_change("09:00"), day=day) == [(to_instant("09:00"), "slot_taken")]


def test_missing_slot_cannot_be_closed() -> None:
    assert violation_codes(close_change("09:00"), day=make_day()) == [
        (to_instant("09:00"), "slot_not_found")
    ]


def test_slot_off_grid_can_be_closed() -> None:
    stray = make_slot("17:10", 20)

    assert plan(close_change("17:10"), day=make_day(stray)).closed == (stray,)


def test_skipped_or_ambiguous_time_is_reported_as_sent() -> None:
    spring = Day(doctor_id="dr-lee", date=MONDAY.replace(year=2027, month=3, day=28))
    autumn = Day(doctor_id="dr-lee", date=MONDAY.replace(year=2027, month=10, day=31))
    nights = make_grid(("00:00", "04:00"))

    assert violation_codes(open_change("01:30"), day=spring, grid=nights) == [
        ("01:30", "nonexistent_time")
    ]
    assert violation_codes(open_change("01:30"), day=autumn, grid=nights) == [
        ("01:30", "ambiguous_time")
    ]


def test_offset_selects_slot_in_repeated_hour() -> None:
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
def test_malformed_start_is_reported_as_sent(start: str) -> None:
    assert violation_codes(open_change(start), day=make_day()) == [(start, "invalid")]


def test_invalid_status_is_rejected() -> None:
    asked = (SlotChange("09:00", "busy"), SlotChange("09:30", ""))

    assert violation_codes(*asked, day=make_day()) == [
        (to_instant("09:00"), "invalid"),
        (to_instant("09:30"), "invalid"),
    ]


def test_violations_are_in_request_order() -> None:
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


def test_rejection_message_is_readable() -> None:
    with pytest.raises(RequestRejectedError, match=r"^Slot already exists: 09:00-09:30$"):
        plan(open_change("09:00"), day=make_day(make_slot("09:00")))


def test_long_rejection_names_three_and_counts_the_rest() -> None:
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
def test_no_save_leaves_overlap_or_closes_claimed_slot(
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
