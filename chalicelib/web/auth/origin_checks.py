"""Reject requests of other sites: cross-site request forgery, and DNS rebinding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.errors import PermissionDeniedError
from chalicelib.domain.text import Text
from chalicelib.web.http.request import host_name, is_same_origin

if TYPE_CHECKING:
    from chalice.app import Request

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
# A request may have no Host header, but not one that cannot be read: it may name any site.
_LOOPBACK_HOSTS = ("", "localhost", "127.0.0.1", "[::1]")


def require_same_origin(request: Request) -> None:
    """Raise ``PermissionDeniedError`` unless our own page sent the request.

    Browsers add the cookie to any site's requests (CSRF).
    """
    if not is_same_origin(request):
        raise PermissionDeniedError(
            Text("For your security we blocked this request because it came from another site")
        )


def require_loopback_request(request: Request) -> None:
    """Without sign-in, no other site may use a browser of this machine to send requests.

    Neither by a form of its own, nor by a host name of its own that resolves to this machine (DNS
    rebinding). Clients that are no browsers send neither header.
    """
    if host_name(request) not in _LOOPBACK_HOSTS:
        raise PermissionDeniedError(
            Text("Without sign-in this server only answers requests to localhost")
        )
    is_browser = {"sec-fetch-site", "origin"} & {name.lower() for name in request.headers}
    if is_browser and request.method not in SAFE_METHODS:
        require_same_origin(request)
