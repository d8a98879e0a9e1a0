"""Example requests and responses: a doctor opens slots, settings, sign-in and general errors.

They are the start of one scenario, which ``booking_examples`` continues. Tests send the requests in
this order and compare the responses.
"""

from __future__ import annotations

from http import HTTPStatus

from tools.openapi.example_values import (
    DATE,
    DOCTOR,
    FIRST,
    NINE,
    SECOND,
    THIRD,
    Json,
    problem,
    problem_with_error,
)

ORIGIN: Json = {
    "change_id": f"{DOCTOR}~{DATE}~20261122T120000000000Z~save-71",
    "series_id": None,
}
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
    "time_off": [],
    "slots": [{**FIRST, "origin": ORIGIN}, {**SECOND, "origin": ORIGIN}, THIRD],
}
SAVED_DAY: Json = {"message": "Slots saved successfully", **DAY}
SLOT_EXISTS = problem(
    HTTPStatus.BAD_REQUEST,
    "Slot already exists: 09:00-09:30; Slot already exists: 09:30-10:00",
    {"start": NINE, "code": "slot_exists", "detail": "Slot already exists: 09:00-09:30"},
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
            "opened": [{**THIRD, "status": "free"}],
            "closed": [],
            "booked": [],
            "cancelled": [],
            "kept": [],
            "plan_id": None,
            "undoes": None,
            "can_undo": True,
        }
    ],
    "next": None,
}
INVALID_DATE = problem_with_error(
    HTTPStatus.BAD_REQUEST,
    "invalid",
    "That isn't a real date. Use the format 2026-11-23.",
    field="date",
)
INVALID_DOCTOR_ID = problem_with_error(
    HTTPStatus.BAD_REQUEST,
    "invalid",
    "doctor_id is not valid: expected 1 to 64 letters, digits, _ or -",
    field="doctor_id",
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

EVERY_DAY = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
SETTINGS: Json = {
    "name": "Dr Mina Lee",
    "specialty": "cardiology",
    "location": "London",
    "time_zone": "Europe/London",
    "slot_minutes": 30,
    "sessions": [
        {"days_of_week": EVERY_DAY, "from": "09:00", "to": "12:00"},
        {"days_of_week": EVERY_DAY, "from": "13:00", "to": "17:00"},
    ],
    "lead_minutes": 0,
    "window_days": 365,
    "active": True,
    "delegates": ["sam"],
}
SAVED_DOCTOR: Json = {"doctor_id": DOCTOR, **SETTINGS}
DOCTORS: Json = {"doctors": [SAVED_DOCTOR], "next": None}
INVALID_LIMIT = problem_with_error(
    HTTPStatus.BAD_REQUEST,
    "invalid",
    "limit is not valid: expected a whole number from 1 to 100",
    field="limit",
)
SESSIONS_OVERLAP = problem_with_error(
    HTTPStatus.BAD_REQUEST,
    "invalid",
    "09:00–12:00 and 11:30–17:00 overlap",
    field="sessions",
)
TIME_ZONE_CHANGED = problem_with_error(
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
UNKNOWN_FILE = problem(HTTPStatus.NOT_FOUND, 'We couldn\'t find a file named "nothing.css"')
TOO_MANY_REQUESTS = problem(
    HTTPStatus.TOO_MANY_REQUESTS, "Too many requests. Try again in a moment."
)
METHOD_NOT_ALLOWED = problem(
    HTTPStatus.METHOD_NOT_ALLOWED, "This path does not support that HTTP method"
)
BODY_TOO_LARGE = problem(
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is larger than 131072 bytes"
)
UNSUPPORTED_MEDIA_TYPE = problem(
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "This path does not accept that content type"
)
INTERNAL_ERROR = problem(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong on our side")
UNAVAILABLE = problem(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The schedule is unavailable right now. Try again in a moment.",
)
