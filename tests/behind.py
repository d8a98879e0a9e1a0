"""Slots in states that the app itself does not leave, or not so soon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.slot import SlotStatus
from chalicelib.domain.wall_time import local_date
from chalicelib.storage import keys, slot_map
from chalicelib.storage.records import DayItem, SlotItem
from tests.builders import LONDON

if TYPE_CHECKING:
    from datetime import datetime


def book(start: datetime, held_until: datetime | None = None) -> None:
    """A patient books a slot of Dr Lee, perhaps one that keeps the trace of a hold."""
    _take(start, SlotStatus.BOOKED, held_until)


def hold(start: datetime, until: datetime) -> None:
    """A patient holds a free slot of Dr Lee."""
    _take(start, SlotStatus.HELD, until)


def _take(start: datetime, status: SlotStatus, until: datetime | None) -> None:
    partition = keys.doctor_pk("dr-lee")
    slot = SlotItem.get(partition, keys.slot_sk(start))
    slot.status = str(status)
    slot.held_until = slot_map.format_timestamp(until) if until else None
    slot.save()
    day = DayItem.get(partition, keys.day_sk(local_date(start, LONDON)))
    entry = day.slots[keys.format_instant(start)]["M"]
    entry["status"] = {"S": str(status)}
    if until:
        entry["until"] = {"S": slot_map.format_timestamp(until)}
    day.revision += 1
    day.save()
