"""What a request wants back, and under which prefix its links must stand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalice.app import Request

Headers = dict[str, str | list[str]]

# What an answer depends on besides its URL.
VARY: Headers = {"Vary": "Accept, HX-Request"}


_AUTHORITY = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
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


def path(request: Request) -> str:
    """The path as it was asked for, prefix included; ``request.path`` is the route's pattern."""
    return str(request.context.get("path", ""))


def url_prefix(request: Request) -> str:
    """The prefix of every URL: ``""`` on a laptop, the stage in the cloud (``/api``)."""
    inner = request.path.strip("/")
    outer = path(request).strip("/").split("/")
    kept = outer[: len(outer) - (inner.count("/") + 1 if inner else 0)]
    return "".join(f"/{part}" for part in kept if part)


def scheme(request: Request) -> str:
    """How the client came here: what stands before the app says whether that was by TLS."""
    return "https" if request.headers.get("x-forwarded-proto") == "https" else "http"


def host(request: Request) -> str:
    """Host and port as the client names them; ``""`` where that is no authority (RFC 3986).

    What stands before the app sends on only requests for its own hosts, and no page can make a
    browser name another.
    """
    named = str(request.headers.get("host", ""))
    return named if _AUTHORITY.fullmatch(named) else ""


def host_name(request: Request) -> str:
    """The host without its port, in lower case."""
    return host(request).removesuffix(f":{port(request)}").lower()


def port(request: Request) -> str:
    """The port, where the client names one."""
    return host(request).rpartition("]")[2].partition(":")[2]


def origin(request: Request) -> str:
    """Scheme, host and port of this app (RFC 6454)."""
    return f"{scheme(request)}://{host(request)}"


def is_same_origin(request: Request) -> bool:
    """Whether a browser vouches that our own page sends it; no page can forge these headers."""
    headers = request.headers
    site = headers.get("sec-fetch-site")
    return site == "same-origin" if site else headers.get("origin") == origin(request)
