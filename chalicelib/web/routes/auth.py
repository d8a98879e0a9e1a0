"""Sign in at the OpenID Connect provider, and sign out."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chalice.app import Response

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Permission
from chalicelib.domain.text import Text
from chalicelib.web.api.validators import required_query
from chalicelib.web.auth.origin_checks import require_same_origin
from chalicelib.web.http.errors import HttpError
from chalicelib.web.http.negotiation import is_htmx
from chalicelib.web.http.request import FORM, HTML, origin, query, url_prefix
from chalicelib.web.http.security_headers import CLEAR_SITE_DATA
from chalicelib.web.routes.account import PASSWORD_PATH
from chalicelib.web.routing import SERVICE, RouteDoc, Router

if TYPE_CHECKING:
    from chalice.app import Request

    from chalicelib.domain.permissions import Caller
    from chalicelib.web.auth.sessions import LoginAttempt, LoginSession
    from chalicelib.web.http.types import Headers

routes = Router(__name__)

# The path is stored in a cookie, and browsers limit its size.
MAX_RETURN_PATH = 1000


@routes.get(
    "/sign-in",
    permission=Permission.PUBLIC,
    doc=RouteDoc(tag=SERVICE, parameters=("ReturnPath",), responses={303: {}}, errors=(401, 503)),
)
def get_sign_in(request: Request) -> Response:
    """Sign in.

    Redirects to the identity provider. Without OIDC settings, 401.
    """
    from chalicelib.web.auth.sessions import LoginAttempt

    auth = get_services().auth
    to = _safe_return_path(request)
    is_password_page = to == f"{url_prefix(request)}{PASSWORD_PATH}"
    attempt = LoginAttempt.start(
        to, needs_account_token=is_password_page and auth.has_password_page
    )
    url = auth.oidc_client.authorization_url(attempt, _callback_url(request))
    return _redirect(url, auth.login_attempts.create(request, attempt, get_services().now()))


@routes.get(
    "/sign-in/callback",
    permission=Permission.PUBLIC,
    doc=RouteDoc(tag=SERVICE, responses={303: {}}, errors=(400, 401, 403, 503)),
)
def get_callback(request: Request) -> Response:
    """Sign-in callback.

    The identity provider redirects the browser here. Only the browser that started the sign-in can
    complete it, and only once. It ends the session that the browser had before. A name that another
    account has used is 403.
    """
    auth, now = get_services().auth, get_services().now()
    attempt = auth.login_attempts.read(request, now)
    if attempt is None or not attempt.has_state(query(request, "state") or ""):
        request_context.current_request().auth_failure = "wrong_state"
        raise _login_failed(
            Text("the sign-in started in another browser or took too long. Try again.")
        )
    if error := query(request, "error"):
        request_context.current_request().auth_failure = "provider_error"
        raise _login_failed(query(request, "error_description") or error)
    caller, access_token = _verify_login(request, attempt)
    origin = auth.oidc_client.sign_out_origin()
    session = auth.sign_in(request, caller, state=attempt.state, sign_out_origin=origin)
    cookies = [auth.sessions.write(request, session, now), auth.login_attempts.delete(request)]
    if attempt.needs_account_token:
        cookies.append(_store_account_token(request, session, access_token))
    return _redirect(attempt.return_path, *cookies)


def _store_account_token(request: Request, session: LoginSession, access_token: str) -> str:
    from chalicelib.web.auth.account_tokens import AccountTokenStore

    store = AccountTokenStore(get_services().auth.session_keys)
    return store.write(request, session, access_token, get_services().now())


def _verify_login(request: Request, attempt: LoginAttempt) -> tuple[Caller, str]:
    """Return who signed in, and their access token."""
    from chalicelib.web.auth.oidc import LoginRejectedError
    from chalicelib.web.auth.tokens import BadTokenError

    auth = get_services().auth
    code = required_query(request, "code")
    try:
        tokens = auth.oidc_client.fetch_tokens(code, attempt, _callback_url(request))
        caller = auth.tokens.verify_id_token(tokens.id_token, nonce=attempt.nonce)
    except (LoginRejectedError, BadTokenError) as error:
        reason = error.reason if isinstance(error, BadTokenError) else "code_rejected"
        request_context.current_request().auth_failure = reason
        raise _login_failed(Text("the sign-in service did not confirm it. Try again.")) from None
    return caller, tokens.access_token


@routes.post(
    "/sign-out",
    permission=Permission.PUBLIC,
    doc=RouteDoc(
        tag=SERVICE,
        body={FORM: None},
        responses={200: {HTML: None}, 204: {}, 303: {}},
        errors=(401, 403, 503),
    ),
)
def post_sign_out(request: Request) -> Response:
    """Sign out.

    The page sends this as a form without fields. It ends the session: its cookie is rejected from
    then on, by other processes within ten seconds. Redirects to the identity provider's own
    sign-out; htmx gets its URL in `HX-Redirect`. If the provider does not respond, a page says so.
    """
    auth = get_services().auth
    # First, because without sign-in there is nothing to end.
    cookie = auth.sessions.delete(request)
    require_same_origin(request)
    auth.end_session(request)
    headers: Headers = {"Cache-Control": "no-store", "Set-Cookie": cookie, **CLEAR_SITE_DATA}
    url = auth.oidc_client.logout_url(f"{origin(request)}{url_prefix(request)}/")
    if url is None:
        from chalicelib.web.pages.frame import build_plain_frame
        from chalicelib.web.pages.rendering import render

        page = {"base": url_prefix(request)}
        return render("signed_out.html", page, build_plain_frame(request), headers=headers)
    if is_htmx(request):
        return Response("", headers | {"HX-Redirect": url}, HTTPStatus.NO_CONTENT)
    return Response("", headers | {"Location": url}, HTTPStatus.SEE_OTHER)


@routes.get(
    "/signed-in",
    permission=Permission.PUBLIC,
    doc=RouteDoc(tag=SERVICE, responses={200: {HTML: None}}),
)
def get_signed_in(request: Request) -> Response:
    """Show that sign-in is complete.

    For a user who signed in in a second tab, while a page with unsaved changes waits.
    """
    from chalicelib.web.pages.frame import build_frame_of_session
    from chalicelib.web.pages.rendering import render

    return render("signed_in.html", {"base": url_prefix(request)}, build_frame_of_session(request))


def _safe_return_path(request: Request) -> str:
    """Return the ``to`` parameter if it is a path on this server, else the home page's.

    Any other URL would be an open redirect: a link to our sign-in could lead to another site.
    """
    home = f"{url_prefix(request)}/slots"
    to = query(request, "to") or home
    parts = urlsplit(to)
    is_path = not parts.scheme and not parts.netloc and to.startswith("/") and "\\" not in to
    is_plain = to.isprintable() and to.isascii() and not to.startswith("//")
    is_short = len(to) <= MAX_RETURN_PATH
    return to if is_path and is_plain and is_short else home


def _callback_url(request: Request) -> str:
    return f"{origin(request)}{url_prefix(request)}/sign-in/callback"


def _login_failed(reason: str) -> HttpError:
    return HttpError(
        HTTPStatus.BAD_REQUEST, Text("We couldn't sign you in: %(reason)s", reason=reason)
    )


def _redirect(location: str, *cookies: str) -> Response:
    headers: Headers = {
        "Cache-Control": "no-store",
        "Location": location,
        "Set-Cookie": list(cookies),
    }
    return Response(body="", status_code=HTTPStatus.SEE_OTHER, headers=headers)
