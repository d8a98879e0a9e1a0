"""Security headers: what a browser may load, store, embed or guess of a response."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from chalicelib.web.http.request import scheme

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalice.app import Request, Response

    from chalicelib.web.http.types import Headers

BASE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # No page of another origin may embed it, because side channels could leak its content.
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Responses that aren't pages load and run nothing, even if a browser shows them as a page.
DOCUMENT_HEADERS: Headers = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
# What a shared computer must not keep of a session: responses that may be stored. Not "storage":
# the tab keeps unsaved changes, no patient data, for the same person. Not "cookies", which would
# also remove those of other apps of the domain.
CLEAR_SITE_DATA: Headers = {"Clear-Site-Data": '"cache"'}
# For a year, and without includeSubDomains: sibling hosts have other owners.
HSTS_HEADERS = {"Strict-Transport-Security": "max-age=31536000"}
# Without Cache-Control a browser may store some responses (RFC 9111, section 4.2.2).
DEFAULT_HEADERS = {"Cache-Control": "no-store"}
PAGE_HEADERS: Headers = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""What every HTML page has besides."""


def add_security_headers(request: Request, get_response: Callable[[Request], Response]) -> Response:
    """Middleware that adds the headers that every response has."""
    response = get_response(request)
    tls = HSTS_HEADERS if scheme(request) == "https" else {}
    response.headers = {
        **DEFAULT_HEADERS,
        # A 304 would replace the policy of the page that the browser has stored.
        **({} if response.status_code == HTTPStatus.NOT_MODIFIED else DOCUMENT_HEADERS),
        **response.headers,
        **BASE_HEADERS,
        **tls,
    }
    return response
