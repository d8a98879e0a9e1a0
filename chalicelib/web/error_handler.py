"""Convert errors into responses: problem details (RFC 9457), an error page, or FHIR's outcome."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec
from chalice.app import Response

from chalicelib import request_context
from chalicelib.domain.errors import (
    ConflictError,
    DomainError,
    RequestRejectedError,
    SlotNotFoundError,
)
from chalicelib.domain.text import Text
from chalicelib.web.api.problem_details import PROBLEM_JSON, Problem, problem_from_error
from chalicelib.web.http.errors import HttpError
from chalicelib.web.http.negotiation import VARY, wants_html
from chalicelib.web.status_codes import code_of_status
from chalicelib.web.texts import translate

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalice.app import Request

    from chalicelib.web.http.types import Headers


def handle_errors(view: Callable[..., Response]) -> Callable[..., Response]:
    """Decorate a view: its domain and HTTP errors become responses.

    Chalice turns any other exception into a 500, since it is a bug.
    """

    def handler(request: Request, **path_parameters: str) -> Response:
        try:
            return view(request, **path_parameters)
        except (DomainError, HttpError) as error:
            return render_problem(problem_from_error(error), request)

    return handler


_CONTENT_STATUSES = (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)


def is_malformed_request(error: Exception) -> bool:
    """Return whether the error says that the request itself is invalid, whatever is stored."""
    if isinstance(error, HttpError):
        return error.status in _CONTENT_STATUSES
    is_rejected = isinstance(error, RequestRejectedError)
    return is_rejected and not isinstance(error, (ConflictError, SlotNotFoundError))


def is_fhir(request: Request) -> bool:
    """Return whether the request is one of the FHIR facade, which has responses of its own."""
    return str(request.path).startswith("/fhir/")


def render_problem(problem: Problem, request: Request) -> Response:
    """Return problem details as JSON, an error page for a browser, or a notice for htmx.

    FHIR's clients get an OperationOutcome.
    """
    request_context.current_request().code = problem.code
    if is_fhir(request):
        from chalicelib.web.fhir.outcomes import render_outcome  # noqa: PLC0415  only FHIR needs it

        return render_outcome(problem)
    if wants_html(request):
        from chalicelib.web.pages.error_page import render_error  # noqa: PLC0415  API clients need no template engine

        return render_error(problem, request)
    headers: Headers = {"Content-Type": PROBLEM_JSON, **VARY, **problem.headers}
    body = msgspec.json.encode(problem.to_schema()).decode()
    return Response(body=body, status_code=problem.status.value, headers=headers)


_FRAMEWORK_MESSAGES = {
    HTTPStatus.METHOD_NOT_ALLOWED: Text("This path does not support that HTTP method"),
    HTTPStatus.INTERNAL_SERVER_ERROR: Text("Something went wrong on our side"),
}


def normalize_framework_errors(
    request: Request, get_response: Callable[[Request], Response]
) -> Response:
    """Middleware that converts Chalice's ``{Code, Message}`` errors to problem details."""
    response = get_response(request)
    if isinstance(response.body, dict) and response.body.keys() == {"Code", "Message"}:
        return render_problem(_problem_from_framework(response), request)
    return response


def _problem_from_framework(response: Response) -> Problem:
    status = HTTPStatus(response.status_code)
    return Problem(
        status=status,
        code=code_of_status(status),
        detail=translate(_FRAMEWORK_MESSAGES.get(status) or str(response.body["Message"])),
        headers={name: value for name, value in response.headers.items() if name == "Allow"},
    )
