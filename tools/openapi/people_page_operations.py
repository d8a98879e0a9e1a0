"""What the OpenAPI document says of the pages on which admins manage doctors and people."""

from __future__ import annotations

from tools.openapi import examples
from tools.openapi.responses import HTML_PAGE, OperationDetails, response

_WRONG_FIELDS = response(
    "Each wrong field has its reason; a browser gets the form again.",
    invalid_id=examples.INVALID_DOCTOR_ID,
)

PEOPLE_PAGE_OPERATIONS: dict[str, OperationDetails] = {
    "get_people": OperationDetails(responses={200: HTML_PAGE}),
    "get_new_doctor": OperationDetails(responses={200: HTML_PAGE}),
    "post_new_doctor": OperationDetails(responses={200: HTML_PAGE, 400: _WRONG_FIELDS}),
    "get_new_delegate": OperationDetails(responses={200: HTML_PAGE}),
    "post_new_delegate": OperationDetails(responses={200: HTML_PAGE, 400: _WRONG_FIELDS}),
    "get_doctor_sign_in": OperationDetails(responses={200: HTML_PAGE}),
    "post_doctor_sign_in": OperationDetails(responses={200: HTML_PAGE, 400: _WRONG_FIELDS}),
    "post_doctor_active": OperationDetails(
        responses={303: response("Redirect to the doctors."), 400: _WRONG_FIELDS}
    ),
}
