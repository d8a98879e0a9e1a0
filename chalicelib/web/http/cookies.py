"""Cookies (RFC 6265): read next to other apps' cookies, and set for this app only."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import TYPE_CHECKING

from chalicelib.web.http import request as request_module
from chalicelib.web.http.request import scheme, url_prefix

if TYPE_CHECKING:
    from datetime import timedelta

    from chalice.app import Request


def get(request: Request, name: str) -> str | None:
    """Return the value of a cookie, the first of several: browsers send the longest path first.

    ``SimpleCookie`` stops at the first malformed cookie, and other apps on the same host may set
    such cookies.
    """
    for pair in str(request.headers.get("cookie", "")).split(";"):
        cookie_name, _, value = pair.strip().partition("=")
        if cookie_name == name:
            return value
    return None


def set_cookie_header(
    request: Request, name: str, value: str, max_age: timedelta, path: str = ""
) -> str:
    """Return a ``Set-Cookie`` header: not readable by scripts, and ``Secure`` over HTTPS."""
    cookies: SimpleCookie = SimpleCookie({name: value})
    morsel = cookies[name]
    morsel["path"] = f"{url_prefix(request)}{path}" or "/"
    morsel["max-age"] = str(int(max_age.total_seconds()))
    morsel["httponly"] = "true"
    # Lax, not Strict: the browser must send the cookie when the identity provider redirects here.
    morsel["samesite"] = "Lax"
    if scheme(request) == "https":
        morsel["secure"] = "true"
    return morsel.OutputString()


def prefixed_name(request: Request, name: str, path: str = "") -> str:
    """Add the cookie prefix (RFC 6265bis): over HTTPS no sibling host or HTTP page can set it.

    A cookie with a ``path`` cannot have the stronger one, ``__Host-``. A port is appended, because
    two servers on one machine share their cookies.
    """
    port = request_module.port(request)
    named = f"{name}-{port}" if port else name
    if scheme(request) != "https":
        return named
    return f"__Secure-{named}" if url_prefix(request) or path else f"__Host-{named}"
