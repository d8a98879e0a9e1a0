"""Slots in states that the app itself does not leave, or not so soon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.local_time import local_date
from chalicelib.domain.slot import SlotStatus
from chalicelib.storage import keys
from chalicelib.storage.mapping import format_timestamp
from chalicelib.storage.models import DayItem, SlotItem
from tests.support.factories import LONDON

if TYPE_CHECKING:
    from datetime import datetime


def book(start: datetime, held_until: datetime | None = None) -> None:
    """A patient books a slot of Dr Lee, perhaps one that keeps the trace of a hold."""
    _set_status(start, SlotStatus.BOOKED, held_until)


def hold(start: datetime, held_until: datetime) -> None:
    """A patient holds a free slot of Dr Lee."""
    _set_status(start, SlotStatus.HELD, held_until)


def _set_status(start: datetime, status: SlotStatus, held_until: datetime | None) -> None:
    partition = keys.doctor_pk("dr-lee")
    slot = SlotItem.get(partition, keys.slot_sk(start))
    slot.status = str(status)
    slot.held_until = format_timestamp(held_until) if held_until else None
    slot.save()
    day = DayItem.get(partition, keys.day_sk(local_date(start, LONDON)))
    entry = day.slots[keys.format_instant(start)]["M"]
    entry["status"] = {"S": str(status)}
    if held_until:
        entry["until"] = {"S": format_timestamp(held_until)}
    day.revision += 1
    day.save()
