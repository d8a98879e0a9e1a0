"""Mapping of domain values to items and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.doctor import Doctor
from chalicelib.domain.grid import ClinicSession, Grid
from chalicelib.domain.slot import Slot, SlotStatus
from chalicelib.storage import keys
from chalicelib.storage.doctor_mapping import doctor_from_item, doctor_to_item
from chalicelib.storage.mapping import (
    slot_map_from_raw,
    slot_map_to_raw,
)
from chalicelib.storage.models import AuditItem

whole_minutes = st.datetimes(datetime(2011, 1, 1), datetime(9999, 12, 30)).map(  # noqa: DTZ001  Hypothesis takes naive bounds
    lambda naive: naive.replace(second=0, microsecond=0, tzinfo=UTC)
)
whole_seconds = whole_minutes.map(lambda minute: minute + timedelta(seconds=7))
short_text = st.text(min_size=1, max_size=40)


@st.composite
def slots(draw: st.DrawFn) -> Slot:
    start, status = draw(whole_minutes), draw(st.sampled_from(SlotStatus))
    return Slot(
        start=start,
        end=start + timedelta(minutes=draw(st.integers(1, 240))),
        status=status,
        held_until=draw(whole_seconds) if status is SlotStatus.HELD else None,
    )


@st.composite
def doctors(draw: st.DrawFn) -> Doctor:
    edges = sorted(draw(st.lists(st.integers(0, 1440), min_size=2, max_size=8, unique=True)))
    times = [timedelta(minutes=edge) for edge in edges]
    sessions = zip(times[::2], times[1::2], strict=False)
    return Doctor(
        doctor_id=draw(st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)),
        name=draw(short_text),
        specialty=draw(short_text),
        location=draw(short_text),
        grid=Grid(
            sessions=tuple(ClinicSession(start=start, end=end) for start, end in sessions),
            slot_length=timedelta(minutes=draw(st.integers(5, 240))),
            zone=ZoneInfo(draw(st.sampled_from(sorted(available_timezones())))),
        ),
        lead_time=timedelta(minutes=draw(st.integers(0, 43_200))),
        booking_window=timedelta(days=draw(st.integers(1, 730))),
        delegates=frozenset(draw(st.lists(short_text, max_size=3))),
    )


@given(st.lists(slots(), max_size=8, unique_by=lambda slot: slot.start))
def test_slots_survive_round_trip(written: list[Slot]) -> None:
    assert slot_map_from_raw(slot_map_to_raw(written)) == {slot.start: slot for slot in written}


@given(doctors())
def test_doctor_survives_round_trip(doctor: Doctor) -> None:
    assert doctor_from_item(doctor_to_item(doctor)) == doctor


@given(short_text, short_text, st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True))
def test_directory_key_survives_round_trip(specialty: str, location: str, doctor_id: str) -> None:
    sort_key = keys.join_sort_key(specialty, location, doctor_id)

    assert keys.split_sort_key(sort_key) == (specialty, location, doctor_id)
    assert sort_key.startswith(keys.join_sort_key(specialty))
    assert sort_key.count("#") == 3


@pytest.mark.parametrize("sort_key", ["", "a#b#c", "a##c#", "a#b#c#x", "%2#b#c#", "%41#b#c#"])
def test_invalid_directory_key_is_rejected(sort_key: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        keys.split_sort_key(sort_key)


@given(whole_minutes, whole_minutes)
def test_start_keys_sort_by_time(first: datetime, second: datetime) -> None:
    assert (keys.format_instant(first) < keys.format_instant(second)) is (first < second)
    assert (keys.slot_sk(first) < keys.slot_sk(second)) is (first < second)


def test_new_item_is_as_pynamodb_serializes_it() -> None:
    values: dict[str, Any] = {
        "act": "booking",
        "at": "2026-11-22T12:00:00.000000Z",
        "by": "a-booking-site",
        "role": "booking-site",
        "client": "a-booking-site",
        "booked": {"2026-11-23T09:00Z": {"M": {"minutes": {"N": "30"}}}},
        "settings": {"name": ["before", "after"]},
        "reason": None,
    }

    raw = AuditItem.to_raw("AUDIT#dr-lee", "2026-11-23#x", **values)

    assert raw == AuditItem("AUDIT#dr-lee", "2026-11-23#x", **values).serialize()
