"""Items of a table after years of use: thousands of doctors, and past days of one doctor."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

import boto3

from benchmarks.environment import DOCTOR, TOMORROW
from chalicelib.domain.audit_log import Actor, AuditLogEntry, ChangeKind
from chalicelib.domain.permissions import Role
from chalicelib.domain.save_record import SaveRecord
from chalicelib.domain.slot import SlotStatus
from chalicelib.storage import keys
from chalicelib.storage.audit_mapping import audit_entry_to_item
from chalicelib.storage.doctor_mapping import doctor_to_item, search_sort_key
from chalicelib.storage.mapping import (
    save_record_to_item,
    slot_map_to_raw,
    slot_to_item,
)
from chalicelib.storage.models import DayItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.slot import Slot
    from chalicelib.storage.models import RawItem

# The limit of BatchWriteItem.
_BATCH_SIZE = 25
# With more, a search would measure MiniStack's index instead of the app.
_MAX_DOCTORS_WITH_SLOTS = 1_000


def colleague_items(count: int) -> Iterator[RawItem]:
    """Doctors of one specialty and location; the first ones have open slots tomorrow."""
    for n in range(count):
        colleague = replace(DOCTOR, doctor_id=f"dr-{n:06}")
        yield doctor_to_item(colleague).serialize()
        if n < _MAX_DOCTORS_WITH_SLOTS:
            yield _day_item(colleague, TOMORROW, _open_slots(DOCTOR, TOMORROW))


def past_day_items(doctor: Doctor, years: int) -> Iterator[RawItem]:
    """The items of past days on which one save opened all slots."""
    partition = keys.doctor_pk(doctor.doctor_id)
    for age in range(3, 365 * years):
        date = TOMORROW - timedelta(days=age)
        slots = _open_slots(doctor, date)
        yield _day_item(doctor, date, slots)
        yield from (slot_to_item(partition, slot) for slot in slots)
        entry = AuditLogEntry(
            doctor_id=doctor.doctor_id,
            at=slots[0].start,
            kind=ChangeKind.SAVE,
            actor=Actor(name=doctor.doctor_id, role=Role.DOCTOR, client="page"),
            suffix="past-save",
            date=date,
            opened=tuple(slots),
        )
        yield audit_entry_to_item(entry)
        record = SaveRecord(
            request_id=entry.suffix, fingerprint="", version=1, change_id=entry.change_id
        )
        yield save_record_to_item(partition, date, record)


def _open_slots(doctor: Doctor, date: date) -> list[Slot]:
    return [replace(slot, status=SlotStatus.FREE) for slot in doctor.grid.candidate_slots(date)]


def _day_item(doctor: Doctor, date: date, slots: Sequence[Slot]) -> RawItem:
    """A day after one save that opened these slots."""
    return DayItem.to_raw(
        keys.doctor_pk(doctor.doctor_id),
        keys.day_sk(date),
        gsi1_pk=keys.search_pk(doctor.specialty, date),
        gsi1_sk=search_sort_key(doctor),
        version=1,
        revision=1,
        slots=slot_map_to_raw(slots),
    )


def write_items(table_name: str, items: Iterable[RawItem]) -> None:
    dynamodb: Any = boto3.client("dynamodb")
    remaining = iter(items)
    while batch := [*islice(remaining, _BATCH_SIZE)]:
        puts = [{"PutRequest": {"Item": item}} for item in batch]
        response = dynamodb.batch_write_item(RequestItems={table_name: puts})
        if response["UnprocessedItems"]:
            raise RuntimeError("DynamoDB did not write all items")
