"""What the JSON of an answer looks like, and its ETag."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from chalicelib.domain import local_time
from chalicelib.domain.slot import SlotId
from chalicelib.web.api import schemas

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from chalicelib.domain.day import DaySlot
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.slot import Slot
    from chalicelib.use_cases.find_slots import DoctorAvailability, SearchPage
    from chalicelib.use_cases.manage_slots import DayHistory, DayView, SavedDay
    from chalicelib.use_cases.optimistic_claim import SlotView


SAVED_MESSAGE = "Slots saved successfully"
_MINUTE = timedelta(minutes=1)


def serialize_doctor(doctor: Doctor, caller: Caller) -> schemas.Doctor:
    """A doctor's settings; her delegates only for those who may know them."""
    return schemas.Doctor(
        doctor_id=doctor.doctor_id,
        name=doctor.name,
        specialty=doctor.specialty,
        location=doctor.location,
        time_zone=doctor.zone.key,
        slot_minutes=doctor.grid.slot_length // _MINUTE,
        sessions=[
            schemas.ClinicSession(
                from_=local_time.format_time_of_day(session.start),
                to=local_time.format_time_of_day(session.end),
            )
            for session in doctor.grid.sessions
        ],
        lead_minutes=doctor.lead_time // _MINUTE,
        window_days=doctor.booking_window.days,
        delegates=sorted(doctor.delegates) if caller.can_see_delegates(doctor) else msgspec.UNSET,
    )


def serialize_day(view: DayView) -> schemas.Day:
    """Every box of the grid and every stored slot off it, in time order."""
    return schemas.Day(
        doctor_id=view.doctor.doctor_id,
        date=view.day.date.isoformat(),
        time_zone=view.doctor.zone.key,
        version=view.day.version,
        slots=[
            _serialize_day_slot(box, view.doctor) for box in view.day.grid_slots(view.doctor.grid)
        ],
    )


def serialize_saved_day(saved_day: SavedDay) -> schemas.SavedDay:
    """The day after a save, and the version that this save made."""
    told = msgspec.structs.asdict(serialize_day(saved_day))
    return schemas.SavedDay(message=SAVED_MESSAGE, **told | {"version": saved_day.version})


def serialize_history(history: DayHistory) -> schemas.History:
    """The saves of a date."""
    return schemas.History(
        changes=[
            schemas.Change(
                at=local_time.to_rfc3339(saved.saved_at, history.doctor.zone),
                by=saved.author,
                client=saved.client,
                opened=[serialize_slot(opened, history.doctor) for opened in saved.changes.opened],
                closed=[serialize_slot(closed, history.doctor) for closed in saved.changes.closed],
            )
            for saved in history.entries
        ]
    )


def serialize_slots(
    availability: DoctorAvailability, first: date, last: date
) -> schemas.DoctorsSlots:
    """A doctor's bookable slots."""
    return schemas.DoctorsSlots(
        doctor_id=availability.doctor.doctor_id,
        time_zone=availability.doctor.zone.key,
        from_=first.isoformat(),
        to=last.isoformat(),
        slots=[serialize_slot(bookable, availability.doctor) for bookable in availability.slots],
        next_available=serialize_slot(availability.next_available, availability.doctor)
        if availability.next_available
        else None,
    )


def serialize_availability(page: SearchPage) -> schemas.Availability:
    """Doctors who have something bookable."""
    return schemas.Availability(
        doctors=[
            schemas.AvailableDoctor(
                doctor_id=found.doctor.doctor_id,
                name=found.doctor.name,
                location=found.doctor.location,
                time_zone=found.doctor.zone.key,
                next_available=serialize_slot(found.slots[0], found.doctor),
                slots=[serialize_slot(bookable, found.doctor) for bookable in found.slots],
            )
            for found in page.doctors
        ],
        next=page.cursor,
    )


def serialize_slot(slot: Slot, doctor: Doctor) -> schemas.Slot:
    """One slot, in the doctor's time."""
    return schemas.Slot(
        slot_id=str(SlotId(doctor.doctor_id, slot.start)),
        start=local_time.to_rfc3339(slot.start, doctor.zone),
        end=local_time.to_rfc3339(slot.end, doctor.zone),
        status=slot.status.value,
    )


def serialize_held_slot(view: SlotView) -> schemas.HeldSlot:
    """A slot that is held, and until when."""
    if view.slot.held_until is None:
        raise ValueError(view)
    told = msgspec.structs.asdict(serialize_slot(view.slot, view.doctor))
    until = local_time.to_rfc3339(view.slot.held_until, view.doctor.zone)
    return schemas.HeldSlot(**told, held_until=until)


def _serialize_day_slot(day_slot: DaySlot, doctor: Doctor) -> schemas.DaySlot:
    other = day_slot.conflicts_with
    return schemas.DaySlot(
        **msgspec.structs.asdict(serialize_slot(day_slot.slot, doctor)),
        conflicts_with=msgspec.UNSET if other is None else serialize_time_range(other, doctor.zone),
    )


def serialize_time_range(slot: Slot, zone: ZoneInfo) -> schemas.TimeRange:
    """From when to when a slot is."""
    return schemas.TimeRange(
        start=local_time.to_rfc3339(slot.start, zone), end=local_time.to_rfc3339(slot.end, zone)
    )
