"""What the baselines on DynamoDB record of a save and a booking, as the text attributes of items.

It is what the app records, in the same transaction as the change itself.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from benchmarks.baselines.rules import Booking, Json, Save

# A booking's record is deleted this long after the end of its slot.
RETENTION = timedelta(days=30)
# The instants of one slot's changes must ascend, so that the audit log replays in order.
IS_LATER = "(attribute_not_exists(changed_at) OR changed_at < :at)"


def format_microsecond(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%S.%fZ}"


def audit_entry(
    kind: str, doctor_id: str, date: date, at: datetime, suffix: str, actor: Json
) -> Json:
    """Return an entry of the audit log, without its slots."""
    partition, position = f"AUDIT#{doctor_id}", f"{at:%Y%m%dT%H%M%S%fZ}#{suffix}"
    return {
        "PK": partition,
        "SK": f"{date}#{position}",
        "GSI1PK": partition,
        "GSI1SK": position,
        "type": "audit",
        "kind": kind,
        "date": str(date),
        "at": format_microsecond(at),
        **actor,
    }


def save_record(save: Save, doctor_id: str, at: datetime) -> Json:
    """Return the record by which a repeated request is recognized, without its version."""
    return {
        "PK": f"DOCTOR#{doctor_id}",
        "SK": f"CHANGE#{save.date}#{save.request_id}",
        "type": "change",
        "request_id": save.request_id,
        "fingerprint": save.fingerprint,
        "change_id": f"{doctor_id}~{save.date}~{at:%Y%m%dT%H%M%S%fZ}~{save.request_id}",
    }


def booking_key(booking: Booking) -> Json:
    return {"PK": f"BOOKING#{booking.client}#{booking.booking_id}", "SK": "BOOKING"}


def booking_record(booking: Booking, slot_id: str) -> Json:
    """Return the record of where a booking is, without its numbers."""
    return {
        **booking_key(booking),
        "type": "booking",
        "slot_id": slot_id,
        "patient_reference": booking.patient_reference,
    }
