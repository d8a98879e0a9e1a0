"""OperationOutcome: the body of every error of the FHIR facade."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec
from chalice.app import Response

from chalicelib.web.fhir.media_types import FHIR_JSON
from chalicelib.web.http.negotiation import VARY

if TYPE_CHECKING:
    from chalicelib.web.api.problem_details import Problem
    from chalicelib.web.fhir.resources import Resource
    from chalicelib.web.http.types import Headers

# https://hl7.org/fhir/R4/valueset-issue-type.html
_ISSUE_TYPES = {
    HTTPStatus.BAD_REQUEST: "invalid",
    HTTPStatus.UNAUTHORIZED: "login",
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.NOT_FOUND: "not-found",
    HTTPStatus.METHOD_NOT_ALLOWED: "not-supported",
    HTTPStatus.NOT_ACCEPTABLE: "not-supported",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too-long",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "not-supported",
    HTTPStatus.TOO_MANY_REQUESTS: "throttled",
    HTTPStatus.INTERNAL_SERVER_ERROR: "exception",
    HTTPStatus.SERVICE_UNAVAILABLE: "transient",
}
_CODES = {"too_many": "too-costly", "unknown_member": "not-supported"}


def render_outcome(problem: Problem) -> Response:
    """Return the problem as an OperationOutcome, with an issue for each of its errors."""
    headers: Headers = {"Content-Type": FHIR_JSON, **VARY, **problem.headers}
    body = msgspec.json.encode(_outcome(problem)).decode()
    return Response(body=body, status_code=problem.status.value, headers=headers)


def _outcome(problem: Problem) -> Resource:
    kind = _ISSUE_TYPES.get(problem.status, "processing")
    issues = [
        _issue(_CODES.get(entry.code, kind), entry.detail, _field(entry.field))
        for entry in problem.errors
    ]
    return {"resourceType": "OperationOutcome", "issue": issues or [_issue(kind, problem.detail)]}


def _issue(kind: str, detail: str, expression: str | None = None) -> Resource:
    where = {"expression": [expression]} if expression else {}
    return {"severity": "error", "code": kind, "details": {"text": detail}, **where}


def _field(field: str | msgspec.UnsetType) -> str | None:
    return f"http.{field}" if isinstance(field, str) else None
