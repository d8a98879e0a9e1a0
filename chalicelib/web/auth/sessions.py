"""The page's session: who signed in, in a cookie that is signed and soon too old."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer
from msgspec import Struct

from chalicelib.domain.permissions import Role
from chalicelib.web.http import cookies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalice.app import Request

# Signed out after so long without doing anything, and after so long in any case.
IDLE_TIMEOUT = timedelta(minutes=30)
ABSOLUTE_TIMEOUT = timedelta(hours=12)
# She may do everything, and does it seldom: the sooner what she may is asked again.
ADMIN_ABSOLUTE_TIMEOUT = timedelta(hours=1)
# A session that was renewed so short a time ago is not renewed again.
_MIN_REFRESH_INTERVAL = timedelta(minutes=1)
PAGE = "page"


class LoginSession(Struct, frozen=True, kw_only=True):
    """Who signed in, as what, when; ``seen`` is when she last did something.

    What somebody may is asked of the issuer at sign-in, and holds until the session ends.
    """

    name: str
    roles: frozenset[Role]
    started_at: datetime
    last_seen: datetime

    @property
    def ends_at(self) -> datetime:
        """When she has to sign in again, whatever she does."""
        return self.started_at + (
            ADMIN_ABSOLUTE_TIMEOUT if Role.ADMIN in self.roles else ABSOLUTE_TIMEOUT
        )


class SignedCookie:
    """Values that a browser keeps and cannot change, each in a cookie of that name."""

    def __init__(self, name: str, keys: Sequence[str], max_age: timedelta) -> None:
        """Of ``keys`` the last signs; the others are still believed."""
        self._name = name
        self._keys = list(keys)
        self._max_age = max_age

    def read(self, request: Request, now: datetime) -> tuple[Any, datetime] | None:
        """The value and when it was written; None where it is missing, changed or too old."""
        text = cookies.get(request, cookies.prefixed_name(request, self._name))
        if text is None:
            return None
        seconds = int(self._max_age.total_seconds())
        try:
            value, written = self._serializer(now).loads(
                text, max_age=seconds, return_timestamp=True
            )
        except BadData:
            return None
        return value, written

    def write(self, request: Request, value: object, now: datetime) -> str:
        """A ``Set-Cookie`` for it (RFC 6265)."""
        text = self._serializer(now).dumps(value)
        return self._set_cookie_header(request, str(text), self._max_age)

    def delete(self, request: Request) -> str:
        """A ``Set-Cookie`` that removes it."""
        return self._set_cookie_header(request, "", timedelta())

    def _serializer(self, now: datetime) -> URLSafeTimedSerializer:
        class At(TimestampSigner):
            def get_timestamp(self) -> int:
                return int(now.timestamp())

        return URLSafeTimedSerializer(self._keys, salt=self._name, signer=At)

    def _set_cookie_header(self, request: Request, text: str, max_age: timedelta) -> str:
        return cookies.set_cookie_header(
            request, cookies.prefixed_name(request, self._name), text, max_age
        )


class SessionStore:
    """Sessions of this app's page."""

    def __init__(self, keys: Sequence[str]) -> None:
        """See ``SignedCookie``."""
        self._cookie = SignedCookie("session", keys, IDLE_TIMEOUT)

    def read(self, request: Request, now: datetime) -> LoginSession | None:
        """Who is signed in; None where nobody is, or not any more."""
        found = self._cookie.read(request, now)
        if found is None:
            return None
        value, seen = found
        session = LoginSession(
            name=value["name"],
            roles=frozenset(map(Role, value["roles"])),
            started_at=datetime.fromtimestamp(value["started"], UTC),
            last_seen=seen,
        )
        return session if now < session.ends_at else None

    def create(self, request: Request, name: str, roles: frozenset[Role], now: datetime) -> str:
        """A ``Set-Cookie`` for somebody who has just signed in."""
        return self._write(
            request, LoginSession(name=name, roles=roles, started_at=now, last_seen=now), now
        )

    def refresh(self, request: Request, session: LoginSession, now: datetime) -> str | None:
        """A ``Set-Cookie`` that puts off the idle limit, where that is due."""
        return (
            None
            if now - session.last_seen < _MIN_REFRESH_INTERVAL
            else self._write(request, session, now)
        )

    def delete(self, request: Request) -> str:
        """A ``Set-Cookie`` that signs her out here."""
        return self._cookie.delete(request)

    def _write(self, request: Request, session: LoginSession, now: datetime) -> str:
        value = {
            "name": session.name,
            "roles": sorted(session.roles),
            "started": int(session.started_at.timestamp()),
        }
        return self._cookie.write(request, value, now)
