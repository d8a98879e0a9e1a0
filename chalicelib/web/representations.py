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

SAVED = "Slots saved successfully"
_PRIVATE: negotiation.Headers = {"Cache-Control": "private, no-cache", **negotiation.VARY}
_MINUTE = timedelta(minutes=1)


def doctor(of: Doctor, caller: Caller) -> shapes.Doctor:
    """A doctor's settings; her delegates only for those who may know them."""
    return shapes.Doctor(
        doctor_id=of.doctor_id,
        name=of.name,
        specialty=of.specialty,
        location=of.location,
        time_zone=of.zone.key,
        slot_minutes=of.grid.slot_length // _MINUTE,
        sessions=[
            shapes.Session(
                from_=wall_time.time_of_day(session.begins), to=wall_time.time_of_day(session.ends)
            )
            for session in of.grid.sessions
        ],
        lead_minutes=of.lead_time // _MINUTE,
        window_days=of.booking_window.days,
        delegates=sorted(of.delegates) if caller.may_see_delegates(of) else msgspec.UNSET,
    )


def day(of: DoctorsDay) -> shapes.Day:
    """Every box of the grid and every stored slot off it, in time order."""
    return shapes.Day(
        doctor_id=of.doctor.doctor_id,
        date=of.day.date.isoformat(),
        time_zone=of.doctor.zone.key,
        version=of.day.version,
        slots=[_box(box, of.doctor) for box in of.day.boxes(of.doctor.grid)],
    )


def saved_day(of: SavedDay) -> shapes.SavedDay:
    """The day after a save, and the version that this save made."""
    told = msgspec.structs.asdict(day(of))
    return shapes.SavedDay(message=SAVED, **told | {"version": of.version})


def history(of: DoctorsHistory) -> shapes.History:
    """The saves of a date."""
    return shapes.History(
        changes=[
            shapes.Change(
                at=wall_time.rfc3339(saved.at, of.doctor.zone),
                by=saved.by,
                client=saved.client,
                opened=[slot(opened, of.doctor) for opened in saved.change.opens],
                withdrawn=[slot(withdrawn, of.doctor) for withdrawn in saved.change.withdraws],
            )
            for saved in of.changes
        ]
    )


def slots(of: DoctorsSlots, first: date, last: date) -> shapes.DoctorsSlots:
    """A doctor's bookable slots."""
    return shapes.DoctorsSlots(
        doctor_id=of.doctor.doctor_id,
        time_zone=of.doctor.zone.key,
        from_=first.isoformat(),
        to=last.isoformat(),
        slots=[slot(bookable, of.doctor) for bookable in of.slots],
        next_available=slot(of.next_available, of.doctor) if of.next_available else None,
    )


def availability(page: SearchPage) -> shapes.Availability:
    """Doctors who have something bookable."""
    return shapes.Availability(
        doctors=[
            shapes.AvailableDoctor(
                doctor_id=found.doctor.doctor_id,
                name=found.doctor.name,
                location=found.doctor.location,
                time_zone=found.doctor.zone.key,
                next_available=slot(found.slots[0], found.doctor),
                slots=[slot(bookable, found.doctor) for bookable in found.slots],
            )
            for found in page.found
        ],
        next=page.cursor,
    )


def slot(of: Slot, doctor: Doctor) -> shapes.Slot:
    """One slot, in the doctor's time."""
    return shapes.Slot(
        slot_id=str(SlotId(doctor.doctor_id, of.start)),
        start=wall_time.rfc3339(of.start, doctor.zone),
        end=wall_time.rfc3339(of.end, doctor.zone),
        status=of.status.value,
    )


def held_slot(of: DoctorsSlot) -> shapes.HeldSlot:
    """A slot that is held, and until when."""
    if of.slot.held_until is None:
        raise ValueError(of)
    told = msgspec.structs.asdict(slot(of.slot, of.doctor))
    until = wall_time.rfc3339(of.slot.held_until, of.doctor.zone)
    return shapes.HeldSlot(**told, held_until=until)


def _box(box: Box, of: Doctor) -> shapes.Box:
    other = box.conflicts_with
    return shapes.Box(
        **msgspec.structs.asdict(slot(box.slot, of)),
        conflicts_with=msgspec.UNSET if other is None else span(other, of.zone),
    )


def span(of: Slot, zone: ZoneInfo) -> shapes.Span:
    """From when to when a slot is."""
    return shapes.Span(start=wall_time.rfc3339(of.start, zone), end=wall_time.rfc3339(of.end, zone))


def etag(version: int, told: object) -> str:
    """``"<version>.<digest>"``, another for each other answer (RFC 9110, section 8.8.3)."""
    return f'"{version}.{_digest(told)}"'


def _digest(told: object) -> str:
    return hashlib.blake2b(msgspec.json.encode(told), digest_size=8).hexdigest()


def is_known(etag: str, request: Request) -> bool:
    """Whether ``If-None-Match`` says that the client has it (RFC 9110, section 13.1.2)."""
    known = str(request.headers.get("if-none-match", ""))
    return known.strip() == "*" or etag in (
        candidate.strip().removeprefix("W/") for candidate in known.split(",")
    )


def not_modified(etag: str, headers: negotiation.Headers | None = None) -> Response:
    """304, without a body."""
    always: negotiation.Headers = {**_PRIVATE, "ETag": etag}
    return Response(body="", status_code=HTTPStatus.NOT_MODIFIED, headers=always | (headers or {}))


def unless_known(told: msgspec.Struct | msgspec.Raw, request: Request) -> Response:
    """The answer with its ETag, or 304 where the client has it already."""
    etag = f'"{_digest(told)}"'
    return not_modified(etag) if is_known(etag, request) else json(told, {"ETag": etag})


def json(
    told: msgspec.Struct | msgspec.Raw,
    headers: negotiation.Headers | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """An answer that only its own client may keep, and must ask about before using it again."""
    always: negotiation.Headers = {"Content-Type": inputs.JSON, **_PRIVATE}
    body = msgspec.json.encode(told).decode()
    return Response(body=body, status_code=status.value, headers=always | (headers or {}))


def nothing() -> Response:
    """It is so, and there is no more to say (204)."""
    return Response(body="", status_code=HTTPStatus.NO_CONTENT.value, headers={**_PRIVATE})
