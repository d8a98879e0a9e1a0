"""Example requests and responses: a booking site finds, holds and books a slot; the desk overrides.

The slots are those that the doctor opens in ``examples``. Tests send the requests in this order and
compare the responses.
"""

from __future__ import annotations

from http import HTTPStatus

from tools.openapi.example_values import (
    DATE,
    DOCTOR,
    FIRST,
    NINE,
    SECOND,
    Json,
    problem_with_error,
)

# A booking site finds two slots, holds the first one for a visitor, and books it for a patient.
BOOKABLE_SLOTS: Json = {
    "doctor_id": DOCTOR,
    "time_zone": "Europe/London",
    "from": DATE,
    "to": "2026-12-06",
    "slots": [FIRST, SECOND],
    "next_available": FIRST,
}
AVAILABILITY: Json = {
    "doctors": [
        {
            "doctor_id": DOCTOR,
            "name": "Dr Mina Lee",
            "location": "London",
            "time_zone": "Europe/London",
            "next_available": FIRST,
            "slots": [FIRST, SECOND],
        }
    ],
    "next": None,
}
INVALID_RANGE = problem_with_error(
    HTTPStatus.BAD_REQUEST,
    "invalid",
    "to is not valid: expected no earlier than from, 2026-11-23",
    field="to",
)
MISSING_SPECIALTY = problem_with_error(
    HTTPStatus.BAD_REQUEST, "required", "specialty is missing", field="specialty"
)
FREE_SLOT = FIRST
HOLD: Json = {"holder": "visit-71", "seconds": 300}
HELD_SLOT: Json = {**FIRST, "status": "busy-tentative", "held_until": "2026-11-22T12:05:00+00:00"}
HOLD_TOO_SHORT = problem_with_error(
    HTTPStatus.BAD_REQUEST,
    "invalid",
    "seconds is not valid: expected a whole number from 30 to 1800",
    field="seconds",
)
HELD_BY_ANOTHER = problem_with_error(
    HTTPStatus.CONFLICT,
    "slot_taken",
    "09:00–09:30 is held by another client",
    start=NINE,
)
MISSING_HOLDER = problem_with_error(
    HTTPStatus.BAD_REQUEST, "required", "holder is missing", field="holder"
)
BOOKING: Json = {"booking_id": "b-1001", "patient_reference": "ref-5521", "holder": "visit-71"}
BOOKED_SLOT: Json = {**FIRST, "status": "busy"}
MISSING_PATIENT_REFERENCE = problem_with_error(
    HTTPStatus.BAD_REQUEST,
    "required",
    "patient_reference is missing",
    field="patient_reference",
)
ALREADY_BOOKED = problem_with_error(
    HTTPStatus.CONFLICT, "slot_taken", "09:00–09:30 is already booked", start=NINE
)
BOOKING_ID_MISMATCH = problem_with_error(
    HTTPStatus.CONFLICT, "slot_taken", "09:00–09:30 is booked by another client", start=NINE
)
MISSING_BOOKING_ID = problem_with_error(
    HTTPStatus.BAD_REQUEST, "required", "booking_id is missing", field="booking_id"
)
# The patient prefers 09:30, so the same booking moves to another slot.
MOVE: Json = {
    "booking_id": "b-1001",
    "patient_reference": "ref-5521",
    "moves": f"{DOCTOR}~20261123T0900Z",
}
BOOKED_ELSEWHERE = problem_with_error(
    HTTPStatus.CONFLICT,
    "booked_elsewhere",
    f"This booking already has the slot {DOCTOR}~20261123T0900Z. To move it to 09:30–10:00, name "
    "that slot in moves.",
    start=f"{DATE}T09:30:00+00:00",
    slot_id=f"{DOCTOR}~20261123T0900Z",
)
TOO_MANY_HOLDS = problem_with_error(
    HTTPStatus.TOO_MANY_REQUESTS,
    "too_many_holds",
    "You can't hold 09:00–09:30: you hold 20 slots of this doctor, the most that is possible at a "
    "time",
    start=NINE,
)
BOOKINGS: Json = {
    "bookings": [
        {
            "slot_id": f"{DOCTOR}~20261123T0900Z",
            "start": NINE,
            "end": f"{DATE}T09:30:00+00:00",
            "booking_id": "b-1001",
            "client": "site-a",
            "booked_at": "2026-11-22T12:00:00+00:00",
            "disrupted": None,
        }
    ]
}

OFFERS: Json = {
    "offers": [
        {
            "slot_id": f"{DOCTOR}~20261123T0930Z",
            "start": f"{DATE}T09:30:00+00:00",
            "end": f"{DATE}T10:00:00+00:00",
            "status": "free",
            "doctor_id": DOCTOR,
        }
    ]
}

# The practice overrides the hold or booking of a client.
OVERRIDE: Json = {"reason": "The doctor is ill"}
INVALID_REASON = problem_with_error(
    HTTPStatus.BAD_REQUEST,
    "invalid",
    "reason is not valid: expected 1 to 200 visible characters",
    field="reason",
)
NOT_BOOKED = problem_with_error(
    HTTPStatus.CONFLICT, "not_booked", "09:00–09:30 is not booked", start=NINE
)
BEGUN = problem_with_error(
    HTTPStatus.CONFLICT, "in_past", "09:00–09:30 has already started", start=NINE
)
RELEASED_HOLDS: Json = {"released": 2}
MISSING_CLIENT = problem_with_error(
    HTTPStatus.BAD_REQUEST, "required", "client_id is missing", field="client_id"
)
UNKNOWN_SLOT = problem_with_error(
    HTTPStatus.NOT_FOUND,
    "slot_not_found",
    "16:00 on 2026-11-23 no longer exists",
    start=f"{DATE}T16:00:00+00:00",
)
