"""From what a client sent to the values that the use cases take."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs
from uuid import uuid4

from msgspec import Struct

from chalicelib.domain import wall_time
from chalicelib.domain.claims import Booking
from chalicelib.domain.doctor_settings import MOST_BOXES, DoctorSettings
from chalicelib.domain.errors import Refused
from chalicelib.domain.faults import Fault, FieldFault
from chalicelib.domain.grid import Session
from chalicelib.domain.slot_id import SlotId, read_start
from chalicelib.domain.ticks import DrawnTicks, Tick
from chalicelib.use_cases.manage_slots import SaveRequest
from chalicelib.web import inputs, shapes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import msgspec
    from chalice.app import Request

FORM = "application/x-www-form-urlencoded"
# Four that say which day; each box as shown, offered and ticked, those of an earlier grid besides.
MAX_FORM_FIELDS = 4 + 3 * 2 * MOST_BOXES

_ETAG = re.compile(r'\s*(?:W/)?"(\d{1,9})\.[^"]*"\s*', re.ASCII)
_TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00", re.ASCII)


class DayForm(Struct, frozen=True, kw_only=True):
    """The page's form as it came back: what was drawn, and the save that it makes of it."""

    request: SaveRequest
    state: DrawnTicks
    version: int


def is_form(request: Request) -> bool:
    """The page's own way to save, rather than a machine's."""
    return str(request.headers.get("content-type", "")).lower().startswith(FORM)


def parse_save_json(request: Request) -> SaveRequest:
    """``POST /slots`` from a machine. Raises ``Refused``, ``HttpError``."""
    sent = inputs.decode_json(request, shapes.SaveDayRequest)
    asked = _slot_changes(sent.slots)
    return SaveRequest(
        doctor_id=inputs.valid_doctor_id(sent.doctor_id),
        date=inputs.parse_date(sent.date),
        asked=asked,
        request_id=_idempotency_key(request),
        if_versions=_if_match(request),
    )


def _slot_changes(slots: list[msgspec.Raw]) -> tuple[Tick, ...]:
    asked: list[Tick] = []
    faults: list[Fault | FieldFault] = []
    for place, raw in enumerate(slots):
        try:
            slot = inputs.decode(raw, shapes.SlotChangeRequest, prefix=f"slots[{place}]")
            asked.append(Tick(slot.start, slot.status))
        except Refused as refused:
            faults += refused.faults
    if faults:
        raise Refused(*faults)
    return tuple(asked)


def parse_save_form(request: Request) -> DayForm:
    """``POST /slots`` from the page. Raises ``Refused`` for a form that no browser makes."""
    try:
        fields = parse_qs(
            inputs.body(request).decode("ascii"), keep_blank_values=True, errors="strict"
        )
    except ValueError:
        raise Refused(FieldFault("body", "invalid", "The body is no form")) from None
    names = ("doctor_id", "date", "version", "request_id")
    if missing := [FieldFault(n, "required", f"{n} is missing") for n in names if n not in fields]:
        raise Refused(*missing)

    drawn = DrawnTicks(
        shown=_starts(fields, "shown"),
        offered=_starts(fields, "offered"),
        ticked=_starts(fields, "ticked"),
    )
    if not drawn.ticked <= drawn.offered:
        raise Refused(FieldFault("ticked", "invalid", "A box was ticked that was not offered"))
    version = fields["version"][-1]
    if not re.fullmatch(r"\d{1,9}", version, re.ASCII):
        raise inputs.invalid_field("version", "the version of the day as it was drawn")
    return DayForm(
        request=SaveRequest(
            doctor_id=inputs.valid_doctor_id(fields["doctor_id"][-1]),
            date=inputs.parse_date(fields["date"][-1]),
            asked=drawn.asked(),
            request_id=inputs.valid_key("request_id", fields["request_id"][-1]),
        ),
        state=drawn,
        version=int(version),
    )


def _starts(fields: Mapping[str, list[str]], name: str) -> frozenset[datetime]:
    try:
        return frozenset(read_start(value) for value in fields.get(name, ()))
    except ValueError:
        raise inputs.invalid_field(name, "the value of a box") from None


def _idempotency_key(request: Request) -> str:
    """The client's own name for the request, or a new one that nobody will use again."""
    key = request.headers.get("idempotency-key")
    return uuid4().hex if key is None else inputs.valid_key("Idempotency-Key", key)


def _if_match(request: Request) -> frozenset[int] | None:
    """The versions among the ETags of ``If-Match``; None for ``*``, or where there is none."""
    header = request.headers.get("if-match")
    if header is None or header.strip() == "*":
        return None
    etags = [_ETAG.fullmatch(part) for part in header.split(",")]
    if not all(etags):
        raise inputs.invalid_field("If-Match", 'ETags of this day, as in "3.1f2e"')
    return frozenset(int(etag[1]) for etag in etags if etag)


def parse_hold(request: Request) -> tuple[str, timedelta]:
    """Who holds, and for how long. Raises ``Refused``, ``HttpError``."""
    sent = inputs.decode_json(request, shapes.HoldRequest)
    return inputs.valid_key("holder", sent.holder), timedelta(seconds=sent.seconds)


def parse_booking(request: Request) -> Booking:
    """Raises ``Refused``, ``HttpError``."""
    sent = inputs.decode_json(request, shapes.BookingRequest)
    return Booking(
        booking_id=inputs.valid_key("booking_id", sent.booking_id),
        patient_reference=sent.patient_reference,
        holder=None if sent.holder is None else inputs.valid_key("holder", sent.holder),
        moves=None if sent.moves is None else _moved_slot_id(sent.moves),
    )


def _moved_slot_id(text: str) -> SlotId:
    try:
        return SlotId.read(text)
    except ValueError:
        raise inputs.invalid_field("moves", "the slot_id of a slot") from None


def parse_doctor_settings(doctor_id: str, request: Request) -> DoctorSettings:
    """What a doctor is to be like. Raises ``Refused``, ``HttpError``."""
    sent = inputs.decode_json(request, shapes.DoctorRequest)
    if sent.doctor_id not in (None, doctor_id):
        raise inputs.invalid_field("doctor_id", f"{doctor_id}, as in the URL, or none")
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


def _parse_sessions(sessions: list[shapes.ClinicSession]) -> tuple[Session, ...]:
    malformed = [
        FieldFault(field, "invalid", f"{field} is not valid: expected a time of day, as in 09:00")
        for place, session in enumerate(sessions)
        for field, text in (
            (f"sessions[{place}].from", session.from_),
            (f"sessions[{place}].to", session.to),
        )
        if not _TIME_OF_DAY.fullmatch(text)
    ]
    if malformed:
        raise Refused(*malformed)
    return tuple(
        Session(
            begins=wall_time.since_midnight(session.from_),
            ends=wall_time.since_midnight(session.to),
        )
        for session in sessions
    )
