"""Errors that HTTP itself has a status for."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.web.http.types import Headers

# Clients see these names. Python's own differ from version to version.
_PHRASES = {413: "Request Entity Too Large", 422: "Unprocessable Entity"}
_CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    411: "length_required",
    413: "request_entity_too_large",
    414: "request_uri_too_long",
    415: "unsupported_media_type",
    431: "request_header_fields_too_large",
    500: "internal_server_error",
    501: "not_implemented",
}


def code_of_status(status: int) -> str:
    """Return the public error code of a status, for an error that has no code of its own."""
    return _CODES.get(status, f"status_{status}")


def reason_phrase(status: int) -> str:
    """Return the name of a status, as in ``title`` of problem details."""
    return _PHRASES.get(status) or HTTPStatus(status).phrase


class HttpError(Exception):
    """A 4xx response; ``detail`` is a sentence for a person."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code_of_status(status)
        self.headers: Headers = {}


class AuthenticationRequiredError(HttpError):
    """The request has no valid session or token (RFC 6750).

    With ``invalid_token`` it has a token that is not valid, or has expired. ``reason`` is for the
    request log: one of a few fixed words, never text of the request. Clients don't get it.
    """

    def __init__(self, reason: str = "no_credentials", *, invalid_token: bool = False) -> None:
        detail = "The token is not valid" if invalid_token else "You are not signed in"
        super().__init__(HTTPStatus.UNAUTHORIZED, detail)
        self.code = "sign_in_needed"
        self.reason = reason
        challenge = 'Bearer error="invalid_token"' if invalid_token else "Bearer"
        self.headers["WWW-Authenticate"] = challenge
