"""Authenticate requests: by bearer token, by login session, or as the local caller."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib import request_context
from chalicelib.domain.errors import DomainError, PermissionDeniedError
from chalicelib.domain.permissions import Role
from chalicelib.domain.person import Account
from chalicelib.domain.text import Text
from chalicelib.web.auth.local_caller import authenticate_locally
from chalicelib.web.auth.origin_checks import SAFE_METHODS, require_same_origin
from chalicelib.web.http.errors import AuthenticationRequiredError
from chalicelib.web.http.responses import add_cookie

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from chalice.app import Request, Response

    from chalicelib.domain.permissions import Caller
    from chalicelib.settings import OidcSettings
    from chalicelib.use_cases.manage_people import ManagePeople
    from chalicelib.web.auth.oidc import OidcClient, OidcProvider
    from chalicelib.web.auth.session_keys import SecretsClient
    from chalicelib.web.auth.sessions import LoginAttemptStore, LoginSession, SessionStore
    from chalicelib.web.auth.tokens import TokenVerifier
    from chalicelib.web.auth.user_directory import CognitoClient, UserDirectory


# Roles that are older are compared with the groups of the user pool.
MAX_ROLE_AGE = timedelta(minutes=1)


class Authentication(Struct, frozen=True, kw_only=True):
    """An authenticated caller; ``session`` is None unless a session cookie authenticated them."""

    caller: Caller
    session: LoginSession | None = None


class Auth:
    """Authenticates requests, and owns the objects that this needs.

    Without ``settings`` there is no sign-in, and ``local_caller`` is the caller of every request.
    The properties are created on first use, because most requests need few of the libraries behind
    them and each slows a cold start.
    """

    def __init__(
        self,
        settings: OidcSettings | None,
        local_caller: Caller | None,
        people: ManagePeople,
        now: Callable[[], datetime],
        secrets_client: Callable[[], SecretsClient] | None = None,
        cognito_client: Callable[[], CognitoClient] | None = None,
    ) -> None:
        self._settings = settings
        self._local_caller = local_caller
        self._people = people
        self._now = now
        self._secrets_client = secrets_client
        self.cognito_client = cognito_client

    @property
    def settings(self) -> OidcSettings:
        """The OIDC settings.

        Raises:
            AuthenticationRequiredError: there is no sign-in here.
        """
        if self._settings is None:
            raise AuthenticationRequiredError
        return self._settings

    @cached_property
    def sessions(self) -> SessionStore:
        from chalicelib.web.auth.sessions import SessionStore

        return SessionStore(self.session_keys)

    @cached_property
    def login_attempts(self) -> LoginAttemptStore:
        from chalicelib.web.auth.sessions import LoginAttemptStore

        return LoginAttemptStore(self.session_keys)

    @cached_property
    def session_keys(self) -> Callable[[], Sequence[str]]:
        settings = self.settings
        if settings.session_key_secret is None:
            return lambda: settings.session_keys
        from chalicelib.web.auth.session_keys import SecretSessionKeys

        return SecretSessionKeys(settings.session_key_secret, self._now, self._secrets_client)

    @cached_property
    def provider(self) -> OidcProvider:
        from chalicelib.web.auth.oidc import OidcProvider

        return OidcProvider(self.settings, self._now)

    @cached_property
    def oidc_client(self) -> OidcClient:
        from chalicelib.web.auth.oidc import OidcClient

        return OidcClient(self.settings, self.provider)

    @cached_property
    def tokens(self) -> TokenVerifier:
        from chalicelib.web.auth.tokens import TokenVerifier

        return TokenVerifier(self.settings, self.provider, self._now)

    @cached_property
    def _user_directory(self) -> UserDirectory | None:
        if self.settings.user_pool is None:
            return None
        from chalicelib.web.auth.user_directory import UserDirectory

        return UserDirectory(self.settings.user_pool, self._now, self.cognito_client)

    @property
    def has_password_page(self) -> bool:
        """Whether people can change their password here: only at a Cognito user pool."""
        return self._settings is not None and self._settings.user_pool is not None

    def authenticate(self, request: Request) -> Authentication:
        """Return the caller of a request.

        Raises:
            AuthenticationRequiredError: there is no valid token or session.
            PermissionDeniedError: the caller has no role, or another site sent the request.
            IdentityProviderUnavailableError: the keys of tokens cannot be read.
        """
        if self._local_caller:
            return Authentication(caller=authenticate_locally(self._local_caller, request))
        scheme, _, token = str(request.headers.get("authorization", "")).partition(" ")
        if scheme:
            caller = self._verify_bearer_token(scheme, token.strip())
            return Authentication(caller=_require_any_role(caller))
        session = self._require_session(request)
        caller = self._with_current_roles(session.to_caller(), since=session.started_at)
        return Authentication(caller=_require_any_role(caller), session=session)

    def _require_session(self, request: Request) -> LoginSession:
        session = self.sessions.read(request, self._now())
        if session is None:
            raise AuthenticationRequiredError(self._missing_session_reason(request))
        if request.method not in SAFE_METHODS:
            # For the log, before the request may be rejected.
            request_context.current_request().set_caller(session.to_caller())
            require_same_origin(request)
        if not self.is_session_valid(session):
            raise AuthenticationRequiredError("session_ended")
        return session

    def _missing_session_reason(self, request: Request) -> str:
        return "session_not_valid" if self.sessions.has_cookie(request) else "no_credentials"

    def is_session_valid(self, session: LoginSession) -> bool:
        """Return whether the session goes on, as of at most ten seconds ago."""
        return self._people.is_session_valid(
            session.name,
            self.account(session.subject),
            session_id=session.session_id,
            generation=session.generation,
        )

    def account(self, subject: str | None) -> Account:
        """Return the account of a ``sub`` of the identity provider."""
        return Account(self.settings.issuer, subject or "")

    def sign_in(
        self, request: Request, caller: Caller, *, state: str, sign_out_origin: str | None
    ) -> LoginSession:
        """Complete a sign-in, and return its session, which the caller stores in the browser.

        The session that this browser had before ends: a copy of its cookie would outlive it.

        Raises:
            NameTakenError: the name belongs to another account.
            SignInRepeatedError: the sign-in with that ``state`` is complete already.
        """
        request_context.current_request().set_caller(caller)
        account, roles = self.account(caller.subject), [*map(str, caller.roles)]
        person = self._people.sign_in(caller.name, account, state=state, roles=roles)
        from chalicelib.web.auth.sessions import LoginSession

        self._end_former_session(request)
        return LoginSession.start(caller, person.generation, self._now(), sign_out_origin)

    def _end_former_session(self, request: Request) -> None:
        """End the session of the request's cookie; if that fails, it goes on until it expires.

        The sign-in is complete by now, and must not fail because of the session before it.
        """
        session = self.sessions.read(request, self._now())
        if session is not None:
            with suppress(DomainError):
                self._end(session)

    def end_session(self, request: Request) -> None:
        """End the session of the request's cookie, if it has one that goes on."""
        session = self.sessions.read(request, self._now())
        if session is not None:
            request_context.current_request().set_caller(session.to_caller())
            self._end(session)

    def _end(self, session: LoginSession) -> None:
        self._people.end_session(
            session.to_caller(),
            self.account(session.subject),
            session_id=session.session_id,
            generation=session.generation,
            ends_at=session.ends_at,
        )

    def read_session(self, request: Request) -> LoginSession | None:
        """Return the session of the request's cookie, which may have ended early.

        For the layout of pages, not for decisions.
        """
        if self._settings is None or "cookie" not in request.headers:
            return None
        return self.sessions.read(request, self._now())

    def _verify_bearer_token(self, scheme: str, text: str) -> Caller:
        from chalicelib.web.auth.tokens import BadTokenError

        if scheme.lower() != "bearer":
            raise AuthenticationRequiredError("unknown_scheme")
        try:
            token = self.tokens.verify_access_token(text)
        except BadTokenError as error:
            raise AuthenticationRequiredError(error.reason, invalid_token=True) from None
        caller = token.caller
        if caller.subject is not None and not self._people.is_token_valid(
            caller.name, self.account(caller.subject), token.issued_at
        ):
            raise AuthenticationRequiredError("token_revoked", invalid_token=True)
        return self._with_current_roles(caller, since=token.issued_at)

    def _with_current_roles(self, caller: Caller, *, since: datetime | None) -> Caller:
        """Leave out roles that the person has lost since then, if the user pool is known.

        Roles that they got since then need a new sign-in.
        """
        is_new = since is not None and self._now() - since < MAX_ROLE_AGE
        if caller.subject is None or is_new or self._user_directory is None:
            return caller
        user = self._user_directory.find(caller.name)
        if user is None:
            return caller
        if not user.is_enabled or user.subject != caller.subject:
            raise AuthenticationRequiredError("account_disabled")
        roles = frozenset(role for role in caller.roles if role in user.groups)
        return replace(
            caller, roles=roles, doctor_id=caller.doctor_id if Role.DOCTOR in roles else None
        )

    def refresh_session(
        self, response: Response, authentication: Authentication, request: Request
    ) -> Response:
        """Extend the login session of an active user; polling is no activity."""
        session = authentication.session
        if session is None or "if-none-match" in request.headers:
            return response
        cookie = self.sessions.refresh(request, session, self._now())
        if cookie:
            add_cookie(response, cookie)
        return response

    def display_name(self, caller: Caller) -> str | None:
        """Return the name that pages show; None if there is no sign-in."""
        return caller.name if self._settings else None


def _require_any_role(caller: Caller) -> Caller:
    if not caller.roles:
        raise PermissionDeniedError(
            Text(
                "You're signed in as %(name)s, but your account has no role yet. "
                "Ask your administrator.",
                name=caller.name,
            )
        )
    return caller
