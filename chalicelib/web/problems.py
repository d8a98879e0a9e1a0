"""Every answer from 400 up, in one shape: RFC 9457 for machines, the same sentence for people."""

from __future__ import annotations

from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec
from chalice.app import Response
from msgspec import Struct, field

from chalicelib import observation
from chalicelib.domain import errors, wall_time
from chalicelib.domain.faults import FieldFault, Overlaps
from chalicelib.web import negotiation, shapes

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from chalice.app import Request

    from chalicelib.domain.faults import Fault

PROBLEM_JSON = "application/problem+json"


class HttpError(Exception):
    """What HTTP itself has a status for."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        """``detail`` is a sentence for a person."""
        super().__init__(detail)
        self.status = status
        self.code = status.name.lower()
        self.headers: negotiation.Headers = {}


class AuthenticationRequiredError(HttpError):
    """Nobody is signed in, or not any more (RFC 6750)."""

    def __init__(self, *, invalid_token: bool = False) -> None:
        """``invalid_token``: one was brought that is not valid, or not any more."""
        detail = "The token is not valid" if invalid_token else "You are not signed in"
        super().__init__(HTTPStatus.UNAUTHORIZED, detail)
        self.code = "sign_in_needed"
        challenge = 'Bearer error="invalid_token"' if invalid_token else "Bearer"
        self.headers["WWW-Authenticate"] = challenge


class Problem(Struct, frozen=True, kw_only=True):
    """``version`` is the day's, where the client asked for another.

    ``code`` names the situation in the log: that of the first error, if there are ``errors``.
    """

    status: HTTPStatus
    code: str
    detail: str
    errors: tuple[shapes.ErrorEntry, ...] = ()
    version: int | msgspec.UnsetType = msgspec.UNSET
    headers: negotiation.Headers = field(default_factory=dict)

    def to_schema(self) -> shapes.Problem:
        """The members of RFC 9457, ``errors``, and what else there is to know."""
        return shapes.Problem(
            type="about:blank",
            title=self.status.phrase,
            status=self.status.value,
            detail=self.detail,
            errors=list(self.errors),
            version=self.version,
        )


_STATUSES: dict[type[errors.DomainError], HTTPStatus] = {
    errors.Refused: HTTPStatus.BAD_REQUEST,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.SlotUnknown: HTTPStatus.NOT_FOUND,
    errors.DoctorNotFound: HTTPStatus.NOT_FOUND,
    errors.NotAllowed: HTTPStatus.FORBIDDEN,
    errors.VersionMismatch: HTTPStatus.PRECONDITION_FAILED,
    errors.KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.OutcomeUnknown: HTTPStatus.SERVICE_UNAVAILABLE,
}


def problem_from_error(error: errors.DomainError | HttpError) -> Problem:
    """What an error is to a client."""
    code, detail = _error_code(error), str(error)
    if isinstance(error, HttpError):
        return Problem(status=error.status, code=code, detail=detail, headers=error.headers)
    status = next(_STATUSES[kind] for kind in type(error).__mro__ if kind in _STATUSES)
    match error:
        case errors.Refused(faults=faults, zone=zone):
            told = tuple(_error_entry(fault, zone) for fault in faults)
            return Problem(status=status, code=code, detail=detail, errors=told)
        case errors.VersionMismatch(version=version):
            return Problem(status=status, code=code, detail=detail, version=version)
        case errors.Unavailable(retry_after=seconds):
            return Problem(
                status=status, code=code, detail=detail, headers={"Retry-After": str(seconds)}
            )
        case errors.OutcomeUnknown():
            return Problem(status=status, code=code, detail=detail, headers={"Retry-After": "1"})
        case _:
            return Problem(status=status, code=code, detail=detail)


def _error_code(error: errors.DomainError | HttpError) -> str:
    """Return the code of the first slot or field at fault, else the error's own."""
    if isinstance(error, errors.Refused) and error.faults:
        return error.faults[0].code
    return error.code


def _error_entry(violation: Fault | FieldFault, zone: ZoneInfo | None) -> shapes.ErrorEntry:
    if isinstance(violation, FieldFault):
        return shapes.ErrorEntry(
            field=violation.field, code=violation.code, detail=violation.detail
        )
    told = shapes.ErrorEntry(
        start=_format_instant(violation.start, zone), code=violation.code, detail=violation.detail
    )
    if isinstance(violation, Overlaps):
        other = violation.conflicts_with
        told.conflicts_with = shapes.TimeRange(
            start=_format_instant(other.start, zone), end=_format_instant(other.end, zone)
        )
    return told


def _format_instant(instant: datetime | str, zone: ZoneInfo | None) -> str:
    if isinstance(instant, str):
        return instant
    return wall_time.rfc3339(instant, zone) if zone else instant.isoformat()


def render_problem(problem: Problem, request: Request) -> Response:
    """JSON; or to a browser a page, and to htmx a notice that leaves its form alone."""
    observation.current().code = problem.code
    if not negotiation.wants_html(request):
        body = msgspec.json.encode(problem.to_schema()).decode()
        headers: negotiation.Headers = {
            "Content-Type": PROBLEM_JSON,
            **negotiation.VARY,
            **problem.headers,
        }
        return Response(body=body, status_code=problem.status.value, headers=headers)

    # The template engine is no part of a machine's answer, nor of its cold start.
    from chalicelib.web import rendering  # noqa: PLC0415

    return rendering.render_error(problem, request)


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
    HTTPStatus.METHOD_NOT_ALLOWED: "This cannot be done here with that HTTP method",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "This kind of body is not understood here",
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


def _allow_header(response: Response) -> negotiation.Headers:
    return {name: value for name, value in response.headers.items() if name == "Allow"}
