"""What the JSON of an answer looks like, and its ETag."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec
from chalice.app import Response

from chalicelib.domain import wall_time
from chalicelib.web import forms, negotiation

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from chalice.app import Request

    from chalicelib.domain.caller import Caller
    from chalicelib.domain.day import Box
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.slot import Slot
    from chalicelib.use_cases.manage_slots import DoctorsDay

SAVED = "Slots saved successfully"
_PRIVATE: negotiation.Headers = {"Cache-Control": "private, no-cache", **negotiation.VARY}
_MINUTE = timedelta(minutes=1)


def doctor(of: Doctor, caller: Caller) -> dict[str, Any]:
    """A doctor's settings; her delegates only for those who may know them."""
    told: dict[str, Any] = {
        "doctor_id": of.doctor_id,
        "name": of.name,
        "specialty": of.specialty,
        "location": of.location,
        "time_zone": of.zone.key,
        "slot_minutes": of.grid.slot_length // _MINUTE,
        "sessions": [
            {
                "from": wall_time.time_of_day(session.begins),
                "to": wall_time.time_of_day(session.ends),
            }
            for session in of.grid.sessions
        ],
        "lead_minutes": of.lead_time // _MINUTE,
        "window_days": of.booking_window.days,
    }
    if caller.may_see_delegates(of):
        told["delegates"] = sorted(of.delegates)
    return told


def day(of: DoctorsDay) -> dict[str, Any]:
    """Every box of the grid and every stored slot off it, in time order."""
    return {
        "doctor_id": of.doctor.doctor_id,
        "date": of.day.date.isoformat(),
        "time_zone": of.doctor.zone.key,
        "version": of.day.version,
        "slots": [_box(box, of.doctor) for box in of.day.boxes(of.doctor.grid)],
    }


def etag(version: int, told: object) -> str:
    """``"<version>.<digest>"``, another for each other answer (RFC 9110, section 8.8.3)."""
    digest = hashlib.blake2b(msgspec.json.encode(told), digest_size=8).hexdigest()
    return f'"{version}.{digest}"'


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


def json(body: dict[str, Any], headers: negotiation.Headers | None = None) -> Response:
    """An answer that only its own client may keep, and must ask about before using it again."""
    always: negotiation.Headers = {"Content-Type": forms.JSON, **_PRIVATE}
    return Response(body=msgspec.json.encode(body).decode(), headers=always | (headers or {}))


def _box(box: Box, of: Doctor) -> dict[str, Any]:
    told = _slot(box.slot, of)
    if box.conflicts_with is not None:
        told["conflicts_with"] = _times(box.conflicts_with, of.zone)
    return told


def _slot(slot: Slot, of: Doctor) -> dict[str, Any]:
    return {
        "slot_id": f"{of.doctor_id}~{forms.box(slot.start)}",
        **_times(slot, of.zone),
        "status": str(slot.status),
    }


def _times(slot: Slot, zone: ZoneInfo) -> dict[str, str]:
    return {
        "start": wall_time.rfc3339(slot.start, zone),
        "end": wall_time.rfc3339(slot.end, zone),
    }
