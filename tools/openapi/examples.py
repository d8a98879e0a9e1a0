"""Example requests and responses: one scenario, from two opened slots to a booking.

Tests send the requests in this order and compare the responses.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from chalicelib.web.status_codes import reason_phrase

Json = dict[str, Any]

DOCTOR = "dr-lee"
DATE = "2026-11-23"


def _slot(start: str, end: str, status: str) -> Json:
    return {
        "slot_id": f"{DOCTOR}~20261123T{start.replace(':', '')}Z",
        "start": f"{DATE}T{start}:00+00:00",
        "end": f"{DATE}T{end}:00+00:00",
        "status": status,
    }


def problem(status: HTTPStatus, detail: str, *errors: Json, **extensions: object) -> Json:
    """Return problem details (RFC 9457)."""
    return {
        "type": "about:blank",
        "title": reason_phrase(status),
        "status": status.value,
        "detail": detail,
        "errors": list(errors),
        **extensions,
    }


def _problem_with_error(status: HTTPStatus, code: str, detail: str, **location: object) -> Json:
    return problem(status, detail, {**location, "code": code, "detail": detail})


_NINE = f"{DATE}T09:00:00+00:00"
_FIRST = _slot("09:00", "09:30", "free")
_SECOND = _slot("09:30", "10:00", "free")
_THIRD = _slot("10:00", "10:30", "busy-unavailable")

# A doctor opens two slots by JSON ...
SAVE: Json = {
    "doctor_id": DOCTOR,
    "date": DATE,
    "slots": [{"start": "09:00", "status": "free"}, {"start": "09:30", "status": "free"}],
}
DAY: Json = {
    "doctor_id": DOCTOR,
    "date": DATE,
    "time_zone": "Europe/London",
    "version": 1,
    "slots": [_FIRST, _SECOND, _THIRD],
}
SAVED_DAY: Json = {"message": "Slots saved successfully", **DAY}
SLOT_EXISTS = problem(
    HTTPStatus.BAD_REQUEST,
    "Slot already exists: 09:00-09:30; Slot already exists: 09:30-10:00",
    {"start": _NINE, "code": "slot_exists", "detail": "Slot already exists: 09:00-09:30"},
    {
        "start": f"{DATE}T09:30:00+00:00",
        "code": "slot_exists",
        "detail": "Slot already exists: 09:30-10:00",
    },
)
STALE_VERSION = problem(
    HTTPStatus.PRECONDITION_FAILED,
    "This day has changed since you read it. It is now at version 1.",
    version=1,
)
STALE_SETTINGS = problem(
    HTTPStatus.PRECONDITION_FAILED,
    "The doctor's settings are not as you expect: they have version 2.",
    version=2,
)
IDEMPOTENCY_KEY_REUSED = problem(
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "This Idempotency-Key belongs to an earlier save, which made version 1",
)
# ... or by the page's form, which also opens 10:00 and leaves the others unchanged.
FORM: Json = {
    "doctor_id": DOCTOR,
    "date": DATE,
    "version": 1,
    "request_id": "form-1",
    "shown": ["20261123T0900Z-30", "20261123T0930Z-30"],
    "offered": ["20261123T0900Z-30", "20261123T0930Z-30", "20261123T1000Z-30"],
    "ticked": ["20261123T0900Z-30", "20261123T0930Z-30", "20261123T1000Z-30"],
}
# The page's save in the list of changes.
CHANGES: Json = {
    "changes": [
        {
            "change_id": f"{DOCTOR}~{DATE}~20261122T120000000001Z~form-1",
            "at": "2026-11-22T12:00:00.000001+00:00",
            "date": DATE,
            "kind": "save",
            "by": {"name": "Dr Mina Lee", "role": "doctor"},
            "client": {"id": "page", "name": "Manage Slots"},
            "opened": [{**_THIRD, "status": "free"}],
            "closed": [],
            "booked": [],
            "cancelled": [],
            "kept": [],
            "plan_id": None,
            "undoes": None,
            "can_undo": False,
        }
    ],
    "next": None,
}
INVALID_DATE = _problem_with_error(
    HTTPStatus.BAD_REQUEST,
    "invalid",
    "That isn't a real date. Use the format 2026-11-23.",
    field="date",
)
AUTHENTICATION_REQUIRED = problem(HTTPStatus.UNAUTHORIZED, "You are not signed in")
PERMISSION_DENIED = problem(HTTPStatus.FORBIDDEN, "You can't manage Dr Mina Lee's schedule")
LOGIN_FAILED = problem(
    HTTPStatus.BAD_REQUEST,
    "We couldn't sign you in: the sign-in started in another browser or took too long. Try again.",
)
NO_PAGE = problem(HTTPStatus.NOT_FOUND, "Page not found")
PASSWORD_REJECTED = problem(HTTPStatus.BAD_REQUEST, "Enter the same new password twice")
TOO_MANY_ATTEMPTS = problem(
    HTTPStatus.TOO_MANY_REQUESTS,
    "Your password is unchanged, because there were too many attempts. Try again later.",
)
# A booking site finds them, holds the first one for a visitor, and books it for a patient.
BOOKABLE_SLOTS: Json = {
    "doctor_id": DOCTOR,
    "time_zone": "Europe/London",
    "from": DATE,
    "to": "2026-12-06",
    "slots": [_FIRST, _SECOND],
    "next_available": _FIRST,
}
AVAILABILITY: Json = {
    "doctors": [
        {
            "doctor_id": DOCTOR,
            "name": "Dr Mina Lee",
            "location": "London",
            "time_zone": "Europe/London",
            "next_available": _FIRST,
            "slots": [_FIRST, _SECOND],
        }
    ],
    "next": None,
}
INVALID_RANGE = _problem_with_error(
    HTTPStatus.BAD_REQUEST,
    "invalid",
    "to is not valid: expected no earlier than from, 2026-11-23",
    field="to",
)
MISSING_SPECIALTY = _problem_with_error(
    HTTPStatus.BAD_REQUEST, "required", "specialty is missing", field="specialty"
)
FREE_SLOT = _FIRST
HOLD: Json = {"holder": "visit-71", "seconds": 300}
HELD_SLOT: Json = {**_FIRST, "status": "busy-tentative", "held_until": "2026-11-22T12:05:00+00:00"}
HOLD_TOO_SHORT = _problem_with_error(
    HTTPStatus.BAD_REQUEST,
    "invalid",
    "seconds is not valid: expected a whole number from 30 to 1800",
    field="seconds",
)
HELD_BY_ANOTHER = _problem_with_error(
    HTTPStatus.CONFLICT,
    "slot_taken",
    "09:00–09:30 is held by another client",
    start=_NINE,
)
MISSING_HOLDER = _problem_with_error(
    HTTPStatus.BAD_REQUEST, "required", "holder is missing", field="holder"
)
BOOKING: Json = {"booking_id": "b-1001", "patient_reference": "ref-5521", "holder": "visit-71"}
BOOKED_SLOT: Json = {**_FIRST, "status": "busy"}
MISSING_PATIENT_REFERENCE = _problem_with_error(
    HTTPStatus.BAD_REQUEST,
    "required",
    "patient_reference is missing",
    field="patient_reference",
)
ALREADY_BOOKED = _problem_with_error(
    HTTPStatus.CONFLICT, "slot_taken", "09:00–09:30 is already booked", start=_NINE
)
BOOKING_ID_MISMATCH = _problem_with_error(
    HTTPStatus.CONFLICT, "slot_taken", "09:00–09:30 is booked by another client", start=_NINE
)
MISSING_BOOKING_ID = _problem_with_error(
    HTTPStatus.BAD_REQUEST, "required", "booking_id is missing", field="booking_id"
)
# The patient prefers 09:30, so the same booking moves to another slot.
MOVE: Json = {
    "booking_id": "b-1001",
    "patient_reference": "ref-5521",
    "moves": f"{DOCTOR}~20261123T0900Z",
}
BOOKED_ELSEWHERE = _problem_with_error(
    HTTPStatus.CONFLICT,
    "booked_elsewhere",
    f"This booking already has the slot {DOCTOR}~20261123T0900Z. To move it to 09:30–10:00, name "
    "that slot in moves.",
    start=f"{DATE}T09:30:00+00:00",
    slot_id=f"{DOCTOR}~20261123T0900Z",
)
TOO_MANY_HOLDS = _problem_with_error(
    HTTPStatus.TOO_MANY_REQUESTS,
    "too_many_holds",
    "You can't hold 09:00–09:30: you hold 20 slots of this doctor, the most that is possible at a "
    "time",
    start=_NINE,
)
BOOKINGS: Json = {
    "bookings": [
        {
            "slot_id": f"{DOCTOR}~20261123T0900Z",
            "start": _NINE,
            "end": f"{DATE}T09:30:00+00:00",
            "booking_id": "b-1001",
            "client": "site-a",
            "booked_at": "2026-11-22T12:00:00+00:00",
            "disrupted": None,
        }
    ]
}

# The practice overrides the hold or booking of a client.
OVERRIDE: Json = {"reason": "The doctor is ill"}
INVALID_REASON = _problem_with_error(
    HTTPStatus.BAD_REQUEST,
    "invalid",
    "reason is not valid: expected 1 to 200 visible characters",
    field="reason",
)
NOT_BOOKED = _problem_with_error(
    HTTPStatus.CONFLICT, "not_booked", "09:00–09:30 is not booked", start=_NINE
)
BEGUN = _problem_with_error(
    HTTPStatus.CONFLICT, "in_past", "09:00–09:30 has already started", start=_NINE
)
RELEASED_HOLDS: Json = {"released": 2}
MISSING_CLIENT = _problem_with_error(
    HTTPStatus.BAD_REQUEST, "required", "client_id is missing", field="client_id"
)

SETTINGS: Json = {
    "name": "Dr Mina Lee",
    "specialty": "cardiology",
    "location": "London",
    "time_zone": "Europe/London",
    "slot_minutes": 30,
    "sessions": [{"from": "09:00", "to": "12:00"}, {"from": "13:00", "to": "17:00"}],
    "lead_minutes": 0,
    "window_days": 365,
    "delegates": ["sam"],
}
SAVED_DOCTOR: Json = {"doctor_id": DOCTOR, **SETTINGS}
DOCTORS: Json = {"doctors": [SAVED_DOCTOR], "next": None}
INVALID_LIMIT = _problem_with_error(
    HTTPStatus.BAD_REQUEST,
    "invalid",
    "limit is not valid: expected a whole number from 1 to 100",
    field="limit",
)
SESSIONS_OVERLAP = _problem_with_error(
    HTTPStatus.BAD_REQUEST,
    "invalid",
    "09:00–12:00 and 11:30–17:00 overlap",
    field="sessions",
)
TIME_ZONE_CHANGED = _problem_with_error(
    HTTPStatus.CONFLICT,
    "invalid",
    "A doctor's time zone can't be changed after it is set (Europe/London). "
    "Create a new doctor instead.",
    field="time_zone",
)

# Errors that any client can get at any time.
UNKNOWN_DOCTOR = problem(HTTPStatus.NOT_FOUND, 'We couldn\'t find a doctor with the ID "dr-who"')
UNKNOWN_PERSON = problem(
    HTTPStatus.NOT_FOUND, 'We couldn\'t find a person with the name "unknown" who has signed in'
)
UNKNOWN_SLOT = _problem_with_error(
    HTTPStatus.NOT_FOUND,
    "slot_not_found",
    "16:00 on 2026-11-23 no longer exists",
    start=f"{DATE}T16:00:00+00:00",
)
UNKNOWN_FILE = problem(HTTPStatus.NOT_FOUND, 'We couldn\'t find a file named "nothing.css"')
METHOD_NOT_ALLOWED = problem(
    HTTPStatus.METHOD_NOT_ALLOWED, "This path does not support that HTTP method"
)
BODY_TOO_LARGE = problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is larger than 65536 bytes")
UNSUPPORTED_MEDIA_TYPE = problem(
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "This path does not accept that content type"
)
INTERNAL_ERROR = problem(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong on our side")
UNAVAILABLE = problem(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The schedule is unavailable right now. Try again in a moment.",
)
