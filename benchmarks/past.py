"""What a table has in it after years: doctors by the thousand, and a doctor's days of long ago."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

import boto3

from benchmarks.bed import DOCTOR, TOMORROW
from chalicelib.domain.caller import Role
from chalicelib.domain.day import Change
from chalicelib.domain.saved import Saved
from chalicelib.domain.slot import SlotStatus
from chalicelib.storage import day_items, doctor_items, keys, slot_map
from chalicelib.storage.records import DayItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.slot import Slot
    from chalicelib.storage.records import BaseItem

# As many as one call of DynamoDB writes.
_TOGETHER = 25
# A search for more than these would tell what the stand-in's index costs.
_OPEN = 1_000


def colleagues(number: int) -> Iterator[BaseItem]:
    """So many doctors of the same specialty and place, of whom the first have tomorrow open."""
    for n in range(number):
        colleague = replace(DOCTOR, doctor_id=f"dr-{n:06}")
        yield doctor_items.doctor_to_item(colleague)
        if n < _OPEN:
            slots = [replace(box, status=SlotStatus.FREE) for box in DOCTOR.grid.boxes(TOMORROW)]
            yield _day(colleague, TOMORROW, slots)


def of_doctor(doctor: Doctor, years: int) -> Iterator[BaseItem]:
    """Her days before yesterday: of each what one save of all its boxes leaves."""
    partition = keys.doctor_pk(doctor.doctor_id)
    for back in range(3, 365 * years):
        on = TOMORROW - timedelta(days=back)
        slots = [replace(box, status=SlotStatus.FREE) for box in doctor.grid.boxes(on)]
        yield _day(doctor, on, slots)
        yield from (day_items.slot_to_item(partition, slot) for slot in slots)
        saved = Saved(
            request_id="then",
            fingerprint="",
            version=1,
            at=slots[0].start,
            by=doctor.doctor_id,
            role=Role.DOCTOR,
            client="page",
            change=Change(opens=tuple(slots), withdraws=()),
        )
        yield day_items.log_entry_to_item(partition, on, saved)


def _day(doctor: Doctor, on: date, slots: Sequence[Slot]) -> DayItem:
    """After one save, which opened these."""
    return DayItem(
        keys.doctor_pk(doctor.doctor_id),
        keys.day_sk(on),
        gsi1_pk=keys.search_pk(doctor.specialty, on),
        gsi1_sk=day_items.search_sort_key(doctor),
        version=1,
        revision=1,
        slots=slot_map.slot_map_to_raw(slots),
    )


def put(table_name: str, items: Iterable[BaseItem]) -> None:
    """Write them all."""
    dynamodb: Any = boto3.client("dynamodb")
    left = iter(items)
    while together := [*islice(left, _TOGETHER)]:
        puts = [{"PutRequest": {"Item": item.to_dynamodb_dict()}} for item in together]
        answer = dynamodb.batch_write_item(RequestItems={table_name: puts})
        if answer["UnprocessedItems"]:
            raise RuntimeError("not all of it was written")
