"""Login sessions and sign-ins in progress, each in a signed cookie with an expiry."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer
from msgspec import Struct

from chalicelib.domain.permissions import Caller, Role
from chalicelib.web.http import cookies

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chalice.app import Request

    SessionKeys = Callable[[], Sequence[str]]

IDLE_TIMEOUT = timedelta(minutes=30)
ABSOLUTE_TIMEOUT = timedelta(hours=12)
# Roles are read at sign-in only. Admins may do everything, so theirs are read again sooner.
ADMIN_ABSOLUTE_TIMEOUT = timedelta(hours=1)
_MIN_REFRESH_INTERVAL = timedelta(minutes=1)
# Time to find the password, and for one more try.
LOGIN_TIMEOUT = timedelta(minutes=15)
# Another machine wrote the cookie, and its clock may be ahead.
_LEEWAY = timedelta(seconds=30)
# SHA-256 for the signature and for the key derivation: the defaults of itsdangerous use SHA-1.
_SIGNER_OPTIONS = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}


class LoginSession(Struct, frozen=True, kw_only=True):
    """A signed-in user with their roles, which stay the same until the session ends.

    ``subject`` and ``generation`` are those of the person (``domain.person``) at sign-in.
    ``sign_out_origin`` is the origin of the identity provider's sign-out, to which the page's
    Content-Security-Policy must let the sign-out form lead.
    """

    session_id: str
    name: str
    subject: str
    generation: int
    roles: frozenset[Role]
    started_at: datetime
    last_seen: datetime
    sign_out_origin: str | None = None

    @classmethod
    def start(
        cls, caller: Caller, generation: int, now: datetime, sign_out_origin: str | None = None
    ) -> LoginSession:
        return cls(
            session_id=secrets.token_urlsafe(16),
            name=caller.name,
            subject=caller.subject or "",
            generation=generation,
            roles=caller.roles,
            started_at=now,
            last_seen=now,
            sign_out_origin=sign_out_origin,
        )

    def renew(self, generation: int) -> LoginSession:
        """Return the session with a new id, to go on in another generation."""
        return msgspec.structs.replace(
            self, session_id=secrets.token_urlsafe(16), generation=generation
        )

    @property
    def ends_at(self) -> datetime:
        """When the user has to sign in again, whether active or not."""
        return self.started_at + (
            ADMIN_ABSOLUTE_TIMEOUT if Role.ADMIN in self.roles else ABSOLUTE_TIMEOUT
        )

    def to_caller(self) -> Caller:
        return Caller(
            name=self.name,
            client="page",
            roles=self.roles,
            doctor_id=self.name if Role.DOCTOR in self.roles else None,
            subject=self.subject,
        )


class LoginAttempt(Struct, frozen=True, kw_only=True):
    """A sign-in in progress: what the provider's response must match, and where to go then.

    With ``needs_account_token`` the app then acts on the account itself, for the password page.
    """

    state: str
    nonce: str
    code_verifier: str
    return_path: str
    needs_account_token: bool = False

    @classmethod
    def start(cls, return_path: str, *, needs_account_token: bool = False) -> LoginAttempt:
        state, nonce, code_verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(
            state=state,
            nonce=nonce,
            code_verifier=code_verifier,
            return_path=return_path,
            needs_account_token=needs_account_token,
        )

    def has_state(self, state: str) -> bool:
        """Compare the state of a response in constant time."""
        return secrets.compare_digest(self.state.encode(), state.encode("utf-8", "replace"))


class SignedCookie:
    """A cookie whose value a browser cannot change and that expires.

    The last of ``keys`` signs; the others remain valid, so that keys can be rotated.
    """

    def __init__(self, name: str, keys: SessionKeys, max_age: timedelta) -> None:
        self._name = name
        self._keys = keys
        self._max_age = max_age

    def is_in(self, request: Request) -> bool:
        """Return whether the request has such a cookie, valid or not."""
        return bool(cookies.get(request, cookies.prefixed_name(request, self._name)))

    def read(self, request: Request, now: datetime) -> tuple[Any, datetime] | None:
        """Return the value and when it was written; None if it is missing, forged or expired."""
        text = cookies.get(request, cookies.prefixed_name(request, self._name))
        if not text:
            return None
        seconds = int((self._max_age + _LEEWAY).total_seconds())
        try:
            value, written_at = self._serializer(now + _LEEWAY).loads(
                text, max_age=seconds, return_timestamp=True
            )
        except BadData:
            return None
        return value, written_at

    def write(self, request: Request, value: object, now: datetime) -> str:
        """Return the ``Set-Cookie`` header (RFC 6265) of a value."""
        text = self._serializer(now).dumps(value)
        return self._set_cookie_header(request, str(text), self._max_age)

    def delete(self, request: Request) -> str:
        """Return the ``Set-Cookie`` header that removes the cookie."""
        return self._set_cookie_header(request, "", timedelta())

    def _serializer(self, now: datetime) -> URLSafeTimedSerializer:
        class FixedTimeSigner(TimestampSigner):
            def get_timestamp(self) -> int:
                return int(now.timestamp())

        return URLSafeTimedSerializer(
            list(self._keys()),
            salt=self._name,
            signer=FixedTimeSigner,
            signer_kwargs=_SIGNER_OPTIONS,
        )

    def _set_cookie_header(self, request: Request, text: str, max_age: timedelta) -> str:
        return cookies.set_cookie_header(
            request, cookies.prefixed_name(request, self._name), text, max_age
        )


class SessionStore:
    """Stores a login session in the browser's cookie; ``keys`` returns the current keys."""

    def __init__(self, keys: SessionKeys) -> None:
        self._cookie = SignedCookie("session", keys, IDLE_TIMEOUT)

    def read(self, request: Request, now: datetime) -> LoginSession | None:
        """Return the login session; None if there is none, or its time is over.

        None too for the cookie of another version of the app, as after a roll-back: it may have
        roles that this one does not know.
        """
        found = self._cookie.read(request, now)
        if found is None or not isinstance(found[0], dict):
            return None
        value, last_seen = found
        try:
            session = msgspec.convert({**value, "last_seen": last_seen}, LoginSession)
        except msgspec.ValidationError:
            return None
        return session if now < session.ends_at else None

    def has_cookie(self, request: Request) -> bool:
        return self._cookie.is_in(request)

    def write(self, request: Request, session: LoginSession, now: datetime) -> str:
        """Return the ``Set-Cookie`` header of a session, which restarts the idle timeout."""
        value = msgspec.to_builtins(session)
        del value["last_seen"]  # the signature has it
        return self._cookie.write(request, value, now)

    def refresh(self, request: Request, session: LoginSession, now: datetime) -> str | None:
        """Return the ``Set-Cookie`` header that restarts the idle timeout.

        None within a minute of the last refresh, so that not every response sets a cookie.
        """
        if now - session.last_seen < _MIN_REFRESH_INTERVAL:
            return None
        return self.write(request, session, now)

    def delete(self, request: Request) -> str:
        """Return the ``Set-Cookie`` header that removes the session from this browser."""
        return self._cookie.delete(request)


class LoginAttemptStore:
    """Stores a sign-in in progress in the browser's cookie, so that no other browser can end it."""

    def __init__(self, keys: SessionKeys) -> None:
        self._cookie = SignedCookie("sign-in", keys, LOGIN_TIMEOUT)

    def read(self, request: Request, now: datetime) -> LoginAttempt | None:
        """Return the attempt; None if there is none, or it has expired."""
        found = self._cookie.read(request, now)
        try:
            return msgspec.convert(found[0], LoginAttempt) if found else None
        except msgspec.ValidationError:
            return None  # written by another version of the app

    def create(self, request: Request, attempt: LoginAttempt, now: datetime) -> str:
        """Return the ``Set-Cookie`` header of an attempt."""
        return self._cookie.write(request, msgspec.to_builtins(attempt), now)

    def delete(self, request: Request) -> str:
        """Return the ``Set-Cookie`` header that removes the attempt."""
        return self._cookie.delete(request)
