"""What the OpenAPI document says of closures of the practice."""

from __future__ import annotations

from http import HTTPStatus

from chalicelib.web.http.request import CSV, JSON
from tools.openapi.example_values import Json, problem, problem_with_error
from tools.openapi.responses import OperationDetails, ResponseDetails, response

_REQUEST: Json = {"from": "2026-12-25", "to": "2026-12-26", "name": "Christmas"}
_CLOSURE: Json = {
    "closure_id": "20261122T120000Z-1f0c9ae27b35",
    **_REQUEST,
    "state": "running",
    "doctors_total": 500,
    "doctors_done": 120,
}
_LIFTED: Json = {**_CLOSURE, "state": "lifting", "doctors_done": 0}
_CSV_LINES = "from,to,name\r\n2026-12-25,,Christmas Day\r\n2026-12-26,,Boxing Day\r\n"
_IN_PAST = problem_with_error(
    HTTPStatus.BAD_REQUEST, "in_past", "Time off can't be in the past", field="to"
)
_OVER = problem_with_error(
    HTTPStatus.CONFLICT, "in_past", "This closure is over", field="closure_id"
)
_NO_SUCH_CLOSURE = response(
    "There is no such closure.",
    unknown_closure=problem(HTTPStatus.NOT_FOUND, "There is no such closure"),
)
_CLOSURE_IS_OVER = response("The closure is over.", over=_OVER)

CLOSURE_OPERATIONS: dict[str, OperationDetails] = {
    "get_closures": OperationDetails(
        responses={200: response("The closures.", one_closure={"closures": [_CLOSURE]})}
    ),
    "post_closure": OperationDetails(
        body={JSON: {"a closure": _REQUEST}, CSV: {"several closures": _CSV_LINES}},
        responses={
            202: ResponseDetails(
                description="Accepted: doctors get it one after the other.",
                examples={"a closure": _CLOSURE},
                optional_headers=("Location",),
            ),
            303: response("Redirect to the page, after its form."),
            400: response("Each wrong field has its reason.", in_the_past=_IN_PAST),
        },
    ),
    "get_closure": OperationDetails(
        responses={200: response("The closure.", running=_CLOSURE), 404: _NO_SUCH_CLOSURE}
    ),
    "delete_closure": OperationDetails(
        responses={
            202: response("Accepted: doctors lose it one after the other.", lifting=_LIFTED),
            404: _NO_SUCH_CLOSURE,
            409: _CLOSURE_IS_OVER,
        }
    ),
    "post_closure_lift": OperationDetails(
        responses={
            303: response("Redirect to the page."),
            404: _NO_SUCH_CLOSURE,
            409: _CLOSURE_IS_OVER,
        }
    ),
}
