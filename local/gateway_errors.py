"""Error responses of the gateway itself, in the format of those of the app."""

import html
import json
from collections.abc import Mapping
from http import HTTPStatus

from werkzeug.datastructures import Headers

from chalicelib.web.http.negotiation import prefers_html

_HEADERS = {
    "Vary": "Accept, HX-Request",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class GatewayError(Exception):
    """A request that the gateway rejects without invoking the app."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail

    def render(self, request: Mapping[str, str]) -> tuple[int, Headers, bytes]:
        """Return status, headers and body for a request with these headers.

        The body is problem details (RFC 9457), or a page for a browser.
        """
        headers = Headers(_HEADERS)
        if "hx-request" in request or prefers_html(request.get("accept", "")):
            headers["Content-Type"] = "text/html; charset=utf-8"
            headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
            return self.status, headers, self._page().encode()
        headers["Content-Type"] = "application/problem+json"
        return self.status, headers, self._problem().encode()

    def _problem(self) -> str:
        return json.dumps(
            {
                "type": "about:blank",
                "title": self.status.phrase,
                "status": self.status,
                "detail": self.detail,
                "errors": [],
            }
        )

    def _page(self) -> str:
        title = self.status.phrase
        return (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
            f"<main><h1>{title}</h1><p>{html.escape(self.detail)}</p></main></html>"
        )
