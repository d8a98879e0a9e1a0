"""Cognito's access token for a person's own account, kept while they change their password.

It is in an encrypted cookie, because it can also change their second factor: the app stores no
token, and a browser cannot read this one.
"""

from __future__ import annotations

import base64
import hmac
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from chalicelib.domain.text import Text
from chalicelib.web.http import cookies
from chalicelib.web.http.errors import HttpError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from chalice.app import Request

    from chalicelib.web.auth.sessions import LoginSession

# Time to think of a new password.
LIFETIME = timedelta(minutes=10)
# Browsers drop longer cookies, and without it the page would ask to sign in again and again.
MAX_COOKIE_BYTES = 4096
_NAME = "account"
_PATH = "/account/password"


class AccountTokenStore:
    """Stores an access token in a cookie of one path, for one login session.

    The last of ``keys`` encrypts; the others remain valid, so that keys can be rotated.
    """

    def __init__(self, keys: Callable[[], Sequence[str]]) -> None:
        self._keys = keys

    def read(self, request: Request, session: LoginSession, now: datetime) -> str | None:
        """Return the token; None if there is none of this session, or it has expired."""
        text = cookies.get(request, cookies.prefixed_name(request, _NAME, _PATH))
        if not text:
            return None
        try:
            raw = self._fernet().decrypt_at_time(
                text + "=" * (-len(text) % 4), int(LIFETIME.total_seconds()), int(now.timestamp())
            )
        except InvalidToken:
            return None
        session_id, _, token = raw.decode().partition(" ")
        return token if session_id == session.session_id else None

    def write(self, request: Request, session: LoginSession, token: str, now: datetime) -> str:
        """Return the ``Set-Cookie`` header of a token.

        Raises:
            HttpError: the token is too long for a cookie.
        """
        raw = f"{session.session_id} {token}".encode()
        encrypted = self._fernet().encrypt_at_time(raw, int(now.timestamp())).decode()
        # Without the padding, which would have to be quoted in a cookie.
        header = _set_cookie_header(request, encrypted.rstrip("="), LIFETIME)
        if len(header) > MAX_COOKIE_BYTES:
            detail = Text(
                "You can't change your password here: the sign-in service's token is too long."
            )
            raise HttpError(HTTPStatus.INTERNAL_SERVER_ERROR, detail)
        return header

    def delete(self, request: Request) -> str:
        """Return the ``Set-Cookie`` header that removes the token from this browser."""
        return _set_cookie_header(request, "", timedelta())

    def _fernet(self) -> MultiFernet:
        return MultiFernet([Fernet(_derive_key(key)) for key in reversed(self._keys())])


def _set_cookie_header(request: Request, text: str, max_age: timedelta) -> str:
    name = cookies.prefixed_name(request, _NAME, _PATH)
    return cookies.set_cookie_header(request, name, text, max_age, _PATH)


def _derive_key(session_key: str) -> bytes:
    """Return a key for this use alone, since the session key itself signs cookies."""
    return base64.urlsafe_b64encode(hmac.digest(session_key.encode(), b"account token", "sha256"))
