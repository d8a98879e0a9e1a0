"""What becomes of a day, told so that somebody who follows along knows it as well."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.day import Day, SlotChanges
from chalicelib.domain.events import SlotsChanged, diff_days
from chalicelib.domain.slot import Slot, SlotStatus
from chalicelib.events import schema
from tests.support.factories import MONDAY, make_day, make_slot, to_instant

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
STORED = [SlotStatus.FREE, SlotStatus.HELD, SlotStatus.BOOKED]


@st.composite
def slots(draw: st.DrawFn) -> Slot:
    """A slot as a day may have it, of any length."""
    status = draw(st.sampled_from(STORED))
    return replace(
        make_slot("00:00", draw(st.integers(5, 240)), status),
        held_until=NOW + timedelta(seconds=draw(st.integers(0, 2000)))
        if status is SlotStatus.HELD
        else None,
    )


@st.composite
def days(draw: st.DrawFn) -> Day:
    """A Monday of a few boxes, so that two of them often have some in common."""
    shifts = draw(st.lists(st.integers(0, 11), unique=True))
    drawn = [(timedelta(hours=shift), draw(slots())) for shift in shifts]
    moved = [replace(s, start=s.start + shift, end=s.end + shift) for shift, s in drawn]
    return replace(make_day(*moved), revision=draw(st.integers(1, 9)))


def diff(before: Day | None, after: Day | None) -> SlotsChanged:
    """What is told, where anything is."""
    event = diff_days(before, after, changed_at=NOW)
    assert event is not None
    return event


def encode_event(event: SlotsChanged) -> dict[str, Any]:
    """As it goes over the wire."""
    document: dict[str, Any] = json.loads(schema.encode(event))
    return document


def apply_event(
    known: dict[str, dict[str, str]], event: dict[str, Any]
) -> dict[str, dict[str, str]]:
    """What somebody knows who takes over what an event says, slot by slot."""
    changed = {slot["slot_id"]: slot for slot in event["slots"]}
    kept = {name: slot for name, slot in known.items() if name not in changed}
    there = {name: s for name, s in changed.items() if s["status"] != "busy-unavailable"}
    return kept | {
        name: {key: value for key, value in slot.items() if key != "previous_status"}
        for name, slot in there.items()
    }


@given(days(), days())
def test_old_day_plus_event_equals_new_day(before: Day, after: Day) -> None:
    beginning = replace(make_day(), slots={})
    known = apply_event({}, encode_event(diff(beginning, replace(before, revision=90))))

    followed = apply_event(known, encode_event(diff(replace(before, revision=90), after)))

    assert followed == apply_event({}, encode_event(diff(beginning, replace(after, revision=91))))
    assert len(followed) == len(after.slots)


@given(days(), days())
def test_event_lists_changed_slots_in_order_with_old_status(before: Day, after: Day) -> None:
    event = diff_days(before, after, changed_at=NOW)

    changed = event.slots if event else ()
    starts = before.slots.keys() | after.slots.keys()
    assert [one.slot.start for one in changed] == sorted(
        start for start in starts if before.slots.get(start) != after.slots.get(start)
    )
    for one in changed:
        old = before.slots.get(one.slot.start)
        assert one.previous_status == (old.status if old else SlotStatus.UNAVAILABLE)


@given(days())
def test_reindexed_day_has_no_event(day: Day) -> None:
    assert diff_days(day, day, changed_at=NOW) is None


@given(days())
def test_every_revision_has_an_event(day: Day) -> None:
    event = diff(day, replace(day, revision=day.revision + 1))

    assert (event.revision, event.slots) == (day.revision + 1, ())


@given(days())
def test_deleted_day_has_no_event(day: Day) -> None:
    assert diff_days(day, None, changed_at=NOW) is None


def test_first_save_event_has_opened_slots() -> None:
    day = Day(doctor_id="dr-lee", date=MONDAY).apply(
        SlotChanges(opened=(make_slot("09:00"),), closed=())
    )

    assert encode_event(diff(None, day)) == {
        "schema_version": 1,
        "id": "dr-lee~2026-11-23~1",
        "doctor_id": "dr-lee",
        "date": "2026-11-23",
        "revision": 1,
        "slots": [
            {
                "slot_id": "dr-lee~20261123T0900Z",
                "start": "2026-11-23T09:00:00Z",
                "end": "2026-11-23T09:30:00Z",
                "status": "free",
                "previous_status": "busy-unavailable",
            }
        ],
    }


def test_closed_slot_event_has_its_former_end() -> None:
    before = make_day(make_slot("09:00", 45), make_slot("10:00"))
    day = before.apply(SlotChanges(opened=(), closed=(make_slot("09:00", 45),)))

    (slot,) = encode_event(diff(before, day))["slots"]

    assert (slot["previous_status"], slot["status"]) == ("free", "busy-unavailable")
    assert slot["end"] == "2026-11-23T09:45:00Z"


def test_hold_event_has_end_and_so_has_renewal() -> None:
    first = make_slot("09:00", status=SlotStatus.HELD, held_until=NOW + timedelta(minutes=5))
    renewed = replace(first, held_until=NOW + timedelta(minutes=9))

    (held,) = encode_event(diff(make_day(make_slot("09:00")), make_day(first)))["slots"]
    (again,) = encode_event(diff(make_day(first), make_day(renewed)))["slots"]

    assert (held["status"], held["held_until"]) == ("busy-tentative", "2026-11-22T12:05:00Z")
    assert (again["previous_status"], again["status"]) == ("busy-tentative", "busy-tentative")
    assert again["held_until"] == "2026-11-22T12:09:00Z"


def test_expired_hold_is_reported_as_stored_until_next_write() -> None:
    run_out = make_slot("09:00", status=SlotStatus.HELD, held_until=NOW - timedelta(minutes=5))
    taken_anew = replace(run_out, held_until=NOW + timedelta(minutes=5))

    event = diff(make_day(run_out), make_day(taken_anew))

    assert [one.previous_status for one in event.slots] == [SlotStatus.HELD]
    assert event.slots[0].slot.start == to_instant("09:00")
