"""The page's session: who signed in, in a cookie that is signed and soon too old."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer
from msgspec import Struct

from chalicelib.domain.caller import Role
from chalicelib.web import cookies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalice.app import Request

# Signed out after so long without doing anything, and after so long in any case.
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
# She may do everything, and does it seldom: the sooner what she may is asked again.
ABSOLUTE_OF_ADMIN = timedelta(hours=1)
# A session that was renewed so short a time ago is not renewed again.
_RENEWED = timedelta(minutes=1)
PAGE = "page"


class Session(Struct, frozen=True, kw_only=True):
    """Who signed in, as what, when; ``seen`` is when she last did something.

    What somebody may is asked of the issuer at sign-in, and holds until the session ends.
    """

    name: str
    roles: frozenset[Role]
    started: datetime
    seen: datetime

    @property
    def ends(self) -> datetime:
        """When she has to sign in again, whatever she does."""
        return self.started + (ABSOLUTE_OF_ADMIN if Role.ADMIN in self.roles else ABSOLUTE)


class SignedCookie:
    """Values that a browser keeps and cannot change, each in a cookie of that name."""

    def __init__(self, name: str, keys: Sequence[str], lasts: timedelta) -> None:
        """Of ``keys`` the last signs; the others are still believed."""
        self._name = name
        self._keys = list(keys)
        self._lasts = lasts

    def read(self, request: Request, now: datetime) -> tuple[Any, datetime] | None:
        """The value and when it was written; None where it is missing, changed or too old."""
        text = cookies.value(request, cookies.guarded_name(request, self._name))
        if text is None:
            return None
        seconds = int(self._lasts.total_seconds())
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
        return self._setting(request, str(text), self._lasts)

    def delete(self, request: Request) -> str:
        """A ``Set-Cookie`` that removes it."""
        return self._setting(request, "", timedelta())

    def _serializer(self, now: datetime) -> URLSafeTimedSerializer:
        class At(TimestampSigner):
            def get_timestamp(self) -> int:
                return int(now.timestamp())

        return URLSafeTimedSerializer(self._keys, salt=self._name, signer=At)

    def _setting(self, request: Request, text: str, lasts: timedelta) -> str:
        return cookies.setting(request, cookies.guarded_name(request, self._name), text, lasts)


class Sessions:
    """Sessions of this app's page."""

    def __init__(self, keys: Sequence[str]) -> None:
        """See ``SignedCookie``."""
        self._cookie = SignedCookie("session", keys, IDLE)

    def read(self, request: Request, now: datetime) -> Session | None:
        """Who is signed in; None where nobody is, or not any more."""
        found = self._cookie.read(request, now)
        if found is None:
            return None
        value, seen = found
        session = Session(
            name=value["name"],
            roles=frozenset(map(Role, value["roles"])),
            started=datetime.fromtimestamp(value["started"], UTC),
            seen=seen,
        )
        return session if now < session.ends else None

    def begin(self, request: Request, name: str, roles: frozenset[Role], now: datetime) -> str:
        """A ``Set-Cookie`` for somebody who has just signed in."""
        return self._write(request, Session(name=name, roles=roles, started=now, seen=now), now)

    def renewed(self, request: Request, session: Session, now: datetime) -> str | None:
        """A ``Set-Cookie`` that puts off the idle limit, where that is due."""
        return None if now - session.seen < _RENEWED else self._write(request, session, now)

    def end(self, request: Request) -> str:
        """A ``Set-Cookie`` that signs her out here."""
        return self._cookie.delete(request)

    def _write(self, request: Request, session: Session, now: datetime) -> str:
        value = {
            "name": session.name,
            "roles": sorted(session.roles),
            "started": int(session.started.timestamp()),
        }
        return self._cookie.write(request, value, now)
