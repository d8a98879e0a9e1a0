"""What API Gateway refuses without asking the app, in the one shape of our errors (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.web.api.problem_details import PROBLEM_JSON, problem_from_error
from chalicelib.web.http import security_headers
from chalicelib.web.http.errors import HttpError

if TYPE_CHECKING:
    from collections.abc import Mapping

_NOTHING_HERE = "There is nothing here, or not by this method"
_NOT_ALLOWED = "You may not do this"
_OUR_FAULT = "Something went wrong on our side"
_TOO_LONG = (
    "The answer took too long: whether it was done is not known, so look before trying again"
)

# By API Gateway's own names. To an unknown path or method it says 403 "Missing Authentication
# Token"; the default ones stand for whatever is not listed.
_SAYS: Mapping[str, tuple[HTTPStatus, str]] = {
    "ACCESS_DENIED": (HTTPStatus.FORBIDDEN, _NOT_ALLOWED),
    "API_CONFIGURATION_ERROR": (HTTPStatus.INTERNAL_SERVER_ERROR, _OUR_FAULT),
    "BAD_REQUEST_BODY": (HTTPStatus.BAD_REQUEST, "The body of the request is not understood"),
    "BAD_REQUEST_PARAMETERS": (HTTPStatus.BAD_REQUEST, "The request is not understood"),
    "DEFAULT_4XX": (HTTPStatus.BAD_REQUEST, "The request is not understood"),
    "DEFAULT_5XX": (HTTPStatus.INTERNAL_SERVER_ERROR, _OUR_FAULT),
    "EXPIRED_TOKEN": (HTTPStatus.NOT_FOUND, _NOTHING_HERE),
    "INTEGRATION_FAILURE": (HTTPStatus.GATEWAY_TIMEOUT, _TOO_LONG),
    "INTEGRATION_TIMEOUT": (HTTPStatus.GATEWAY_TIMEOUT, _TOO_LONG),
    "INVALID_API_KEY": (HTTPStatus.FORBIDDEN, _NOT_ALLOWED),
    "INVALID_SIGNATURE": (HTTPStatus.NOT_FOUND, _NOTHING_HERE),
    "MISSING_AUTHENTICATION_TOKEN": (HTTPStatus.NOT_FOUND, _NOTHING_HERE),
    "QUOTA_EXCEEDED": (HTTPStatus.TOO_MANY_REQUESTS, "That was the last request of the day"),
    "REQUEST_TOO_LARGE": (
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "The body of the request is too long",
    ),
    "RESOURCE_NOT_FOUND": (HTTPStatus.NOT_FOUND, _NOTHING_HERE),
    "THROTTLED": (HTTPStatus.TOO_MANY_REQUESTS, "Too many requests: try again in a moment"),
    "UNAUTHORIZED": (HTTPStatus.UNAUTHORIZED, "You are not signed in"),
    "UNSUPPORTED_MEDIA_TYPE": (
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "This kind of body is not understood here",
    ),
    "WAF_FILTERED": (HTTPStatus.FORBIDDEN, _NOT_ALLOWED),
}
_RETRY_AFTER = {"THROTTLED": 1, "QUOTA_EXCEEDED": 3600, "INTEGRATION_TIMEOUT": 1}


def gateway_responses() -> dict[str, Any]:
    """Give the ``GatewayResponses`` of SAM's API."""
    return {kind: _response(kind, status, detail) for kind, (status, detail) in _SAYS.items()}


def _response(kind: str, status: HTTPStatus, detail: str) -> dict[str, Any]:
    # What the app says in every answer, and API Gateway is always reached over TLS.
    headers = {
        "Content-Type": PROBLEM_JSON,
        **security_headers.BASE_HEADERS,
        **security_headers.HSTS_HEADERS,
    }
    headers |= security_headers.DEFAULT_HEADERS
    if seconds := _RETRY_AFTER.get(kind):
        headers["Retry-After"] = str(seconds)
    document = problem_from_error(HttpError(status, detail)).to_schema()
    return {
        # A "$" in the template would begin a variable: there is none.
        "StatusCode": str(status.value),
        "ResponseParameters": {"Headers": {name: f"'{value}'" for name, value in headers.items()}},
        # Named by what API Gateway falls back to, whatever the client accepts.
        "ResponseTemplates": {"application/json": msgspec.json.encode(document).decode()},
    }
