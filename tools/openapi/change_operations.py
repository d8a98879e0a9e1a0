"""What the OpenAPI document says of undo."""

from __future__ import annotations

from http import HTTPStatus

from chalicelib.web.http.request import FORM, JSON
from tools.openapi import examples
from tools.openapi.example_values import DATE, DOCTOR, NINE, Json, problem, problem_with_error
from tools.openapi.responses import OperationDetails, response

_CHANGE_ID = f"{DOCTOR}~{DATE}~20261122T120000000001Z~form-1"
_UNDONE: Json = {**examples.SAVED_DAY, "kept": [{"start": NINE, "code": "booked"}]}
_INVALID = problem_with_error(
    HTTPStatus.BAD_REQUEST,
    "invalid",
    "change_id is not valid: expected the change_id of a change of a date",
    field="change_id",
)
_NOTHING_TO_UNDO = problem_with_error(
    HTTPStatus.CONFLICT, "nothing_to_undo", "09:00–09:30 has been booked since", start=NINE
)

CHANGE_OPERATIONS: dict[str, OperationDetails] = {
    "post_undo": OperationDetails(
        body={
            JSON: {"undo a save": {"change_id": _CHANGE_ID}},
            FORM: {
                "undo on the page of a day": {
                    "change_id": _CHANGE_ID,
                    "page": "day",
                    "doctor_id": DOCTOR,
                    "date": DATE,
                }
            },
        },
        responses={
            200: response("Undone. The day as it is now.", undone=_UNDONE),
            303: response("Redirect to the page that sent the form."),
            400: response("Malformed request.", invalid_id=_INVALID),
            404: response(
                "There is no such change.",
                unknown=problem(HTTPStatus.NOT_FOUND, "There is no such change"),
            ),
            409: response(
                "Nothing of it can be undone; each slot has its reason.",
                booked_since=_NOTHING_TO_UNDO,
            ),
        },
    ),
}
