"""Parse requests about holds, bookings and overrides."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.slot import SlotId
from chalicelib.domain.text import Text
from chalicelib.web.api import booking_schemas
from chalicelib.web.api.decoding import Violations, decode_json
from chalicelib.web.api.fields import MAX_QUERY_LENGTH, MAX_REASON_LENGTH
from chalicelib.web.api.validators import (
    invalid_field,
    parse_date_range,
    required_query,
    valid_key,
)
from chalicelib.web.http.request import query

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from chalice.app import Request

    from chalicelib.domain.booking import Booking
    from chalicelib.use_cases.override_bookings import BookingQuery

# Control characters, invisible ones (zero width, direction overrides), line separators and what is
# no character: none of them belongs to a line that people read later.
_INVISIBLE_CATEGORIES = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
_FLAGS = {"true": True, "false": False}


def parse_hold(request: Request) -> tuple[str, timedelta]:
    """The holder and the length of a hold. Raises ``RequestRejectedError``, ``HttpError``."""
    sent, violations = decode_json(request, booking_schemas.HoldRequest)
    with violations:
        holder = valid_key("holder", sent.holder)
    violations.raise_any()
    return holder, timedelta(seconds=sent.seconds)


def parse_booking(request: Request) -> Booking:
    """The booking that a client requests. Raises ``RequestRejectedError``, ``HttpError``."""
    from chalicelib.domain.booking import Booking  # noqa: PLC0415  few requests

    sent, violations = decode_json(request, booking_schemas.BookingRequest)
    with violations:
        booking_id = valid_key("booking_id", sent.booking_id)
    with violations:
        reference = _optional_key("patient_reference", sent.patient_reference)
    with violations:
        holder = _optional_key("holder", sent.holder)
    with violations:
        previous_slot_id = None if sent.moves is None else _moved_slot_id(sent.moves)
    violations.raise_any()
    return Booking(
        booking_id=booking_id,
        patient_reference=reference,
        holder=holder,
        previous_slot_id=previous_slot_id,
    )


def _optional_key(name: str, text: str | None) -> str | None:
    return None if text is None else valid_key(name, text)


def _moved_slot_id(text: str) -> SlotId:
    try:
        return SlotId.parse(text)
    except ValueError:
        raise invalid_field("moves", Text("the slot_id of a slot")) from None


def parse_reason(request: Request) -> str:
    """Why the doctor's side overrides a client. Raises ``RequestRejectedError``, ``HttpError``."""
    sent, violations = decode_json(request, booking_schemas.OverrideRequest)
    with violations:
        reason = visible_reason(sent.reason)
    violations.raise_any()
    return reason


def visible_reason(sent: str) -> str:
    """The reason without spaces around it. Raises ``RequestRejectedError``."""
    return _visible_text("reason", sent)


def _visible_text(name: str, sent: str) -> str:
    text = sent.strip()
    is_visible = not any(unicodedata.category(c) in _INVISIBLE_CATEGORIES for c in text)
    if not (is_visible and 0 < len(text) <= MAX_REASON_LENGTH):
        raise invalid_field(
            name, Text("1 to %(limit)s visible characters", limit=MAX_REASON_LENGTH)
        )
    return text


def parse_client_id(request: Request) -> str:
    """The client whose holds an admin ends. Raises ``RequestRejectedError``."""
    client = required_query(request, "client_id")
    if not 0 < len(client) <= MAX_QUERY_LENGTH:
        raise invalid_field("client_id", Text("1 to %(limit)s characters", limit=MAX_QUERY_LENGTH))
    return client


def parse_booking_query(
    doctor_id: str, request: Request, today: Callable[[], date]
) -> BookingQuery:
    """Which bookings to list. Raises ``RequestRejectedError``."""
    from chalicelib.use_cases.override_bookings import BookingQuery  # noqa: PLC0415  few requests

    violations = Violations()
    with violations:
        first, last = parse_date_range(request, today)
    with violations:
        is_disrupted = _optional_flag(request, "disrupted")
    violations.raise_any()
    return BookingQuery(doctor_id=doctor_id, first=first, last=last, is_disrupted=is_disrupted)


def _optional_flag(request: Request, name: str) -> bool | None:
    text = query(request, name)
    if text is not None and text not in _FLAGS:
        raise invalid_field(name, Text("true or false"))
    return None if text is None else _FLAGS[text]
