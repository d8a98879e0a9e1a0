"""Every answer from 400 up, in one shape: RFC 9457 for machines, the same sentence for people."""

from __future__ import annotations

from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec
from chalice.app import Response

from chalicelib import request_context
from chalicelib.domain import errors
from chalicelib.web.api.problem_details import PROBLEM_JSON, Problem, problem_from_error
from chalicelib.web.http.errors import HttpError
from chalicelib.web.http.negotiation import VARY, wants_html

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalice.app import Request

    from chalicelib.web.http.types import Headers


def render_problem(problem: Problem, request: Request) -> Response:
    """JSON; or to a browser a page, and to htmx a notice that leaves its form alone."""
    request_context.current_request().code = problem.code
    if not wants_html(request):
        body = msgspec.json.encode(problem.to_schema()).decode()
        headers: Headers = {
            "Content-Type": PROBLEM_JSON,
            **VARY,
            **problem.headers,
        }
        return Response(body=body, status_code=problem.status.value, headers=headers)

    # The template engine is no part of a machine's answer, nor of its cold start.
    from chalicelib.web.pages.error_page import render_error  # noqa: PLC0415

    return render_error(problem, request)


def handle_errors(get_request: Callable[[], Request]) -> Callable[[Any], Any]:
    """Decorate a view: what it raises becomes its answer. Chalice makes any other error a 500."""

    def decorate(view: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(view)
        def translating(*args: str, **kwargs: str) -> Response:
            try:
                return view(*args, **kwargs)
            except (errors.DomainError, HttpError) as error:
                return render_problem(problem_from_error(error), get_request())

        return translating

    return decorate


_FRAMEWORK_MESSAGES = {
    HTTPStatus.METHOD_NOT_ALLOWED: "This path does not support that HTTP method",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "This path does not accept that content type",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong on our side",
}


def normalize_framework_errors(
    request: Request, get_response: Callable[[Request], Response]
) -> Response:
    """Middleware: Chalice's own errors become problems."""
    response = get_response(request)
    if isinstance(response.body, dict) and response.body.keys() == {"Code", "Message"}:
        status = HTTPStatus(response.status_code)
        detail = _FRAMEWORK_MESSAGES.get(status, str(response.body["Message"]))
        code = status.name.lower()
        problem = Problem(status=status, code=code, detail=detail, headers=_allow_header(response))
        return render_problem(problem, request)
    return response


def _allow_header(response: Response) -> Headers:
    return {name: value for name, value in response.headers.items() if name == "Allow"}
