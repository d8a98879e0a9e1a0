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
    from chalicelib.web.session import Session, Sessions

_SAFE = ("GET", "HEAD", "OPTIONS")
# A request may leave out its host.
_THIS_MACHINE = ("", "localhost", "127.0.0.1", "[::1]")


class Arrival(Struct, frozen=True, kw_only=True):
    """Who asks; ``session`` where it is a cookie that says so."""

    caller: Caller
    session: Session | None = None


def needs(need: Need, request_of: Callable[[], Request]) -> Callable[[Any], Any]:
    """Decorate a view: only who is signed in gets to it, and it is given the caller first.

    What a caller may do with which doctor is the use cases' to ask (``Caller.require_...``), since
    it hangs on the doctor. What is raised becomes the answer, as by ``problems.translated``.
    """

    def decorate(view: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(view)
        def guarded(*args: str, **kwargs: str) -> Response:
            request = request_of()
            try:
                arrival = arrive(request)
            except problems.SignInNeeded:
                if request.method == "GET" and _is_page(request):
                    return _to_sign_in(request)
                raise
            observation.current().caller = "+".join(sorted(arrival.caller.roles))
            return _renewed(view(arrival.caller, *args, **kwargs), arrival, request)

        answering: Callable[..., Response] = problems.translated(request_of)(guarded)
        answering.need = need  # type: ignore[attr-defined]
        return answering

    return decorate


def open_to_all(request_of: Callable[[], Request]) -> Callable[[Any], Any]:
    """Decorate a view that needs nobody to be signed in."""

    def decorate(view: Callable[..., Response]) -> Callable[..., Response]:
        answering: Callable[..., Response] = problems.translated(request_of)(view)
        answering.need = Need.NOTHING  # type: ignore[attr-defined]
        return answering

    return decorate


def arrive(request: Request) -> Arrival:
    """Who asks. Raise ``SignInNeeded``; ``NotAllowed`` for who is nobody here, or cross-site."""
    if local := services().local_caller:
        _require_from_this_machine(request)
        return Arrival(caller=replace(local, client="page" if _is_by_page(request) else "api"))
    scheme, _, token = str(request.headers.get("authorization", "")).partition(" ")
    if scheme:
        return Arrival(caller=_known(_bearer(scheme, token.strip())))
    session = sessions(sign_in()).read(request, services().now())
    if session is None:
        raise problems.SignInNeeded
    if request.method not in _SAFE:
        require_same_origin(request)
    caller = Caller(
        name=session.name,
        client="page",
        roles=session.roles,
        doctor_id=session.name if "doctor" in session.roles else None,
    )
    return Arrival(caller=_known(caller), session=session)


def _bearer(scheme: str, token: str) -> Caller:
    from chalicelib.web import tokens  # noqa: PLC0415  pages need no tokens

    if scheme.lower() != "bearer":
        raise problems.SignInNeeded
    try:
        return tokens.of(sign_in()).bearer(token)
    except tokens.BadTokenError:
        raise problems.SignInNeeded(invalid_token=True) from None


def _known(caller: Caller) -> Caller:
    if not caller.roles:
        raise NotAllowed(f"{caller.name} is signed in, but is nobody here: ask an admin for a role")
    return caller


def require_same_origin(request: Request) -> None:
    """A cookie comes along whoever made the browser send the request: it must be our page."""
    if not negotiation.is_same_origin(request):
        raise NotAllowed("This request does not come from our own page, so it was not carried out")


def _require_from_this_machine(request: Request) -> None:
    """Where everybody may everything, no other site may make a browser of this machine do it.

    Neither by a form of its own, nor by a name of its own that leads here (DNS rebinding). What is
    no browser sends neither header.
    """
    if negotiation.host_name(request) not in _THIS_MACHINE:
        raise NotAllowed("Without sign-in this is here for localhost alone")
    is_browser = {"sec-fetch-site", "origin"} & {name.lower() for name in request.headers}
    if is_browser and request.method not in _SAFE:
        require_same_origin(request)


def _renewed(response: Response, arrival: Arrival, request: Request) -> Response:
    """A session lasts on while she does something; a page that looks for news is nothing."""
    session = arrival.session
    if session is None or "if-none-match" in request.headers:
        return response
    cookie = sessions(sign_in()).renewed(request, session, services().now())
    if cookie:
        add_cookie(response, cookie)
    return response


def add_cookie(response: Response, cookie: str) -> None:
    """One more ``Set-Cookie``."""
    set_already = response.headers.get("Set-Cookie", [])
    cookies = set_already if isinstance(set_already, list) else [set_already]
    response.headers["Set-Cookie"] = [*cookies, cookie]


def _to_sign_in(request: Request) -> Response:
    """The way to sign in, and back to here."""
    query = urlencode(request.query_params or {})
    asked = f"{negotiation.path(request)}{'?' if query else ''}{query}"
    where = f"{negotiation.base(request)}/sign-in?{urlencode({'to': asked})}"
    headers: negotiation.Headers = {"Location": where, "Cache-Control": "no-store"}
    return Response(body="", status_code=HTTPStatus.SEE_OTHER.value, headers=headers)


def _is_page(request: Request) -> bool:
    return negotiation.wants_html(request) and not negotiation.is_htmx(request)


def _is_by_page(request: Request) -> bool:
    return forms.is_form(request) or negotiation.wants_html(request)


def signed_in_as(caller: Caller) -> str | None:
    """The name that pages show; None where nobody has to sign in."""
    return caller.name if services().settings.sign_in else None


def sign_in() -> SignIn:
    """Where people sign in; raise ``SignInNeeded`` where there is no such place."""
    settings = services().settings.sign_in
    if settings is None:
        raise problems.SignInNeeded
    return settings


@lru_cache(maxsize=8)
def sessions(settings: SignIn) -> Sessions:
    """The sessions that these settings sign."""
    from chalicelib.web.session import Sessions  # noqa: PLC0415  machines have none

    return Sessions(settings.session_keys)
