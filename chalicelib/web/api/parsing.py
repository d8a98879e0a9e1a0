"""Parse requests into the values that the use cases take: the domain gets no unparsed text."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from chalicelib.domain import local_time
from chalicelib.domain.changes import InvalidChange, LocalStart, SlotChange
from chalicelib.domain.doctor import DoctorSettings
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.grid import ClinicSession
from chalicelib.domain.slot import SlotStatus
from chalicelib.domain.violations import FieldViolation
from chalicelib.use_cases.manage_slots import SaveRequest, compute_fingerprint
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

    from chalicelib.domain.violations import SlotViolation


_ETAG = re.compile(r'\s*(?:W/)?"(\d{1,9})\.[^"]*"\s*', re.ASCII)
_LOCAL_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_TIME_OF_DAY = re.compile(rf"{_LOCAL_TIME.pattern}|24:00", re.ASCII)
_RFC3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
# Later and earlier instants exceed the range of ``datetime`` in some time zone.
_MIN_INSTANT = datetime.min.replace(tzinfo=UTC) + timedelta(days=1)
_MAX_INSTANT = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)
_REQUESTABLE_STATUSES: dict[str, SlotStatus] = {
    status.value: status for status in (SlotStatus.FREE, SlotStatus.UNAVAILABLE)
}


def parse_save_json(request: Request) -> SaveRequest:
    """``POST /slots`` with JSON. Raises ``RequestRejectedError``, ``HttpError``."""
    sent = decode_json(request, schemas.SaveDayRequest)
    slots = _decode_slots(sent.slots)
    return SaveRequest(
        doctor_id=valid_doctor_id(sent.doctor_id),
        date=parse_date(sent.date),
        changes=tuple(parse_slot_change(slot.start, slot.status) for slot in slots),
        request_id=_idempotency_key(request),
        fingerprint=compute_fingerprint((slot.start, slot.status) for slot in slots),
        expected_versions=_if_match(request),
    )


def _decode_slots(slots: list[msgspec.Raw]) -> list[schemas.SlotChangeRequest]:
    """Decode one by one, to report every slot that is malformed."""
    decoded: list[schemas.SlotChangeRequest] = []
    violations: list[SlotViolation | FieldViolation] = []
    for position, raw in enumerate(slots):
        try:
            prefix = f"slots[{position}]"
            decoded.append(decode(raw, schemas.SlotChangeRequest, prefix=prefix))
        except RequestRejectedError as error:
            violations += error.violations
    if violations:
        raise RequestRejectedError(*violations)
    return decoded


def parse_slot_change(start_text: str, status_text: str) -> SlotChange | InvalidChange:
    """Parse a slot of a save.

    A slot that is malformed by itself is no error yet: the response lists it in its place among
    the slots that the day does not allow.
    """
    start = _parse_start(start_text)
    if start is None:
        reason = "Expected a time of day (09:00) or RFC 3339 with an offset"
        return InvalidChange(start_text, reason)
    if status_text not in _REQUESTABLE_STATUSES:
        reason = f"Unknown status {status_text!r}: use free or busy-unavailable"
        return InvalidChange(start_text, reason, start)
    return SlotChange(start, _REQUESTABLE_STATUSES[status_text])


def _parse_start(text: str) -> datetime | LocalStart | None:
    if _LOCAL_TIME.fullmatch(text):
        return LocalStart(time.fromisoformat(text))
    try:
        instant = datetime.fromisoformat(text.upper()) if _RFC3339.fullmatch(text) else None
        instant = instant and instant.astimezone(UTC)
    except (ValueError, OverflowError):  # 30 February, or outside the years 1 to 9999
        return None
    return instant if instant and _MIN_INSTANT <= instant <= _MAX_INSTANT else None


def _idempotency_key(request: Request) -> str:
    """The client's key for the request, or a new one that is used only once."""
    key = request.headers.get("idempotency-key")
    return uuid4().hex if key is None else valid_key("Idempotency-Key", key)


def _if_match(request: Request) -> frozenset[int] | None:
    """The versions in the ETags of ``If-Match``; None for ``*`` or without the header."""
    header = request.headers.get("if-match")
    if header is None or header.strip() == "*":
        return None
    etags = [_ETAG.fullmatch(part) for part in header.split(",")]
    if not all(etags):
        raise invalid_field("If-Match", 'ETags of this day, as in "3.1f2e"')
    return frozenset(int(etag[1]) for etag in etags if etag)


def parse_doctor_settings(doctor_id: str, request: Request) -> DoctorSettings:
    """A doctor's settings. Raises ``RequestRejectedError``, ``HttpError``."""
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
        for position, session in enumerate(sessions)
        for field, text in (
            (f"sessions[{position}].from", session.from_),
            (f"sessions[{position}].to", session.to),
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
