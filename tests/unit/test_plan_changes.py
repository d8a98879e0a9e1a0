"""Planning of a save: which changes are valid."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.changes import (
    MAX_CHANGES_PER_SAVE,
    InvalidChange,
    SlotChange,
    plan_changes,
)
from chalicelib.domain.day import Day, PlannedChanges
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.slot import Slot, SlotStatus
from chalicelib.domain.violations import FieldViolation, SlotOverlap
from chalicelib.web.api.parsing import parse_slot_change
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


def plan(*changes: SlotChange | InvalidChange, day: Day) -> PlannedChanges:
    return plan_changes(changes, day, GRID, now=SUNDAY_NOON)


def violation_codes(
    *changes: SlotChange | InvalidChange, day: Day, **overrides: object
) -> list[tuple[object, str]]:
    """Return the starts (or fields) and codes of a rejected save."""
    with pytest.raises(RequestRejectedError) as rejected:
        plan_changes(
            changes,
            day,
            overrides.get("grid", GRID),  # type: ignore[arg-type]
            now=overrides.get("now", SUNDAY_NOON),  # type: ignore[arg-type]
        )
    return [
        (
            violation.field
            if isinstance(violation, FieldViolation)
            else violation.start or violation.slot_label,
            violation.code,
        )
        for violation in rejected.value.violations
    ]


def test_plan_opens_and_closes_requested_slots() -> None:
    day = make_day(make_slot("09:00"))

    planned = plan(open_change("10:00"), close_change("09:00"), open_change("11:30"), day=day)

    assert planned.opened == (make_slot("10:00"), make_slot("11:30"))
    assert planned.closed == (make_slot("09:00"),)
    assert planned.day_after == day.apply(planned)


def test_empty_save_is_rejected() -> None:
    assert violation_codes(day=make_day()) == [("slots", "nothing_to_save")]


def test_too_many_changes_for_transaction_are_rejected() -> None:
    changes = [open_change("09:00")] * (MAX_CHANGES_PER_SAVE + 1)

    assert violation_codes(*changes, day=make_day()) == [("slots", "too_many")]


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
        make_slot("09:40", 10),  # inside the new slot
        make_slot("09:20", 60),  # around the new slot
        make_slot("09:15", 30),  # across its start
        make_slot("09:45", 30),  # across its end
        make_slot("09:15", 45),  # with the same end
    ],
)
def test_overlap_with_stored_slot_is_rejected(stored: Slot) -> None:
    with pytest.raises(RequestRejectedError) as rejected:
        plan(open_change("09:30"), day=make_day(stored))

    (violation,) = rejected.value.violations
    assert isinstance(violation, SlotOverlap)
    assert (violation.start, violation.conflicts_with) == (to_instant("09:30"), stored)


def test_slot_touching_stored_slots_is_accepted() -> None:
    day = make_day(make_slot("09:10", 20), make_slot("10:00", 5))

    assert plan(open_change("09:30"), day=day).opened == (make_slot("09:30"),)


def test_closing_slot_makes_room_in_same_save() -> None:
    day = make_day(make_slot("09:15", 30))

    planned = plan(close_change("09:15"), open_change("09:00"), open_change("09:30"), day=day)

    assert planned.opened == (make_slot("09:00"), make_slot("09:30"))


def test_overlaps_within_one_request_are_rejected() -> None:
    """Valid grids have no overlapping slots, but the rule does not depend on that."""
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


@pytest.mark.parametrize("status", ["free", "busy-unavailable"])
def test_start_of_another_date_is_off_grid(status: str) -> None:
    on_tuesday = "2026-11-24T09:00:00+00:00"

    assert violation_codes(parse_slot_change(on_tuesday, status), day=make_day()) == [
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
    changes = (open_change("2027-10-31T01:30:00+01:00"), open_change("2027-10-31T01:30:00+00:00"))

    planned = plan_changes(changes, autumn, make_grid(("00:00", "04:00")), now=SUNDAY_NOON)

    first, second = planned.opened
    assert second.start - first.start == timedelta(hours=1)


@pytest.mark.parametrize(
    "start",
    ["24:00", "24:30", "9:00", "09:60", "", "09:00:00", "noon", "2026-11-23", "२३:००",
     "2026-11-23T09:00:00", "2026-02-30T09:00:00Z", "0001-01-01T00:00:00+12:00",
     "0001-01-01T23:59:59Z", "9999-12-31T00:00:00Z",
     "9999-12-31T23:59:59-12:00", "2026-11-23T09:00:00+24:00"],
)  # fmt: skip
def test_malformed_start_is_reported_as_sent(start: str) -> None:
    assert violation_codes(open_change(start), day=make_day()) == [(start, "invalid")]


def test_invalid_status_is_rejected() -> None:
    changes = (parse_slot_change("09:00", "busy"), parse_slot_change("09:30", ""))

    assert violation_codes(*changes, day=make_day()) == [
        (to_instant("09:00"), "invalid"),
        (to_instant("09:30"), "invalid"),
    ]


def test_skipped_time_with_invalid_status_is_reported_as_skipped() -> None:
    spring = Day(doctor_id="dr-lee", date=MONDAY.replace(year=2027, month=3, day=28))

    assert violation_codes(parse_slot_change("01:30", "busy"), day=spring) == [
        ("01:30", "nonexistent_time")
    ]


def test_violations_are_in_request_order() -> None:
    day = make_day(
        make_slot("09:00"), make_slot("09:30", status=SlotStatus.BOOKED), make_slot("10:15")
    )
    changes = (
        open_change("10:00"),
        open_change("soon"),
        open_change("11:00"),
        close_change("09:30"),
        open_change("09:00"),
    )

    assert violation_codes(*changes, day=day) == [
        (to_instant("10:00"), "overlaps"),
        ("soon", "invalid"),
        (to_instant("09:30"), "slot_taken"),
        (to_instant("09:00"), "slot_exists"),
    ]


def test_rejection_message_is_readable() -> None:
    with pytest.raises(RequestRejectedError, match=r"^Slot already exists: 09:00-09:30$"):
        plan(open_change("09:00"), day=make_day(make_slot("09:00")))


def test_long_rejection_names_three_and_counts_the_rest() -> None:
    stored = [make_slot(start) for start in ("09:00", "09:30", "10:00", "10:30", "11:00")]

    with pytest.raises(
        RequestRejectedError, match=r"^(Slot already exists: [\d:-]+; ){3}and 2 more$"
    ):
        plan(*(open_change(f"{slot.start:%H:%M}") for slot in stored), day=make_day(*stored))
