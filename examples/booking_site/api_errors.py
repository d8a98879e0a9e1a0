"""Errors of the API client.

Each has a sentence for the visitor in ``detail``:

SlotsApiError
  RequestRejectedError   the slot's state or the request itself does not allow it (400, 409), or the
                         site holds too many slots of the doctor (429)
  NotFoundError          no such doctor or slot (404)
  ApiUnavailableError    no response, or one that does not help the visitor (everything else)
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import requests

PROBLEM_TYPE = "application/problem+json"


class SlotsApiError(Exception):
    """The base class; ``status`` is the status of the error page.

    ``codes`` name the reasons for programs, for example ``slot_taken``; ``start`` is the start of
    the slot that the error is about, if it is about one.
    """

    status = HTTPStatus.SERVICE_UNAVAILABLE

    def __init__(
        self, detail: str, *, codes: Sequence[str] = (), start: datetime | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.codes = codes
        self.start = start


class RequestRejectedError(SlotsApiError):
    status = HTTPStatus.BAD_REQUEST


class NotFoundError(SlotsApiError):
    status = HTTPStatus.NOT_FOUND


class ApiUnavailableError(SlotsApiError):
    """``reason`` is for the site's log, not for the visitor."""

    def __init__(self, reason: str) -> None:
        super().__init__("We can't reach the doctors' calendars right now.")
        self.reason = reason


def error_from_response(response: requests.Response) -> SlotsApiError:
    """Convert problem details (RFC 9457); a body of another type does not come from the API."""
    cause = f"{response.status_code} from {response.url}"
    if not response.headers.get("Content-Type", "").startswith(PROBLEM_TYPE):
        return ApiUnavailableError(cause)
    problem = json_body(response)
    match response.status_code:
        case HTTPStatus.NOT_FOUND:
            return _slot_error(NotFoundError, problem)
        case HTTPStatus.BAD_REQUEST | HTTPStatus.CONFLICT:
            return _slot_error(RequestRejectedError, problem)
        case HTTPStatus.TOO_MANY_REQUESTS if problem.get("errors"):
            return _slot_error(RequestRejectedError, problem)
        case _:
            return ApiUnavailableError(f"{cause}: {problem['detail']}")


def _slot_error(error_type: type[SlotsApiError], problem: dict[str, Any]) -> SlotsApiError:
    errors = problem.get("errors", [])
    starts = [datetime.fromisoformat(error["start"]) for error in errors if "start" in error]
    codes = [error["code"] for error in errors]
    return error_type(problem["detail"], codes=codes, start=starts[0] if starts else None)


def json_body(response: requests.Response) -> dict[str, Any]:
    """Parse the body.

    Raises:
        ApiUnavailableError: it is not JSON.
    """
    try:
        body: dict[str, Any] = response.json()
    except ValueError as error:
        raise ApiUnavailableError(
            f"{response.url} responded with something else than JSON"
        ) from error
    return body
