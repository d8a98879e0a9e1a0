"""Who sends a request, and what each route needs: decided here, once for each, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.bootstrap import get_services
from chalicelib.domain.errors import PermissionDeniedError
from chalicelib.domain.permissions import Caller
from chalicelib.web.http.errors import AuthenticationRequiredError
from chalicelib.web.http.negotiation import wants_html
from chalicelib.web.http.request import host_name, is_form, is_same_origin

if TYPE_CHECKING:
    from chalice.app import Request, Response

    from chalicelib.settings import OidcSettings
    from chalicelib.web.auth.sessions import LoginSession, SessionStore


SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
# A request may leave out its host.
_LOOPBACK_HOSTS = ("", "localhost", "127.0.0.1", "[::1]")


class Authentication(Struct, frozen=True, kw_only=True):
    """Who asks; ``session`` where it is a cookie that says so."""

    caller: Caller
    session: LoginSession | None = None


def authenticate(request: Request) -> Authentication:
    """Who asks. Raise ``SignInNeeded``; ``NotAllowed`` for who is nobody here, or cross-site."""
    if local := get_services().local_caller:
        _require_loopback_request(request)
        return Authentication(
            caller=replace(local, client="page" if _is_page_request(request) else "api")
        )
    scheme, _, token = str(request.headers.get("authorization", "")).partition(" ")
    if scheme:
        return Authentication(caller=_require_any_role(_verify_bearer_token(scheme, token.strip())))
    session = get_session_store(oidc_settings()).read(request, get_services().now())
    if session is None:
        raise AuthenticationRequiredError
    if request.method not in SAFE_METHODS:
        require_same_origin(request)
    caller = Caller(
        name=session.name,
        client="page",
        roles=session.roles,
        doctor_id=session.name if "doctor" in session.roles else None,
    )
    return Authentication(caller=_require_any_role(caller), session=session)


def _verify_bearer_token(scheme: str, token: str) -> Caller:
    from chalicelib.web.auth import tokens  # noqa: PLC0415  pages need no tokens

    if scheme.lower() != "bearer":
        raise AuthenticationRequiredError
    try:
        return tokens.get_verifier(oidc_settings()).verify_access_token(token)
    except tokens.BadTokenError:
        raise AuthenticationRequiredError(invalid_token=True) from None


def _require_any_role(caller: Caller) -> Caller:
    if not caller.roles:
        raise PermissionDeniedError(
            f"You're signed in as {caller.name}, but your account has no role yet. "
            "Ask your administrator."
        )
    return caller


def require_same_origin(request: Request) -> None:
    """A cookie comes along whoever made the browser send the request: it must be our page."""
    if not is_same_origin(request):
        raise PermissionDeniedError(
            "For your security we blocked this request because it came from another site"
        )


def _require_loopback_request(request: Request) -> None:
    """Where everybody may everything, no other site may make a browser of this machine do it.

    Neither by a form of its own, nor by a name of its own that leads here (DNS rebinding). What is
    no browser sends neither header.
    """
    if host_name(request) not in _LOOPBACK_HOSTS:
        raise PermissionDeniedError(
            "Without sign-in this server only answers requests to localhost"
        )
    is_browser = {"sec-fetch-site", "origin"} & {name.lower() for name in request.headers}
    if is_browser and request.method not in SAFE_METHODS:
        require_same_origin(request)


def _refresh_session(
    response: Response, authentication: Authentication, request: Request
) -> Response:
    """A session lasts on while she does something; a page that looks for news is nothing."""
    session = authentication.session
    if session is None or "if-none-match" in request.headers:
        return response
    cookie = get_session_store(oidc_settings()).refresh(request, session, get_services().now())
    if cookie:
        add_cookie(response, cookie)
    return response


def add_cookie(response: Response, cookie: str) -> None:
    """One more ``Set-Cookie``."""
    set_already = response.headers.get("Set-Cookie", [])
    cookies = set_already if isinstance(set_already, list) else [set_already]
    response.headers["Set-Cookie"] = [*cookies, cookie]


def _is_page_request(request: Request) -> bool:
    return is_form(request) or wants_html(request)


def display_name(caller: Caller) -> str | None:
    """The name that pages show; None where nobody has to sign in."""
    return caller.name if get_services().settings.oidc else None


def oidc_settings() -> OidcSettings:
    """Where people sign in; raise ``SignInNeeded`` where there is no such place."""
    settings = get_services().settings.oidc
    if settings is None:
        raise AuthenticationRequiredError
    return settings


@lru_cache(maxsize=8)
def get_session_store(settings: OidcSettings) -> SessionStore:
    """The sessions that these settings sign."""
    from chalicelib.web.auth.sessions import SessionStore  # noqa: PLC0415  machines have none

    return SessionStore(settings.session_keys)
