"""Imports of exports, on random days of random doctors, most of them at a clock change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.day import Day
from chalicelib.domain.exports import exported_slots
from chalicelib.domain.imports import resolve_import
from chalicelib.domain.local_time import to_utc
from chalicelib.domain.merge import merge
from chalicelib.domain.slot import Slot, SlotStatus
from chalicelib.use_cases.export_slots import SlotExport
from chalicelib.web.api.export_serializers import export_to_csv, serialize_export
from chalicelib.web.api.import_parsing import parse_import_csv, parse_imported_days
from tests.support.factories import make_doctor, make_grid
from tests.support.profile import rounds

if TYPE_CHECKING:
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.imports import ImportedStarts

# A date on which the clock goes back, and one on which it goes forward: not in Kathmandu.
CLOCK_CHANGES = {
    "Europe/London": (date(2027, 10, 31), date(2027, 3, 28)),
    "America/New_York": (date(2027, 11, 7), date(2027, 3, 14)),
    "Australia/Lord_Howe": (date(2027, 4, 4), date(2027, 10, 3)),
    "Asia/Kathmandu": (date(2027, 10, 31), date(2027, 3, 28)),
}
HOURS = (("00:00", "04:00"), ("00:00", "24:00"), ("09:00", "13:00"))
STATUSES = (*[SlotStatus.FREE] * 3, SlotStatus.HELD, SlotStatus.BOOKED, SlotStatus.UNAVAILABLE)
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


def random_doctor(random: Random) -> Doctor:
    zone, minutes = random.choice([*CLOCK_CHANGES]), random.choice([15, 20, 30, 60])
    return make_doctor(grid=make_grid(random.choice(HOURS), minutes=minutes, zone=zone))


def random_day(random: Random, doctor: Doctor, on: date) -> Day:
    """Draw a day with slots of the doctor's grid and others, which don't overlap each other."""
    midnight, length = to_utc(on, timedelta(), doctor.zone), timedelta(minutes=25)
    starts = [midnight + timedelta(minutes=5) * random.randrange(280) for _ in range(5)]
    off_grid = [Slot(start=start, end=start + length) for start in starts]
    grid = doctor.grid.candidate_slots(on)
    drawn = [*off_grid, *random.sample(grid, len(grid) // 2)]
    random.shuffle(drawn)
    found: dict[datetime, Slot] = {}
    for slot in drawn:
        is_of_date = slot.start.astimezone(doctor.zone).date() == on
        if is_of_date and not any(slot.overlaps(other) for other in found.values()):
            found[slot.start] = replace(slot, status=random.choice(STATUSES))
    return Day(doctor_id=doctor.doctor_id, date=on, version=1, slots=found)


def random_days(random: Random, doctor: Doctor) -> dict[date, Day]:
    changes = CLOCK_CHANGES[doctor.zone.key]
    dates = {on + timedelta(days=n) for on in changes for n in (-1, 0, 1)}
    return {on: random_day(random, doctor, on) for on in sorted(dates)}


def export_and_parse(doctor: Doctor, days: dict[date, Day]) -> list[ImportedStarts]:
    export = SlotExport(
        doctor=doctor,
        first=min(days),
        last=max(days),
        slots={on: slots for on, day in days.items() if (slots := exported_slots(day))},
    )
    json = serialize_export(export)
    return [parse_import_csv(export_to_csv(export)), parse_imported_days(json.days)]


@pytest.mark.parametrize("seed", range(rounds(daily=8, nightly=2_000)))
def test_import_of_an_export_opens_nothing(seed: int) -> None:
    random = Random(seed)
    doctor = random_doctor(random)
    days = random_days(random, doctor)

    for parsed in export_and_parse(doctor, days):
        imported = resolve_import(parsed, doctor, NOW, days)

        changes = [merge(days[on], (), slots, now=NOW) for on, slots in imported.items()]
        assert [change for change in changes if change.opened or change.closed] == []


@pytest.mark.parametrize("seed", range(rounds(daily=8, nightly=2_000)))
def test_import_of_an_export_opens_again_what_was_closed(seed: int) -> None:
    random = Random(seed)
    doctor = random_doctor(random)
    before = {
        on: replace(day, slots={s.start: s for s in day.slots.values() if s in grid_of(doctor, on)})
        for on, day in random_days(random, doctor).items()
    }
    after = {
        on: replace(day, slots={s: slot for s, slot in day.slots.items() if random.random() < 0.5})
        for on, day in before.items()
    }
    closed = {
        slot.interval
        for on, day in before.items()
        for slot in exported_slots(day)
        if slot.start not in after[on].slots
    }

    for parsed in export_and_parse(doctor, before):
        imported = resolve_import(parsed, doctor, NOW)

        changes = [merge(after[on], (), slots, now=NOW) for on, slots in imported.items()]
        assert {slot.interval for change in changes for slot in change.opened} == closed


def grid_of(doctor: Doctor, on: date) -> list[Slot]:
    return [
        replace(slot, status=status)
        for slot in doctor.grid.candidate_slots(on)
        for status in STATUSES
    ]
