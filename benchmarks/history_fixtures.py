"""What a table has in it after years: doctors by the thousand, and a doctor's days of long ago."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

import boto3

from benchmarks.environment import DOCTOR, TOMORROW
from chalicelib.domain.day import ChangeLogEntry, SlotChanges
from chalicelib.domain.permissions import Role
from chalicelib.domain.slot import SlotStatus
from chalicelib.storage import keys
from chalicelib.storage.mapping import (
    doctor_to_item,
    log_entry_to_item,
    search_sort_key,
    slot_map_to_raw,
    slot_to_item,
)
from chalicelib.storage.models import DayItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.slot import Slot
    from chalicelib.storage.models import BaseItem

# As many as one call of DynamoDB writes.
_BATCH_SIZE = 25
# A search for more than these would tell what the stand-in's index costs.
_MAX_DOCTORS_WITH_SLOTS = 1_000


def colleague_items(count: int) -> Iterator[BaseItem]:
    """So many doctors of the same specialty and place, of whom the first have tomorrow open."""
    for n in range(count):
        colleague = replace(DOCTOR, doctor_id=f"dr-{n:06}")
        yield doctor_to_item(colleague)
        if n < _MAX_DOCTORS_WITH_SLOTS:
            slots = [
                replace(box, status=SlotStatus.FREE)
                for box in DOCTOR.grid.candidate_slots(TOMORROW)
            ]
            yield _day_item(colleague, TOMORROW, slots)


def past_day_items(doctor: Doctor, years: int) -> Iterator[BaseItem]:
    """Her days before yesterday: of each what one save of all its boxes leaves."""
    partition = keys.doctor_pk(doctor.doctor_id)
    for back in range(3, 365 * years):
        on = TOMORROW - timedelta(days=back)
        slots = [replace(box, status=SlotStatus.FREE) for box in doctor.grid.candidate_slots(on)]
        yield _day_item(doctor, on, slots)
        yield from (slot_to_item(partition, slot) for slot in slots)
        saved = ChangeLogEntry(
            request_id="then",
            fingerprint="",
            version=1,
            saved_at=slots[0].start,
            author=doctor.doctor_id,
            role=Role.DOCTOR,
            client="page",
            changes=SlotChanges(opened=tuple(slots), closed=()),
        )
        yield log_entry_to_item(partition, on, saved)


def _day_item(doctor: Doctor, date: date, slots: Sequence[Slot]) -> DayItem:
    """After one save, which opened these."""
    return DayItem(
        keys.doctor_pk(doctor.doctor_id),
        keys.day_sk(date),
        gsi1_pk=keys.search_pk(doctor.specialty, date),
        gsi1_sk=search_sort_key(doctor),
        version=1,
        revision=1,
        slots=slot_map_to_raw(slots),
    )


def write_items(table_name: str, items: Iterable[BaseItem]) -> None:
    """Write them all."""
    dynamodb: Any = boto3.client("dynamodb")
    left = iter(items)
    while together := [*islice(left, _BATCH_SIZE)]:
        puts = [{"PutRequest": {"Item": item.to_dynamodb_dict()}} for item in together]
        answer = dynamodb.batch_write_item(RequestItems={table_name: puts})
        if answer["UnprocessedItems"]:
            raise RuntimeError("not all of it was written")
