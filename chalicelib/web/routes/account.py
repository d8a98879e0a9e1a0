"""A person's own account: they change their password, at a Cognito user pool."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.errors import (
    OutcomeUnknownError,
    PermissionDeniedError,
    StoreUnavailableError,
)
from chalicelib.domain.permissions import Permission
from chalicelib.domain.text import Text
from chalicelib.web.http.errors import HttpError
from chalicelib.web.http.negotiation import wants_html
from chalicelib.web.http.request import FORM, HTML, url_prefix
from chalicelib.web.routing import SERVICE, RouteDoc, Router

if TYPE_CHECKING:
    from chalice.app import Request

    from chalicelib.domain.permissions import Caller
    from chalicelib.web.auth.account_tokens import AccountTokenStore
    from chalicelib.web.auth.sessions import LoginSession
    from chalicelib.web.http.types import Headers

routes = Router(__name__)

PASSWORD_PATH = "/account/password"  # noqa: S105  a path  # nosec B105


@routes.get(
    PASSWORD_PATH,
    permission=Permission.ACCOUNT,
    doc=RouteDoc(tag=SERVICE, responses={200: {HTML: None}, 303: {}}, errors=(404,)),
)
def get_password(request: Request, caller: Caller) -> Response:
    """Page to change one's password.

    For people who are signed in on the page, if the identity provider is a Cognito user pool. The
    first request redirects to the sign-in, whose access token the page needs; it is kept for ten
    minutes in an encrypted cookie.
    """
    from chalicelib.web.pages.password import render_password_form

    session = _require_session(request, caller)
    if _account_tokens().read(request, session, get_services().now()) is None:
        return _redirect_to_sign_in(request)
    return render_password_form(request, caller)


@routes.post(
    PASSWORD_PATH,
    permission=Permission.ACCOUNT,
    doc=RouteDoc(
        tag=SERVICE,
        body={FORM: None},
        responses={200: {HTML: None}},
        errors=(400, 404, 429, 503),
    ),
)
def post_password(request: Request, caller: Caller) -> Response:
    """Change one's password.

    The page sends this form: `current_password`, `new_password` and `new_again`, the new one again.
    Cognito checks both passwords and limits the attempts. All other sessions and tokens of the
    person end. The audit log has who changed their password, and when.
    """
    from chalicelib.web.auth.passwords import PasswordChangeError
    from chalicelib.web.pages.password import render_password_form

    session = _require_session(request, caller)
    try:
        _change_password(request, session)
    except PasswordChangeError as error:
        if not wants_html(request):
            raise
        request_context.current_request().code = error.code
        response = render_password_form(request, caller, error)
        if error.code == "confirmation_expired":
            # So that the link to start again leads to the sign-in.
            response.headers["Set-Cookie"] = [_account_tokens().delete(request)]
        return response
    return _end_other_sessions(request, caller, session)


def _require_session(request: Request, caller: Caller) -> LoginSession:
    """Return the caller's session: a token alone, perhaps a stolen one, changes no password."""
    caller.require_permission(Permission.ACCOUNT)
    auth = get_services().auth
    session = None if "authorization" in request.headers else auth.read_session(request)
    if session is None:
        raise PermissionDeniedError(Text("Sign in on the page to change your password"))
    if not auth.has_password_page:
        raise HttpError(HTTPStatus.NOT_FOUND, Text("Page not found"))
    return session


def _redirect_to_sign_in(request: Request) -> Response:
    base = url_prefix(request)
    location = f"{base}/sign-in?{urlencode({'to': f'{base}{PASSWORD_PATH}'})}"
    headers: Headers = {"Location": location, "Cache-Control": "no-store"}
    return Response("", headers, HTTPStatus.SEE_OTHER.value)


def _change_password(request: Request, session: LoginSession) -> None:
    from chalicelib.web.auth.passwords import PasswordChanger, confirmation_expired
    from chalicelib.web.pages.password import parse_password_form

    access_token = _account_tokens().read(request, session, get_services().now())
    if access_token is None:
        raise confirmation_expired()
    form = parse_password_form(request)
    changer = PasswordChanger(get_services().auth.cognito_client)
    changer.change(access_token, current=form.current, new=form.new)


def _end_other_sessions(request: Request, caller: Caller, session: LoginSession) -> Response:
    """End all sessions but this one, which goes on with a new id, and render what has changed.

    The password has changed already, so a failure here is no error of the request.
    """
    from chalicelib.web.pages.password import render_password_changed

    signed_in: Caller | None = caller
    cookies = [_account_tokens().delete(request)]
    try:
        generation = _record_password_change(session)
    except (OutcomeUnknownError, StoreUnavailableError) as error:
        request_context.current_request().code = error.code
        return render_password_changed(request, caller, has_ended_others=False, cookies=cookies)
    sessions = get_services().auth.sessions
    if generation is None:
        signed_in = None
        cookies.append(sessions.delete(request))
    else:
        cookies.append(sessions.write(request, session.renew(generation), get_services().now()))
    return render_password_changed(request, signed_in, has_ended_others=True, cookies=cookies)


def _record_password_change(session: LoginSession) -> int | None:
    return get_services().manage_people.record_password_change(
        session.to_caller(),
        get_services().auth.account(session.subject),
        session_id=session.session_id,
        generation=session.generation,
    )


def _account_tokens() -> AccountTokenStore:
    from chalicelib.web.auth.account_tokens import AccountTokenStore

    return AccountTokenStore(get_services().auth.session_keys)
