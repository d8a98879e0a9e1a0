"""Who sends a request, and what each route needs: decided here, once for each, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from chalice.app import Response
from msgspec import Struct

from chalicelib import observation
from chalicelib.bootstrap import services
from chalicelib.domain.caller import Caller, Need
from chalicelib.domain.errors import NotAllowed
from chalicelib.web import forms, negotiation, problems

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalice.app import Request

    from chalicelib.settings import SignIn
    from chalicelib.web.session import LoginSession, SessionStore

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
# A request may leave out its host.
_LOOPBACK_HOSTS = ("", "localhost", "127.0.0.1", "[::1]")


class Authentication(Struct, frozen=True, kw_only=True):
    """Who asks; ``session`` where it is a cookie that says so."""

    caller: Caller
    session: LoginSession | None = None


def require_permission(
    permission: Need, get_request: Callable[[], Request]
) -> Callable[[Any], Any]:
    """Decorate a view: only who is signed in gets to it, and it is given the caller first.

    What a caller may do with which doctor is the use cases' to ask (``Caller.require_...``), since
    it hangs on the doctor. What is raised becomes the answer, as by ``problems.translated``.
    """

    def decorate(view: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(view)
        def guarded(*args: str, **kwargs: str) -> Response:
            request = get_request()
            try:
                arrival = authenticate(request)
            except problems.AuthenticationRequiredError:
                if request.method == "GET" and _is_full_page_request(request):
                    return _redirect_to_login(request)
                raise
            observation.current().caller = "+".join(sorted(arrival.caller.roles))
            return _refresh_session(view(arrival.caller, *args, **kwargs), arrival, request)

        answering: Callable[..., Response] = problems.handle_errors(get_request)(guarded)
        answering.permission = permission  # type: ignore[attr-defined]
        return answering

    return decorate


def public(get_request: Callable[[], Request]) -> Callable[[Any], Any]:
    """Decorate a view that needs nobody to be signed in."""

    def decorate(view: Callable[..., Response]) -> Callable[..., Response]:
        answering: Callable[..., Response] = problems.handle_errors(get_request)(view)
        answering.permission = Need.NOTHING  # type: ignore[attr-defined]
        return answering

    return decorate


def authenticate(request: Request) -> Authentication:
    """Who asks. Raise ``SignInNeeded``; ``NotAllowed`` for who is nobody here, or cross-site."""
    if local := services().local_caller:
        _require_loopback_request(request)
        return Authentication(
            caller=replace(local, client="page" if _is_page_request(request) else "api")
        )
    scheme, _, token = str(request.headers.get("authorization", "")).partition(" ")
    if scheme:
        return Authentication(caller=_require_any_role(_verify_bearer_token(scheme, token.strip())))
    session = get_session_store(oidc_settings()).read(request, services().now())
    if session is None:
        raise problems.AuthenticationRequiredError
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
    from chalicelib.web import tokens  # noqa: PLC0415  pages need no tokens

    if scheme.lower() != "bearer":
        raise problems.AuthenticationRequiredError
    try:
        return tokens.get_verifier(oidc_settings()).verify_access_token(token)
    except tokens.BadTokenError:
        raise problems.AuthenticationRequiredError(invalid_token=True) from None


def _require_any_role(caller: Caller) -> Caller:
    if not caller.roles:
        raise NotAllowed(f"{caller.name} is signed in, but is nobody here: ask an admin for a role")
    return caller


def require_same_origin(request: Request) -> None:
    """A cookie comes along whoever made the browser send the request: it must be our page."""
    if not negotiation.is_same_origin(request):
        raise NotAllowed("This request does not come from our own page, so it was not carried out")


def _require_loopback_request(request: Request) -> None:
    """Where everybody may everything, no other site may make a browser of this machine do it.

    Neither by a form of its own, nor by a name of its own that leads here (DNS rebinding). What is
    no browser sends neither header.
    """
    if negotiation.host_name(request) not in _LOOPBACK_HOSTS:
        raise NotAllowed("Without sign-in this is here for localhost alone")
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
    cookie = get_session_store(oidc_settings()).refresh(request, session, services().now())
    if cookie:
        add_cookie(response, cookie)
    return response


def add_cookie(response: Response, cookie: str) -> None:
    """One more ``Set-Cookie``."""
    set_already = response.headers.get("Set-Cookie", [])
    cookies = set_already if isinstance(set_already, list) else [set_already]
    response.headers["Set-Cookie"] = [*cookies, cookie]


def _redirect_to_login(request: Request) -> Response:
    """The way to sign in, and back to here."""
    query = urlencode(request.query_params or {})
    asked = f"{negotiation.path(request)}{'?' if query else ''}{query}"
    where = f"{negotiation.url_prefix(request)}/sign-in?{urlencode({'to': asked})}"
    headers: negotiation.Headers = {"Location": where, "Cache-Control": "no-store"}
    return Response(body="", status_code=HTTPStatus.SEE_OTHER.value, headers=headers)


def _is_full_page_request(request: Request) -> bool:
    return negotiation.wants_html(request) and not negotiation.is_htmx(request)


def _is_page_request(request: Request) -> bool:
    return forms.is_form(request) or negotiation.wants_html(request)


def display_name(caller: Caller) -> str | None:
    """The name that pages show; None where nobody has to sign in."""
    return caller.name if services().settings.sign_in else None


def oidc_settings() -> SignIn:
    """Where people sign in; raise ``SignInNeeded`` where there is no such place."""
    settings = services().settings.sign_in
    if settings is None:
        raise problems.AuthenticationRequiredError
    return settings


@lru_cache(maxsize=8)
def get_session_store(settings: SignIn) -> SessionStore:
    """The sessions that these settings sign."""
    from chalicelib.web.session import SessionStore  # noqa: PLC0415  machines have none

    return SessionStore(settings.session_keys)
