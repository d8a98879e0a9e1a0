"""What every answer tells a browser, so that it keeps, loads and guesses nothing it must not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.web.http.request import scheme

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalice.app import Request, Response

BASE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # No page of another origin may load it into itself, to learn of it by side channels.
    "Cross-Origin-Resource-Policy": "same-origin",
}
# A year, and this host alone: its siblings are somebody else's.
HSTS_HEADERS = {"Strict-Transport-Security": "max-age=31536000"}
# A browser may keep some answers that do not say that it may (RFC 9111, section 4.2.2).
DEFAULT_HEADERS = {"Cache-Control": "no-store"}


def add_security_headers(request: Request, get_response: Callable[[Request], Response]) -> Response:
    """Middleware: the headers that do not hang on what is answered."""
    response = get_response(request)
    tls = HSTS_HEADERS if scheme(request) == "https" else {}
    response.headers = {**DEFAULT_HEADERS, **response.headers, **BASE_HEADERS, **tls}
    return response
