"""The estimated write units of a save."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.slot import SlotStatus
from chalicelib.storage.write_units import save_write_units
from tests.support.factories import SUNDAY_NOON, make_day, make_slot


def test_marks_of_disruptions_are_writes_too() -> None:
    booked = make_slot("09:00", status=SlotStatus.BOOKED)
    before = make_day(booked, make_slot("09:30"))
    after = make_day(replace(booked, disrupted_since=SUNDAY_NOON), make_slot("09:30"))

    # The slot, the note for the announcement, the day and the record of the request.
    assert save_write_units(before, after) == 2 * 4
    assert save_write_units(before, before) == 2 * 2
