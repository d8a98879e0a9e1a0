"""Cookies (RFC 6265): read whatever stands beside them, and set for this app alone."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import TYPE_CHECKING

from chalicelib.web.http import request as request_module
from chalicelib.web.http.request import scheme, url_prefix

if TYPE_CHECKING:
    from datetime import timedelta

    from chalice.app import Request


def get(request: Request, name: str) -> str | None:
    """That of the cookie, the first of several: a browser sends the one that is most our own first.

    ``SimpleCookie`` reads no further than the first that is not to its taste, and other apps of the
    same host set what they like.
    """
    for pair in str(request.headers.get("cookie", "")).split(";"):
        found, _, text = pair.strip().partition("=")
        if found == name:
            return text
    return None


def set_cookie_header(
    request: Request, name: str, value: str, max_age: timedelta, path: str = ""
) -> str:
    """A ``Set-Cookie``: out of reach for scripts, and over TLS where the page came by it."""
    made: SimpleCookie = SimpleCookie({name: value})
    morsel = made[name]
    morsel["path"] = f"{url_prefix(request)}{path}" or "/"
    morsel["max-age"] = str(int(max_age.total_seconds()))
    morsel["httponly"] = "true"
    # Lax: the issuer sends her back here, and the cookie must come along.
    morsel["samesite"] = "Lax"
    if scheme(request) == "https":
        morsel["secure"] = "true"
    return morsel.OutputString()


def prefixed_name(request: Request, name: str) -> str:
    """One that, over TLS, no sibling host and no page without TLS can set for us (RFC 6265bis).

    It has the port at its end where there is one: two servers of one machine share cookies.
    """
    port = request_module.port(request)
    named = f"{name}-{port}" if port else name
    if scheme(request) != "https":
        return named
    return f"__Secure-{named}" if url_prefix(request) else f"__Host-{named}"
