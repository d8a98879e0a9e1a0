"""The data model's invariants, checked on the items of a table without the app's code."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.support import stored_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.support.raw_table import RawItem


def assert_invariants(items: Iterable[RawItem]) -> None:
    """Fail unless each doctor's items are consistent, and no booking has two slots."""
    partitions: dict[str, list[RawItem]] = defaultdict(list)
    for item in items:
        partitions[item["PK"]["S"]].append(item)
    doctors = {key: group for key, group in partitions.items() if key.startswith("DOCTOR#")}
    for key, doctor_items in doctors.items():
        _assert_doctor_invariants(doctor_items, partitions[f"AUDIT#{key.removeprefix('DOCTOR#')}"])
    all_items = [item for group in doctors.values() for item in group]
    _assert_records_match_slots(partitions, all_items)
    expected_links = {
        (f"DELEGATE#{name['S']}", item["PK"]["S"])
        for item in all_items
        if item["SK"]["S"] == "PROFILE"
        for name in item["delegates"]["L"]
    }
    links = {
        (key, item["SK"]["S"])
        for key, group in partitions.items()
        if key.startswith("DELEGATE#")
        for item in group
    }
    assert links == expected_links


def _assert_records_match_slots(
    partitions: dict[str, list[RawItem]], doctor_items: Sequence[RawItem]
) -> None:
    """Fail unless each booking has one slot, and its record names that slot."""
    booked = {
        f"BOOKING#{item['client']['S']}#{item['booking_id']['S']}": (
            item["PK"]["S"].removeprefix("DOCTOR#"),
            item["start"]["S"],
        )
        for item in doctor_items
        if "booking_id" in item
    }
    assert len(booked) == sum("booking_id" in item for item in doctor_items)
    recorded = {
        key: _slot_of(item["slot_id"]["S"])
        for key, items in partitions.items()
        for item in items
        if key.startswith("BOOKING#") and "slot_id" in item
    }
    assert recorded == booked


def _slot_of(slot_id: str) -> tuple[str, str]:
    doctor_id, _, start = slot_id.rpartition("~")
    return doctor_id, datetime.strptime(start, "%Y%m%dT%H%M%z").strftime("%Y-%m-%dT%H:%MZ")


def _assert_doctor_invariants(items: Sequence[RawItem], audit_log: Sequence[RawItem]) -> None:
    (doctor,) = (item for item in items if item["SK"]["S"] == "PROFILE")
    zone = ZoneInfo(doctor["time_zone"]["S"])
    specialty, location = doctor["specialty"]["S"], doctor["location"]["S"]
    name = doctor["doctor_id"]["S"]
    assert doctor["GSI1SK"]["S"] == f"{specialty}#{location}#{name}#"
    days = [item for item in items if item["SK"]["S"].startswith("DAY#")]
    slots = saves = 0
    for day in days:
        day_date = day["SK"]["S"].removeprefix("DAY#")
        stored = stored_day.from_items([*items, *audit_log], date.fromisoformat(day_date), zone)
        stored.assert_valid()
        slots += len(stored.slots)
        saves += len(stored.records)
        assert int(day["revision"]["N"]) >= int(day["version"]["N"])
        if "is_relocating" not in doctor:
            assert day["GSI1PK"]["S"] == f"{specialty}#{day_date}"
            assert day["GSI1SK"]["S"] == f"{location}#{name}#"
    prefixes = [item["SK"]["S"].partition("#")[0] for item in items]
    assert (prefixes.count("SLOT"), prefixes.count("CHANGE")) == (slots, saves)
    _assert_series_invariants(items, days)
    for day in days:
        _assert_suspended_slots_are_closed(day)
    # A client's holds of one doctor are one item.
    others = sum(
        map(
            prefixes.count,
            ("HOLDS", "SERIES", "PLAN", "TIMEOFF", "DISRUPTIONS", "DAY~FEED", "NAME"),
        )
    )
    assert len(items) == 1 + len(days) + slots + saves + others


def _assert_series_invariants(items: Sequence[RawItem], days: Sequence[RawItem]) -> None:
    """Fail unless each series and each version that an item names is stored.

    Versions count from 1 without gaps, and that of a plan that has started is stored.
    """
    versions = {_version_of(item) for item in items if item["SK"]["S"].startswith("SERIES#")}
    for series_id, version in versions:
        assert version == 1 or (series_id, version - 1) in versions
    stored = {series_id for series_id, _ in versions}
    for day in days:
        applied = json.loads(day["series"]["S"]) if "series" in day else {}
        assert set(applied.items()) <= versions
        origins = json.loads(day["origins"]["S"]) if "origins" in day else []
        assert {origin["series"] for origin in origins} <= {*stored, None}
    for plan in items:
        if plan["SK"]["S"].startswith("PLAN#") and "series" in plan and "has_started" in plan:
            made = json.loads(plan["series"]["S"])
            assert (made["id"], made["version"]) in versions


def _assert_suspended_slots_are_closed(day: RawItem) -> None:
    """Fail if the day has a slot that time off or a closure has closed there."""
    stretches = json.loads(day["blocked"]["S"]) if "blocked" in day else []
    assert ("blocked_version" in day) == bool(stretches)
    for stretch in stretches:
        for of_origin in stretch.get("suspended", ()):
            assert not {start for start, _ in of_origin["slots"]} & day["slots"]["M"].keys()


def _version_of(item: RawItem) -> tuple[str, int]:
    series_id, _, version = item["SK"]["S"].removeprefix("SERIES#").rpartition("#")
    return series_id, int(version)
