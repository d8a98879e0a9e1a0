"""Errors that HTTP itself has a status for."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from chalicelib.domain.text import Text
from chalicelib.web.status_codes import code_of_status

if TYPE_CHECKING:
    from chalicelib.web.http.types import Headers


class HttpError(Exception):
    """An error response; ``detail`` is a sentence for a person."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status
        self.code = code_of_status(status)
        self.headers: Headers = {}


class AuthenticationRequiredError(HttpError):
    """The request has no valid session or token (RFC 6750).

    With ``invalid_token`` it has a token that is not valid, or has expired. ``reason`` is for the
    request log: one of a few fixed words, never text of the request. Clients don't get it.
    """

    def __init__(self, reason: str = "no_credentials", *, invalid_token: bool = False) -> None:
        detail = Text("The token is not valid") if invalid_token else Text("You are not signed in")
        super().__init__(HTTPStatus.UNAUTHORIZED, detail)
        self.code = "sign_in_needed"
        self.reason = reason
        challenge = 'Bearer error="invalid_token"' if invalid_token else "Bearer"
        self.headers["WWW-Authenticate"] = challenge
