"""What the OpenAPI document says of weeks and months. The examples follow those of a day."""

from __future__ import annotations

from chalicelib.web.http.request import FORM, JSON
from tools.openapi import examples
from tools.openapi.example_values import DATE, DOCTOR, Json
from tools.openapi.responses import OperationDetails, response

_INVALID_DATE = response("Malformed request.", invalid_date=examples.INVALID_DATE)
WEEK: Json = {
    "doctor_id": DOCTOR,
    "time_zone": "Europe/London",
    "from": DATE,
    "to": "2026-11-29",
    "days": [{"date": DATE, "version": 1, "time_off": [], "slots": examples.DAY["slots"]}],
}
SAVE_WEEK: Json = {
    "doctor_id": DOCTOR,
    "days": [
        {"date": DATE, "slots": examples.SAVE["slots"]},
        {"date": "2026-11-24", "slots": [{"start": "09:00", "status": "free"}]},
    ],
}
WEEK_FORM: Json = {
    "doctor_id": DOCTOR,
    "date": DATE,
    "version": [f"{DATE}/1"],
    "request_id": "form-1",
    "shown": [f"{DATE}/20261123T0900Z-30"],
    "offered": [f"{DATE}/20261123T0900Z-30", f"{DATE}/20261123T1000Z-30"],
    "ticked": [f"{DATE}/20261123T0900Z-30", f"{DATE}/20261123T1000Z-30"],
}
_SAVED_DATE: Json = {"date": DATE, "status": 200, "version": 1, "slots": examples.DAY["slots"]}
SAVED_WEEK: Json = {"days": [_SAVED_DATE]}
_REJECTED_DATE: Json = {
    "date": DATE,
    "status": 400,
    "detail": examples.SLOT_EXISTS["detail"],
    "errors": examples.SLOT_EXISTS["errors"],
}
REJECTED_WEEK: Json = {**examples.SLOT_EXISTS, "days": [_REJECTED_DATE]}
PARTLY_SAVED_WEEK: Json = {"days": [_REJECTED_DATE]}
MONTH: Json = {
    "doctor_id": DOCTOR,
    "time_zone": "Europe/London",
    "month": "2026-11",
    "days": [
        {
            "date": "2026-11-01",
            "open": 0,
            "held": 0,
            "booked": 0,
            "disrupted": 0,
            "time_off": None,
        }
    ],
    "weeks": [{"from": "2026-10-26", "open": 0, "booked": 0}],
    "fill_rate": 0.0,
    "third_next_available_days": 2,
}

WEEK_OPERATIONS: dict[str, OperationDetails] = {
    "get_week": OperationDetails(
        responses={200: response("The week.", one_day_of_it=WEEK), 400: _INVALID_DATE}
    ),
    "post_week": OperationDetails(
        body={
            JSON: {"open slots on two dates": SAVE_WEEK},
            FORM: {"open a slot": WEEK_FORM},
        },
        responses={
            200: response("All dates are saved.", first_date=SAVED_WEEK),
            207: response("Some dates are saved.", a_rejected_date=PARTLY_SAVED_WEEK),
            303: response("Redirect to the page after it sent the form."),
            400: response("No date is saved.", already_open=REJECTED_WEEK),
            422: response(
                "This `Idempotency-Key` was used for another save of one of these dates.",
                another_body=examples.IDEMPOTENCY_KEY_REUSED,
            ),
        },
    ),
    "get_month": OperationDetails(
        responses={200: response("The month.", first_date_and_week=MONTH), 400: _INVALID_DATE}
    ),
}
