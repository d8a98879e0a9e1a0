"""Requests and their answers, for the API's document: one story of two slots, told as it happens.

Tests send the requests in the order of the story, and compare the answers.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

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


def problem(status: HTTPStatus, detail: str, *errors: Json, **more: object) -> Json:
    """The shape of RFC 9457."""
    return {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "errors": list(errors),
        **more,
    }


def _refused(status: HTTPStatus, code: str, detail: str, **where: object) -> Json:
    return problem(status, detail, {**where, "code": code, "detail": detail})


_NINE = f"{DATE}T09:00:00+00:00"
_FIRST = _slot("09:00", "09:30", "free")
_SECOND = _slot("09:30", "10:00", "free")
_THIRD = _slot("10:00", "10:30", "busy-unavailable")

# A doctor opens two boxes, as JSON ...
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
SAVED: Json = {"message": "Slots saved successfully", **DAY}
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
STALE = problem(
    HTTPStatus.PRECONDITION_FAILED,
    "The day has changed since you read it: it is at version 1 now",
    version=1,
)
KEY_REUSED = problem(
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "This Idempotency-Key was used for another save, which made version 1",
)
# ... or as the page's form would: 10:00 ticked, what was shown left as it was.
FORM: Json = {
    "doctor_id": DOCTOR,
    "date": DATE,
    "version": 1,
    "request_id": "form-1",
    "shown": ["20261123T0900Z", "20261123T0930Z"],
    "offered": ["20261123T0900Z", "20261123T0930Z", "20261123T1000Z"],
    "ticked": ["20261123T0900Z", "20261123T0930Z", "20261123T1000Z"],
}
NO_DATE = _refused(
    HTTPStatus.BAD_REQUEST,
    "invalid",
    "date is not valid: expected a date that exists, as in 2026-11-23",
    field="date",
)
NOBODY = problem(HTTPStatus.UNAUTHORIZED, "You are not signed in")
NOT_ALLOWED = problem(HTTPStatus.FORBIDDEN, "You may not manage the slots of dr-lee")
NOT_SIGNED_IN = problem(
    HTTPStatus.BAD_REQUEST,
    "You are not signed in: this sign-in was not begun here, or too long ago",
)
HISTORY: Json = {
    "changes": [
        {
            "at": "2026-11-22T12:00:00+00:00",
            "by": DOCTOR,
            "client": "api",
            "opened": [_FIRST, _SECOND],
            "withdrawn": [],
        }
    ]
}

# A booking site finds them, holds the first for a visitor, and books it for a patient.
BOOKABLE: Json = {
    "doctor_id": DOCTOR,
    "time_zone": "Europe/London",
    "from": DATE,
    "to": "2026-12-06",
    "slots": [_FIRST, _SECOND],
    "next_available": _FIRST,
}
AVAILABLE: Json = {
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
NO_RANGE = _refused(
    HTTPStatus.BAD_REQUEST,
    "invalid",
    "to is not valid: expected no earlier than from, 2026-11-23",
    field="to",
)
NO_SPECIALTY = _refused(
    HTTPStatus.BAD_REQUEST, "required", "specialty is missing", field="specialty"
)
FREE = _FIRST
HOLD: Json = {"holder": "visit-71", "seconds": 300}
HELD: Json = {**_FIRST, "status": "busy-tentative", "held_until": "2026-11-22T12:05:00+00:00"}
HOLD_TOO_SHORT = _refused(
    HTTPStatus.BAD_REQUEST,
    "invalid",
    "seconds is not valid: Expected `int` >= 30",
    field="seconds",
)
HELD_BY_ANOTHER = _refused(
    HTTPStatus.CONFLICT,
    "slot_taken",
    "Slot is held by somebody else: 09:00-09:30",
    start=_NINE,
)
NO_HOLDER = _refused(HTTPStatus.BAD_REQUEST, "required", "holder is missing", field="holder")
BOOKING: Json = {"booking_id": "b-1001", "patient_reference": "ref-5521", "holder": "visit-71"}
BOOKED: Json = {**_FIRST, "status": "busy"}
NO_PATIENT = _refused(
    HTTPStatus.BAD_REQUEST,
    "required",
    "patient_reference is missing",
    field="patient_reference",
)
BOOKED_BY_ANOTHER = _refused(
    HTTPStatus.CONFLICT, "slot_taken", "Slot is booked already: 09:00-09:30", start=_NINE
)
ANOTHER_BOOKING = _refused(
    HTTPStatus.CONFLICT, "slot_taken", "Slot is booked by somebody else: 09:00-09:30", start=_NINE
)
NO_BOOKING_ID = _refused(
    HTTPStatus.BAD_REQUEST, "required", "booking_id is missing", field="booking_id"
)
# The patient comes at 09:30 rather: the same booking on another slot.
MOVE: Json = {
    "booking_id": "b-1001",
    "patient_reference": "ref-5521",
    "moves": f"{DOCTOR}~20261123T0900Z",
}

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
KEPT: Json = {"doctor_id": DOCTOR, **SETTINGS}
DOCTORS: Json = {"doctors": [KEPT], "next": None}
NO_LIMIT = _refused(
    HTTPStatus.BAD_REQUEST,
    "invalid",
    "limit is not valid: expected a whole number from 1 to 100",
    field="limit",
)
SESSIONS_OVERLAP = _refused(
    HTTPStatus.BAD_REQUEST,
    "invalid",
    "Sessions 09:00-12:00 and 11:30-17:00 overlap",
    field="sessions",
)
ANOTHER_ZONE = _refused(
    HTTPStatus.CONFLICT,
    "invalid",
    "The time zone is set once, to Europe/London: another is another doctor id",
    field="time_zone",
)

# To anybody, at any time.
NO_DOCTOR = problem(HTTPStatus.NOT_FOUND, "There is no doctor dr-who")
NO_SLOT = _refused(
    HTTPStatus.NOT_FOUND,
    "slot_not_found",
    "Slot is not there (any more): 16:00 on 2026-11-23",
    start=f"{DATE}T16:00:00+00:00",
)
NO_FILE = problem(HTTPStatus.NOT_FOUND, "There is no file nothing.css")
WRONG_METHOD = problem(
    HTTPStatus.METHOD_NOT_ALLOWED, "This cannot be done here with that HTTP method"
)
TOO_LARGE = problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is larger than 65536 bytes")
UNKNOWN_TYPE = problem(
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "This kind of body is not understood here"
)
BUG = problem(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong on our side")
OUT_OF_REACH = problem(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The schedule cannot be reached right now: try again in a moment",
)
