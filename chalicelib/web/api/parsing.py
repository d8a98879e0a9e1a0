"""From what a client sent to the values that the use cases take."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from chalicelib.domain import local_time
from chalicelib.domain.booking import Booking
from chalicelib.domain.changes import SlotChange
from chalicelib.domain.doctor import DoctorSettings
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.grid import ClinicSession
from chalicelib.domain.slot import SlotId
from chalicelib.domain.violations import FieldViolation, SlotViolation
from chalicelib.use_cases.manage_slots import SaveRequest
from chalicelib.web.api import schemas
from chalicelib.web.api.validators import (
    decode,
    decode_json,
    invalid_field,
    parse_date,
    valid_doctor_id,
    valid_key,
)

if TYPE_CHECKING:
    import msgspec
    from chalice.app import Request


_ETAG = re.compile(r'\s*(?:W/)?"(\d{1,9})\.[^"]*"\s*', re.ASCII)
_TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00", re.ASCII)


def parse_save_json(request: Request) -> SaveRequest:
    """``POST /slots`` from a machine. Raises ``Refused``, ``HttpError``."""
    sent = decode_json(request, schemas.SaveDayRequest)
    asked = _slot_changes(sent.slots)
    return SaveRequest(
        doctor_id=valid_doctor_id(sent.doctor_id),
        date=parse_date(sent.date),
        changes=asked,
        request_id=_idempotency_key(request),
        expected_versions=_if_match(request),
    )


def _slot_changes(slots: list[msgspec.Raw]) -> tuple[SlotChange, ...]:
    asked: list[SlotChange] = []
    faults: list[SlotViolation | FieldViolation] = []
    for place, raw in enumerate(slots):
        try:
            slot = decode(raw, schemas.SlotChangeRequest, prefix=f"slots[{place}]")
            asked.append(SlotChange(slot.start, slot.status))
        except RequestRejectedError as refused:
            faults += refused.violations
    if faults:
        raise RequestRejectedError(*faults)
    return tuple(asked)


def _idempotency_key(request: Request) -> str:
    """The client's own name for the request, or a new one that nobody will use again."""
    key = request.headers.get("idempotency-key")
    return uuid4().hex if key is None else valid_key("Idempotency-Key", key)


def _if_match(request: Request) -> frozenset[int] | None:
    """The versions among the ETags of ``If-Match``; None for ``*``, or where there is none."""
    header = request.headers.get("if-match")
    if header is None or header.strip() == "*":
        return None
    etags = [_ETAG.fullmatch(part) for part in header.split(",")]
    if not all(etags):
        raise invalid_field("If-Match", 'ETags of this day, as in "3.1f2e"')
    return frozenset(int(etag[1]) for etag in etags if etag)


def parse_hold(request: Request) -> tuple[str, timedelta]:
    """Who holds, and for how long. Raises ``Refused``, ``HttpError``."""
    sent = decode_json(request, schemas.HoldRequest)
    return valid_key("holder", sent.holder), timedelta(seconds=sent.seconds)


def parse_booking(request: Request) -> Booking:
    """Raises ``Refused``, ``HttpError``."""
    sent = decode_json(request, schemas.BookingRequest)
    return Booking(
        booking_id=valid_key("booking_id", sent.booking_id),
        patient_reference=sent.patient_reference,
        holder=None if sent.holder is None else valid_key("holder", sent.holder),
        previous_slot_id=None if sent.moves is None else _moved_slot_id(sent.moves),
    )


def _moved_slot_id(text: str) -> SlotId:
    try:
        return SlotId.parse(text)
    except ValueError:
        raise invalid_field("moves", "the slot_id of a slot") from None


def parse_doctor_settings(doctor_id: str, request: Request) -> DoctorSettings:
    """What a doctor is to be like. Raises ``Refused``, ``HttpError``."""
    sent = decode_json(request, schemas.DoctorRequest)
    if sent.doctor_id not in (None, doctor_id):
        raise invalid_field("doctor_id", f"{doctor_id}, as in the URL, or none")
    return DoctorSettings(
        doctor_id=doctor_id,
        name=sent.name,
        specialty=sent.specialty,
        location=sent.location,
        time_zone=sent.time_zone,
        slot_minutes=sent.slot_minutes,
        sessions=_parse_sessions(sent.sessions),
        lead_minutes=sent.lead_minutes,
        window_days=sent.window_days,
        delegates=None if sent.delegates is None else frozenset(sent.delegates),
    )


def _parse_sessions(sessions: list[schemas.ClinicSession]) -> tuple[ClinicSession, ...]:
    malformed = [
        FieldViolation(
            field, "invalid", f"{field} is not valid: expected a time of day, as in 09:00"
        )
        for place, session in enumerate(sessions)
        for field, text in (
            (f"sessions[{place}].from", session.from_),
            (f"sessions[{place}].to", session.to),
        )
        if not _TIME_OF_DAY.fullmatch(text)
    ]
    if malformed:
        raise RequestRejectedError(*malformed)
    return tuple(
        ClinicSession(
            start=local_time.parse_time_of_day(session.from_),
            end=local_time.parse_time_of_day(session.to),
        )
        for session in sessions
    )
