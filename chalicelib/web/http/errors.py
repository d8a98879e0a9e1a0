"""Every answer from 400 up, in one shape: RFC 9457 for machines, the same sentence for people."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.web.http.types import Headers


class HttpError(Exception):
    """What HTTP itself has a status for."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        """``detail`` is a sentence for a person."""
        super().__init__(detail)
        self.status = status
        self.code = status.name.lower()
        self.headers: Headers = {}


class AuthenticationRequiredError(HttpError):
    """Nobody is signed in, or not any more (RFC 6750)."""

    def __init__(self, *, invalid_token: bool = False) -> None:
        """``invalid_token``: one was brought that is not valid, or not any more."""
        detail = "The token is not valid" if invalid_token else "You are not signed in"
        super().__init__(HTTPStatus.UNAUTHORIZED, detail)
        self.code = "sign_in_needed"
        challenge = 'Bearer error="invalid_token"' if invalid_token else "Bearer"
        self.headers["WWW-Authenticate"] = challenge
