"""Writes that bypass the app: slot states that its API does not produce, or not that soon."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.local_time import local_date
from chalicelib.domain.slot import SlotStatus
from chalicelib.storage import keys
from chalicelib.storage.mapping import format_timestamp
from chalicelib.storage.models import DayItem, SlotItem
from chalicelib.storage.series_mapping import series_to_item
from tests.support.factories import LONDON, SUNDAY_NOON

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.series import Series


def book(start: datetime, held_until: datetime | None = None) -> None:
    """Book a slot of Dr Lee, optionally with a remaining end of a hold."""
    _set_status(start, SlotStatus.BOOKED, held_until)


def hold(start: datetime, held_until: datetime) -> None:
    """Hold a free slot of Dr Lee."""
    _set_status(start, SlotStatus.HELD, held_until)


def hold_without_owner(start: datetime, holder: str) -> None:
    """Hold a free slot of Dr Lee for an hour after Sunday noon, as the first release did."""
    hold(start, SUNDAY_NOON + timedelta(hours=1))
    _set_attributes(start, holder=holder)


def book_without_owner(start: datetime, booking_id: str, patient_reference: str) -> None:
    """Book a slot of Dr Lee as the first release did, without a booking record."""
    book(start)
    _set_attributes(start, booking_id=booking_id, patient_reference=patient_reference)


def store_series(doctor_id: str, series: Series) -> None:
    """Store a version of a series, without the plan that made it."""
    series_to_item(doctor_id, series).save()


def _set_attributes(start: datetime, **texts: str) -> None:
    slot = SlotItem.get(keys.doctor_pk("dr-lee"), keys.slot_sk(start))
    slot.changed_at = slot.client = None
    for name, text in texts.items():
        setattr(slot, name, text)
    slot.save()


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
