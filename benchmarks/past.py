"""What a table has in it after years: doctors by the thousand, and a doctor's days of long ago."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

import boto3

from benchmarks.bed import DOCTOR, TOMORROW
from chalicelib.domain.caller import Role
from chalicelib.domain.day import Change, Day
from chalicelib.domain.saved import Saved
from chalicelib.domain.slot import SlotStatus
from chalicelib.storage import day_items, doctor_items, keys, slot_map
from chalicelib.storage.records import DayRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chalicelib.domain.doctor import Doctor
    from chalicelib.storage.records import Item

# As many as one call of DynamoDB writes.
_TOGETHER = 25


def colleagues(number: int) -> Iterator[Item]:
    """So many doctors of the same specialty and place."""
    for n in range(number):
        yield doctor_items.write(replace(DOCTOR, doctor_id=f"dr-{n:06}"))


def of_doctor(doctor: Doctor, years: int) -> Iterator[Item]:
    """Her days before yesterday: of each what one save of all its boxes leaves."""
    partition = keys.of_doctor(doctor.doctor_id)
    for back in range(3, 365 * years):
        on = TOMORROW - timedelta(days=back)
        slots = [replace(box, status=SlotStatus.FREE) for box in doctor.grid.boxes(on)]
        change = Change(opens=tuple(slots), withdraws=())
        day = Day(doctor_id=doctor.doctor_id, date=on).after(change)
        yield DayRecord(
            partition,
            keys.of_day(on),
            partition=keys.of_search(doctor.specialty, on),
            place=day_items.place(doctor),
            version=day.version,
            revision=day.revision,
            slots=slot_map.write(day.slots.values()),
        )
        yield from (day_items.write_slot(partition, slot) for slot in slots)
        saved = Saved(
            request_id="then",
            fingerprint="",
            version=1,
            at=slots[0].start,
            by=doctor.doctor_id,
            role=Role.DOCTOR,
            client="page",
            change=change,
        )
        yield day_items.write_saved(partition, on, saved)


def put(table_name: str, items: Iterable[Item]) -> None:
    """Write them all."""
    dynamodb: Any = boto3.client("dynamodb")
    left = iter(items)
    while together := [*islice(left, _TOGETHER)]:
        puts = [{"PutRequest": {"Item": item.to_dynamodb_dict()}} for item in together]
        dynamodb.batch_write_item(RequestItems={table_name: puts})
