"""What the OpenAPI document says of the practice day. The examples follow those of a day."""

from __future__ import annotations

from chalicelib.web.http.request import FORM, JSON
from tools.openapi import examples
from tools.openapi.example_values import DATE, DOCTOR, Json
from tools.openapi.responses import OperationDetails, response

PRACTICE: Json = {
    "date": DATE,
    "doctors": [
        {
            "doctor_id": DOCTOR,
            "name": "Dr Mina Lee",
            "specialty": "cardiology",
            "location": "London",
            "time_zone": "Europe/London",
            "version": 1,
            "time_off": [],
            "slots": examples.DAY["slots"],
        }
    ],
    "next": None,
}
SAVE_PRACTICE: Json = {
    "date": DATE,
    "doctors": [{"doctor_id": DOCTOR, "slots": examples.SAVE["slots"]}],
}
PRACTICE_FORM: Json = {
    "date": DATE,
    "version": [f"{DOCTOR}/1"],
    "request_id": "form-1",
    "shown": [f"{DOCTOR}/20261123T0900Z-30"],
    "offered": [f"{DOCTOR}/20261123T0900Z-30", f"{DOCTOR}/20261123T1000Z-30"],
    "ticked": [f"{DOCTOR}/20261123T0900Z-30", f"{DOCTOR}/20261123T1000Z-30"],
}
_SAVED_DOCTOR: Json = {
    "doctor_id": DOCTOR,
    "status": 200,
    "version": 1,
    "slots": examples.DAY["slots"],
}
SAVED_PRACTICE: Json = {"date": DATE, "doctors": [_SAVED_DOCTOR]}
_REJECTED_DOCTOR: Json = {
    "doctor_id": DOCTOR,
    "status": 400,
    "detail": examples.SLOT_EXISTS["detail"],
    "errors": examples.SLOT_EXISTS["errors"],
}
REJECTED_PRACTICE: Json = {**examples.SLOT_EXISTS, "date": DATE, "doctors": [_REJECTED_DOCTOR]}
PARTLY_SAVED_PRACTICE: Json = {"date": DATE, "doctors": [_REJECTED_DOCTOR]}

PRACTICE_OPERATIONS: dict[str, OperationDetails] = {
    "get_practice": OperationDetails(
        responses={
            200: response("The date of each doctor.", one_of_the_doctors=PRACTICE),
            400: response("Malformed request.", invalid_date=examples.INVALID_DATE),
        }
    ),
    "post_practice": OperationDetails(
        body={
            JSON: {"open two slots of a doctor": SAVE_PRACTICE},
            FORM: {"open a slot": PRACTICE_FORM},
        },
        responses={
            200: response("All dates are saved.", first_doctor=SAVED_PRACTICE),
            207: response("Some dates are saved.", a_rejected_doctor=PARTLY_SAVED_PRACTICE),
            303: response("Redirect to the page after it sent the form."),
            400: response("No date is saved.", already_open=REJECTED_PRACTICE),
            422: response(
                "This `Idempotency-Key` was used for another save of one of these doctors.",
                another_body=examples.IDEMPOTENCY_KEY_REUSED,
            ),
        },
    ),
}
