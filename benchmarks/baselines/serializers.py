"""Response bodies, shared by all baselines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.baselines.rules import bookable_filter, grid_starts

if TYPE_CHECKING:
    from datetime import date, datetime

    from benchmarks.baselines.rules import Doctor, Json, Slots

SAVED_MESSAGE = "Slots saved successfully"


def slot_id(doctor: Doctor, start: datetime) -> str:
    return f"{doctor.doctor_id}~{start:%Y%m%dT%H%MZ}"


def serialize_slot(doctor: Doctor, start: datetime, end: datetime, status: str) -> Json:
    return {
        "slot_id": slot_id(doctor, start),
        "start": start.astimezone(doctor.zone).isoformat(),
        "end": end.astimezone(doctor.zone).isoformat(),
        "status": status,
    }


def serialize_day(doctor: Doctor, date: date, version: int, slots: Slots) -> Json:
    """Include closed grid slots, and slots that are not on the grid."""
    all_slots = dict(slots)
    for start in grid_starts(doctor, date):
        all_slots.setdefault(start, (start + doctor.length, "busy-unavailable"))
    return {
        "doctor_id": doctor.doctor_id,
        "date": date.isoformat(),
        "time_zone": doctor.zone.key,
        "version": version,
        "time_off": [],
        "slots": [serialize_slot(doctor, start, *all_slots[start]) for start in sorted(all_slots)],
    }


def serialize_available_slots(
    doctor: Doctor, first: date, last: date, slots: Slots, now: datetime
) -> Json:
    is_bookable = bookable_filter(doctor, now)
    available = [
        serialize_slot(doctor, start, end, status)
        for start, (end, status) in sorted(slots.items())
        if status == "free" and is_bookable(start)
    ]
    return {
        "doctor_id": doctor.doctor_id,
        "time_zone": doctor.zone.key,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "slots": available,
        "next_available": available[0] if available else None,
    }
