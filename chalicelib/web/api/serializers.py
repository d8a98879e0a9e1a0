"""Serialize domain values to the schemas of JSON responses."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from chalicelib.domain import local_time
from chalicelib.domain.audit_log import change_id_of
from chalicelib.domain.slot import SlotId
from chalicelib.web.api import schemas
from chalicelib.web.api.fields import WEEKDAYS

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from chalicelib.domain.day import Day, DaySlot
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.slot import Slot
    from chalicelib.use_cases.find_slots import DoctorAvailability, SearchPage
    from chalicelib.use_cases.save_days import DayWithDoctor, SavedDay
    from chalicelib.web.api.time_off_schemas import BlockedStretch


SAVED_MESSAGE = "Slots saved successfully"
_MINUTE = timedelta(minutes=1)


def serialize_doctor(doctor: Doctor, caller: Caller) -> schemas.Doctor:
    """A doctor's settings; with delegates only for callers who may see them."""
    return schemas.Doctor(
        doctor_id=doctor.doctor_id,
        name=doctor.name,
        specialty=doctor.specialty,
        location=doctor.location,
        time_zone=doctor.zone.key,
        slot_minutes=doctor.grid.slot_length // _MINUTE,
        sessions=[
            schemas.ClinicSession(
                days_of_week=[WEEKDAYS[day] for day in sorted(session.weekdays)],
                from_=local_time.format_time_of_day(session.start),
                to=local_time.format_time_of_day(session.end),
            )
            for session in doctor.grid.sessions
        ],
        lead_minutes=doctor.lead_time // _MINUTE,
        window_days=doctor.booking_window.days,
        active=doctor.is_active,
        delegates=sorted(doctor.delegates) if caller.can_see_delegates(doctor) else msgspec.UNSET,
    )


def serialize_day(view: DayWithDoctor) -> schemas.Day:
    """A day with every slot of the grid and every stored slot off it, in time order."""
    return schemas.Day(
        doctor_id=view.doctor.doctor_id,
        date=view.day.date.isoformat(),
        time_zone=view.doctor.zone.key,
        version=view.day.version,
        time_off=serialize_blocked(view),
        slots=serialize_day_slots(view),
    )


def serialize_blocked(view: DayWithDoctor) -> list[BlockedStretch]:
    """What time off and closures block of a day."""
    if not view.day.blocked:
        return []
    from chalicelib.web.api.time_off_serializers import serialize_stretches  # noqa: PLC0415  few days

    return serialize_stretches(view.day.blocked, view.doctor.zone)


def serialize_day_slots(view: DayWithDoctor) -> list[schemas.DaySlot]:
    """Every slot of the grid and every stored slot off it, in time order."""
    return [
        _serialize_day_slot(day_slot, view) for day_slot in view.day.grid_slots(view.doctor.grid)
    ]


def serialize_saved_day(saved_day: SavedDay, day: schemas.Day) -> schemas.SavedDay:
    """The response to a save: ``day`` as serialized, with the version that this save made."""
    fields = msgspec.structs.asdict(day)
    return schemas.SavedDay(message=SAVED_MESSAGE, **fields | {"version": saved_day.version})


def serialize_slots(
    availability: DoctorAvailability, first: date, last: date
) -> schemas.DoctorsSlots:
    """A doctor's bookable slots."""
    return schemas.DoctorsSlots(
        doctor_id=availability.doctor.doctor_id,
        time_zone=availability.doctor.zone.key,
        from_=first.isoformat(),
        to=last.isoformat(),
        slots=[serialize_slot(slot, availability.doctor) for slot in availability.slots],
        next_available=serialize_slot(availability.next_available, availability.doctor)
        if availability.next_available
        else None,
        searched_to=availability.searched_to.isoformat()
        if availability.searched_to
        else msgspec.UNSET,
    )


def serialize_availability(page: SearchPage) -> schemas.Availability:
    """A page of doctors with bookable slots."""
    return schemas.Availability(
        doctors=[
            schemas.AvailableDoctor(
                doctor_id=found.doctor.doctor_id,
                name=found.doctor.name,
                location=found.doctor.location,
                time_zone=found.doctor.zone.key,
                next_available=serialize_slot(found.slots[0], found.doctor),
                slots=[serialize_slot(slot, found.doctor) for slot in found.slots],
            )
            for found in page.doctors
        ],
        next=page.cursor,
    )


def serialize_slot(slot: Slot, doctor: Doctor) -> schemas.Slot:
    """One slot, with the offset of the doctor's time zone."""
    return schemas.Slot(
        slot_id=str(SlotId(doctor.doctor_id, slot.start)),
        start=local_time.to_rfc3339(slot.start, doctor.zone),
        end=local_time.to_rfc3339(slot.end, doctor.zone),
        status=slot.status.value,
    )


def _serialize_day_slot(day_slot: DaySlot, view: DayWithDoctor) -> schemas.DaySlot:
    slot, other, doctor = day_slot.slot, day_slot.conflicts_with, view.doctor
    return schemas.DaySlot(
        slot_id=str(SlotId(doctor.doctor_id, slot.start)),
        start=local_time.to_rfc3339(slot.start, doctor.zone),
        end=local_time.to_rfc3339(slot.end, doctor.zone),
        status=slot.status.value,
        conflicts_with=msgspec.UNSET if other is None else serialize_time_range(other, doctor.zone),
        origin=_serialize_origin(slot, view.day) if slot.start in view.day.slots else msgspec.UNSET,
    )


def _serialize_origin(slot: Slot, day: Day) -> schemas.SlotOrigin | None:
    if slot.origin is None:
        return None
    return schemas.SlotOrigin(
        change_id=change_id_of(day.doctor_id, day.date, slot.origin),
        series_id=slot.origin.series_id,
    )


def serialize_time_range(slot: Slot, zone: ZoneInfo) -> schemas.TimeRange:
    """Start and end of a slot."""
    return schemas.TimeRange(
        start=local_time.to_rfc3339(slot.start, zone), end=local_time.to_rfc3339(slot.end, zone)
    )
