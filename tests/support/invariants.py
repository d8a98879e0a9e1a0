"""Whether a whole table can be true: every rule that its items must keep, read off the items."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tests.support import stored_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    RawItem = dict[str, Any]


def assert_invariants(items: Iterable[RawItem]) -> None:
    """Fail unless every doctor's items agree with each other, and no booking has two slots."""
    partitions: dict[str, list[RawItem]] = defaultdict(list)
    for item in items:
        partitions[item["PK"]["S"]].append(item)
    doctors = {key: found for key, found in partitions.items() if key.startswith("DOCTOR#")}
    for found in doctors.values():
        _assert_doctor_invariants(found)
    every = [item for found in doctors.values() for item in found]
    booked = [item["booking_id"]["S"] for item in every if "booking_id" in item]
    assert len(booked) == len(set(booked))
    named = {
        (f"DELEGATE#{name['S']}", item["PK"]["S"])
        for item in every
        if item["SK"]["S"] == "PROFILE"
        for name in item["delegates"]["L"]
    }
    links = {
        (key, item["SK"]["S"])
        for key, found in partitions.items()
        if key.startswith("DELEGATE#")
        for item in found
    }
    assert links == named


def _assert_doctor_invariants(items: Sequence[RawItem]) -> None:
    (doctor,) = (item for item in items if item["SK"]["S"] == "PROFILE")
    zone = ZoneInfo(doctor["time_zone"]["S"])
    specialty, location = doctor["specialty"]["S"], doctor["location"]["S"]
    name = doctor["doctor_id"]["S"]
    assert doctor["GSI1SK"]["S"] == f"{specialty}#{location}#{name}#"
    days = [item for item in items if item["SK"]["S"].startswith("DAY#")]
    slots = changes = 0
    for day in days:
        on = day["SK"]["S"].removeprefix("DAY#")
        stored = stored_state.from_items(items, date.fromisoformat(on), zone)
        stored.assert_valid()
        slots += len(stored.slots)
        changes += len(stored.changes)
        assert int(day["revision"]["N"]) >= int(day["version"]["N"])
        if "is_relocating" not in doctor:
            assert day["GSI1PK"]["S"] == f"{specialty}#{on}"
            assert day["GSI1SK"]["S"] == f"{location}#{name}#"
    kinds = [item["SK"]["S"].partition("#")[0] for item in items]
    assert (kinds.count("SLOT"), kinds.count("CHANGE")) == (slots, changes)
    assert len(items) == 1 + len(days) + slots + changes
