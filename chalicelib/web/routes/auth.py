"""Signing in at the issuer (OpenID Connect, code flow with PKCE: RFC 7636), and out again."""

from __future__ import annotations

import secrets
from datetime import timedelta
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from chalice.app import Blueprint, Request, Response

from chalicelib.bootstrap import get_services
from chalicelib.web.api.validators import required_query
from chalicelib.web.auth import oidc
from chalicelib.web.auth.authentication import get_session_store, oidc_settings, require_same_origin
from chalicelib.web.http.errors import HttpError
from chalicelib.web.http.request import FORM, origin, query, url_prefix
from chalicelib.web.routing import public

if TYPE_CHECKING:
    from authlib.oauth2.client import OAuth2Client

    from chalicelib.settings import OidcSettings
    from chalicelib.web.auth.sessions import SignedCookie
    from chalicelib.web.http.types import Headers

blueprint = Blueprint(__name__)

# Time enough to find the password, and then for one try.
_LOGIN_TIMEOUT = timedelta(minutes=15)
# So that it fits the cookie in which it waits.
MAX_RETURN_PATH = 1000
_NO_STORE: Headers = {"Cache-Control": "no-store"}


def _request() -> Request:
    return blueprint.current_request


@blueprint.route("/sign-in", methods=["GET"])
@public(_request)
def get_sign_in() -> Response:
    """To the issuer's page; ``to`` is where she wanted to go."""
    request = _request()
    settings = oidc_settings()
    oidc.get_provider(settings.discovery_url).require_available()
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    asked = {"state": state, "nonce": nonce, "verifier": verifier, "to": _safe_return_path(request)}
    url, _ = _oauth_client(settings, request).create_authorization_url(
        oidc.get_provider(settings.discovery_url).endpoint("authorization_endpoint"),
        state=state,
        nonce=nonce,
        code_verifier=verifier,
    )
    cookie = auth_request_cookie(settings).write(request, asked, get_services().now())
    return _redirect(url, cookie)


@blueprint.route("/sign-in/callback", methods=["GET"])
@public(_request)
def get_callback() -> Response:
    """Back from the issuer, with a code for who she is."""
    from authlib.common.errors import AuthlibBaseError  # noqa: PLC0415  heavy, and needed here only

    from chalicelib.web.auth import tokens  # noqa: PLC0415  the same

    request = _request()
    settings = oidc_settings()
    found = auth_request_cookie(settings).read(request, get_services().now())
    state = query(request, "state") or ""
    if found is None or not secrets.compare_digest(
        found[0]["state"].encode(), state.encode("utf-8", "replace")
    ):
        raise _login_failed("the sign-in started in another browser or took too long. Try again.")
    if error := query(request, "error"):
        raise _login_failed(query(request, "error_description") or error)
    asked = found[0]
    try:
        answer = _oauth_client(settings, request).fetch_token(
            oidc.get_provider(settings.discovery_url).endpoint("token_endpoint"),
            code=required_query(request, "code"),
            grant_type="authorization_code",
            code_verifier=asked["verifier"],
            redirect_uri=_callback_url(request),
        )
        caller = tokens.get_verifier(settings).verify_id_token(
            str(answer.get("id_token")), nonce=asked["nonce"]
        )
    except (AuthlibBaseError, tokens.BadTokenError):
        raise _login_failed("the sign-in service did not confirm it. Try again.") from None
    session = get_session_store(settings).create(
        request, caller.name, caller.roles, get_services().now()
    )
    return _redirect(asked["to"], session, auth_request_cookie(settings).delete(request))


@blueprint.route("/sign-out", methods=["POST"], content_types=[FORM])
@public(_request)
def post_sign_out() -> Response:
    """Out here, and on to the issuer to be signed out there."""
    from chalicelib.web.pages.rendering import render  # noqa: PLC0415  machines need no template engine

    request = _request()
    settings = oidc_settings()
    require_same_origin(request)
    page = {"base": url_prefix(request), "to_issuer": _logout_url(settings, request)}
    headers: Headers = {"Set-Cookie": get_session_store(settings).delete(request)}
    return render("signed_out.html", page, headers=headers)


def _logout_url(settings: OidcSettings, request: Request) -> str | None:
    """Where the issuer ends its own session; None where it does not say, or gives no answer."""
    try:
        oidc.get_provider(settings.discovery_url).require_available()
        url = oidc.get_provider(settings.discovery_url).endpoint("end_session_endpoint")
    except oidc.IdentityProviderUnavailableError:
        return None
    back = f"{origin(request)}{url_prefix(request)}/"
    # The standard's name for the way back, and Cognito's.
    asked = {"client_id": settings.client_id, "post_logout_redirect_uri": back, "logout_uri": back}
    return f"{url}?{urlencode(asked)}"


@blueprint.route("/signed-in", methods=["GET"])
@public(_request)
def get_signed_in() -> Response:
    """For whoever signed in beside a page that waits."""
    from chalicelib.web.pages.rendering import render  # noqa: PLC0415  machines need no template engine

    return render("signed_in.html", {"base": url_prefix(_request())})


def _safe_return_path(request: Request) -> str:
    """A page of ours and nobody else's: else sign-in would send her wherever a link says."""
    home = f"{url_prefix(request)}/slots"
    to = query(request, "to") or home
    parts = urlsplit(to)
    is_ours = not parts.scheme and not parts.netloc and to.startswith("/") and "\\" not in to
    is_plain = to.isprintable() and to.isascii() and not to.startswith("//")
    is_short = len(to) <= MAX_RETURN_PATH
    return to if is_ours and is_plain and is_short else home


def _callback_url(request: Request) -> str:
    return f"{origin(request)}{url_prefix(request)}/sign-in/callback"


def _oauth_client(settings: OidcSettings, request: Request) -> OAuth2Client:
    from authlib.oauth2.client import OAuth2Client  # noqa: PLC0415  needed here only

    return OAuth2Client(
        session=oidc.get_provider(settings.discovery_url),
        client_id=settings.client_id,
        client_secret=settings.client_secret,
        scope="openid profile",
        redirect_uri=_callback_url(request),
        code_challenge_method="S256",
    )


@lru_cache(maxsize=8)
def auth_request_cookie(settings: OidcSettings) -> SignedCookie:
    """What was asked of the issuer, until the answer comes."""
    from chalicelib.web.auth.sessions import SignedCookie  # noqa: PLC0415  needed to sign in only

    return SignedCookie("sign-in", settings.session_keys, _LOGIN_TIMEOUT)


def _login_failed(reason: str) -> HttpError:
    return HttpError(HTTPStatus.BAD_REQUEST, f"We couldn't sign you in: {reason}")


def _redirect(location: str, *cookies: str) -> Response:
    headers: Headers = {**_NO_STORE, "Location": location, "Set-Cookie": list(cookies)}
    return Response(body="", status_code=HTTPStatus.SEE_OTHER.value, headers=headers)
