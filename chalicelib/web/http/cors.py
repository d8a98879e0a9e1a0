"""Cross-origin requests (CORS): which other sites' pages may read the API in a browser."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from chalice.app import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from chalice.app import Request

    from chalicelib.web.http.types import Headers

_READING_METHODS = ("GET", "HEAD", "OPTIONS")
_EXPOSED_HEADERS: Headers = {"Access-Control-Expose-Headers": "ETag, Retry-After"}
# Without Access-Control-Allow-Credentials no page reads what a session cookie opens.
_PREFLIGHT_HEADERS: Headers = {
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "Accept, Authorization, If-None-Match",
    "Access-Control-Max-Age": "7200",  # the longest that Chromium keeps it
}
_origins: set[str] = set()


def set_cors_origins(origins: Collection[str]) -> None:
    """Set for this process from which origins pages may read the API."""
    _origins.clear()
    _origins.update(origins)


def add_cors_headers(request: Request, get_response: Callable[[Request], Response]) -> Response:
    """Middleware that lets pages of ``CORS_ORIGINS`` read what they request, errors included."""
    response = get_response(request)
    if _origins:
        vary = response.headers.get("Vary")
        response.headers["Vary"] = f"{vary}, Origin" if vary else "Origin"
        if request.method in _READING_METHODS and request.headers.get("origin") in _origins:
            response.headers |= _headers_for_origin(request)
    return response


def _headers_for_origin(request: Request) -> Headers:
    is_preflight = "access-control-request-method" in request.headers
    return {
        "Access-Control-Allow-Origin": str(request.headers["origin"]),
        **(_PREFLIGHT_HEADERS if is_preflight else _EXPOSED_HEADERS),
    }


def respond_to_options(allowed: Iterable[str]) -> Response:
    """Return the methods of a path; the middleware adds what a browser's preflight asks for."""
    headers: Headers = {"Allow": ", ".join(allowed)}
    return Response(body="", status_code=HTTPStatus.NO_CONTENT.value, headers=headers)
