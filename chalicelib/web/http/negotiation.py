"""Content negotiation: JSON or HTML, and a whole page or a part of it for htmx."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalice.app import Request

    from chalicelib.web.http.types import Headers


# The request headers that responses depend on.
VARY: Headers = {"Vary": "Accept, HX-Request"}
_HTML = ("text/html", "application/xhtml+xml")
_JSON = ("application/json", "application/problem+json")
# htmx 4.0.1 sends only the second when it restores history.
_HTMX_HEADERS = {"hx-request", "hx-history-restore-request"}


def is_htmx(request: Request) -> bool:
    """Return whether htmx requests part of a page; to restore history it requests all of it."""
    headers = request.headers
    return "hx-request" in headers and "hx-history-restore-request" not in headers


def wants_html(request: Request) -> bool:
    """Return whether a browser or htmx sent the request; any other client gets JSON."""
    if _HTMX_HEADERS & {name.lower() for name in request.headers}:
        return True
    return prefers_html(request.headers.get("accept", ""))


def prefers_html(accept: str) -> bool:
    """Return whether an ``Accept`` header prefers HTML to JSON (RFC 9110, section 12.5.1).

    JSON is the default: HTML needs a higher weight. The most specific range that matches a media
    type sets its weight; parameters other than ``q`` are ignored.
    """
    weights = _q_values(accept)
    html, json = (max(_weight_of(kind, weights) for kind in kinds) for kinds in (_HTML, _JSON))
    return html > json


def accepts(accept: str, kinds: Iterable[str]) -> bool:
    """Return whether an ``Accept`` header has one of the media types; without one, it has all."""
    weights = _q_values(accept)
    return not accept.strip() or any(_weight_of(kind, weights) > 0 for kind in kinds)


def _weight_of(kind: str, weights: dict[str, float]) -> float:
    ranges = (kind, f"{kind.partition('/')[0]}/*", "*/*")
    return next((weights[each] for each in ranges if each in weights), 0.0)


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
