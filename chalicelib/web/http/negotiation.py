"""What a request wants back, and under which prefix its links must stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalice.app import Request

    from chalicelib.web.http.types import Headers


# What an answer depends on besides its URL.
VARY: Headers = {"Vary": "Accept, HX-Request"}
# htmx 4.0.1 leaves out the first where it sends the second.
_HTMX_HEADERS = {"hx-request", "hx-history-restore-request"}


def is_htmx(request: Request) -> bool:
    """Asked by htmx for a part of a page; going back in history, htmx asks for all of it."""
    headers = request.headers
    return "hx-request" in headers and "hx-history-restore-request" not in headers


def wants_html(request: Request) -> bool:
    """A browser or htmx; everybody else gets JSON (RFC 9110, section 12.5.1)."""
    if _HTMX_HEADERS & {name.lower() for name in request.headers}:
        return True
    weights = _q_values(request.headers.get("accept", ""))
    html = max(weights.get("text/html", 0.0), weights.get("application/xhtml+xml", 0.0))
    return html > weights.get("application/json", 0.0)


def _q_values(accept: str) -> dict[str, float]:
    ranges = (part.split(";") for part in accept.lower().split(","))
    return {kind.strip(): _q_value(parameters) for kind, *parameters in ranges}


def _q_value(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
