"""What the JSON of an answer looks like, and its ETag."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec
from chalice.app import Response

from chalicelib.domain import wall_time
from chalicelib.domain.slot_id import SlotId
from chalicelib.web import inputs, negotiation, shapes

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from chalice.app import Request

    from chalicelib.domain.caller import Caller
    from chalicelib.domain.day import Box
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.slot import Slot
    from chalicelib.use_cases.find_slots import DoctorsSlots, SearchPage
    from chalicelib.use_cases.manage_slots import DoctorsDay, DoctorsHistory, SavedDay
    from chalicelib.use_cases.taking import DoctorsSlot

SAVED_MESSAGE = "Slots saved successfully"
_PRIVATE: negotiation.Headers = {"Cache-Control": "private, no-cache", **negotiation.VARY}
_MINUTE = timedelta(minutes=1)


def serialize_doctor(doctor: Doctor, caller: Caller) -> shapes.Doctor:
    """A doctor's settings; her delegates only for those who may know them."""
    return shapes.Doctor(
        doctor_id=doctor.doctor_id,
        name=doctor.name,
        specialty=doctor.specialty,
        location=doctor.location,
        time_zone=doctor.zone.key,
        slot_minutes=doctor.grid.slot_length // _MINUTE,
        sessions=[
            shapes.ClinicSession(
                from_=wall_time.time_of_day(session.begins), to=wall_time.time_of_day(session.ends)
            )
            for session in doctor.grid.sessions
        ],
        lead_minutes=doctor.lead_time // _MINUTE,
        window_days=doctor.booking_window.days,
        delegates=sorted(doctor.delegates) if caller.may_see_delegates(doctor) else msgspec.UNSET,
    )


def serialize_day(view: DoctorsDay) -> shapes.Day:
    """Every box of the grid and every stored slot off it, in time order."""
    return shapes.Day(
        doctor_id=view.doctor.doctor_id,
        date=view.day.date.isoformat(),
        time_zone=view.doctor.zone.key,
        version=view.day.version,
        slots=[_serialize_day_slot(box, view.doctor) for box in view.day.boxes(view.doctor.grid)],
    )


def serialize_saved_day(saved_day: SavedDay) -> shapes.SavedDay:
    """The day after a save, and the version that this save made."""
    told = msgspec.structs.asdict(serialize_day(saved_day))
    return shapes.SavedDay(message=SAVED_MESSAGE, **told | {"version": saved_day.version})


def serialize_history(history: DoctorsHistory) -> shapes.History:
    """The saves of a date."""
    return shapes.History(
        changes=[
            shapes.Change(
                at=wall_time.rfc3339(saved.at, history.doctor.zone),
                by=saved.by,
                client=saved.client,
                opened=[serialize_slot(opened, history.doctor) for opened in saved.change.opens],
                withdrawn=[
                    serialize_slot(withdrawn, history.doctor)
                    for withdrawn in saved.change.withdraws
                ],
            )
            for saved in history.changes
        ]
    )


def serialize_slots(availability: DoctorsSlots, first: date, last: date) -> shapes.DoctorsSlots:
    """A doctor's bookable slots."""
    return shapes.DoctorsSlots(
        doctor_id=availability.doctor.doctor_id,
        time_zone=availability.doctor.zone.key,
        from_=first.isoformat(),
        to=last.isoformat(),
        slots=[serialize_slot(bookable, availability.doctor) for bookable in availability.slots],
        next_available=serialize_slot(availability.next_available, availability.doctor)
        if availability.next_available
        else None,
    )


def serialize_availability(page: SearchPage) -> shapes.Availability:
    """Doctors who have something bookable."""
    return shapes.Availability(
        doctors=[
            shapes.AvailableDoctor(
                doctor_id=found.doctor.doctor_id,
                name=found.doctor.name,
                location=found.doctor.location,
                time_zone=found.doctor.zone.key,
                next_available=serialize_slot(found.slots[0], found.doctor),
                slots=[serialize_slot(bookable, found.doctor) for bookable in found.slots],
            )
            for found in page.found
        ],
        next=page.cursor,
    )


def serialize_slot(slot: Slot, doctor: Doctor) -> shapes.Slot:
    """One slot, in the doctor's time."""
    return shapes.Slot(
        slot_id=str(SlotId(doctor.doctor_id, slot.start)),
        start=wall_time.rfc3339(slot.start, doctor.zone),
        end=wall_time.rfc3339(slot.end, doctor.zone),
        status=slot.status.value,
    )


def serialize_held_slot(view: DoctorsSlot) -> shapes.HeldSlot:
    """A slot that is held, and until when."""
    if view.slot.held_until is None:
        raise ValueError(view)
    told = msgspec.structs.asdict(serialize_slot(view.slot, view.doctor))
    until = wall_time.rfc3339(view.slot.held_until, view.doctor.zone)
    return shapes.HeldSlot(**told, held_until=until)


def _serialize_day_slot(day_slot: Box, doctor: Doctor) -> shapes.DaySlot:
    other = day_slot.conflicts_with
    return shapes.DaySlot(
        **msgspec.structs.asdict(serialize_slot(day_slot.slot, doctor)),
        conflicts_with=msgspec.UNSET if other is None else serialize_time_range(other, doctor.zone),
    )


def serialize_time_range(slot: Slot, zone: ZoneInfo) -> shapes.TimeRange:
    """From when to when a slot is."""
    return shapes.TimeRange(
        start=wall_time.rfc3339(slot.start, zone), end=wall_time.rfc3339(slot.end, zone)
    )


def etag(version: int, content: object) -> str:
    """``"<version>.<digest>"``, another for each other answer (RFC 9110, section 8.8.3)."""
    return f'"{version}.{_digest(content)}"'


def _digest(content: object) -> str:
    return hashlib.blake2b(msgspec.json.encode(content), digest_size=8).hexdigest()


def etag_matches(etag: str, request: Request) -> bool:
    """Whether ``If-None-Match`` says that the client has it (RFC 9110, section 13.1.2)."""
    known = str(request.headers.get("if-none-match", ""))
    return known.strip() == "*" or etag in (
        candidate.strip().removeprefix("W/") for candidate in known.split(",")
    )


def not_modified(etag: str, headers: negotiation.Headers | None = None) -> Response:
    """304, without a body."""
    always: negotiation.Headers = {**_PRIVATE, "ETag": etag}
    return Response(body="", status_code=HTTPStatus.NOT_MODIFIED, headers=always | (headers or {}))


def json_or_not_modified(content: msgspec.Struct | msgspec.Raw, request: Request) -> Response:
    """The answer with its ETag, or 304 where the client has it already."""
    etag = f'"{_digest(content)}"'
    return (
        not_modified(etag)
        if etag_matches(etag, request)
        else json_response(content, {"ETag": etag})
    )


def json_response(
    content: msgspec.Struct | msgspec.Raw,
    headers: negotiation.Headers | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """An answer that only its own client may keep, and must ask about before using it again."""
    always: negotiation.Headers = {"Content-Type": inputs.JSON, **_PRIVATE}
    body = msgspec.json.encode(content).decode()
    return Response(body=body, status_code=status.value, headers=always | (headers or {}))


def no_content() -> Response:
    """It is so, and there is no more to say (204)."""
    return Response(body="", status_code=HTTPStatus.NO_CONTENT.value, headers={**_PRIVATE})
