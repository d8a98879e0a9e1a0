"""From what a client sent to the values that the use cases take."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from chalicelib.web.http.errors import HttpError

if TYPE_CHECKING:
    from chalice.app import Request


FORM = "application/x-www-form-urlencoded"


def is_form(request: Request) -> bool:
    """The page's own way to save, rather than a machine's."""
    return str(request.headers.get("content-type", "")).lower().startswith(FORM)


JSON = "application/json"

# A form of 96 boxes, all shown, offered and ticked, is 7 kB.
MAX_BODY_BYTES = 64 * 1024


def body(request: Request) -> bytes:
    """At most 64 KiB; else raise ``HttpError``."""
    raw = request.raw_body
    raw = raw.encode() if isinstance(raw, str) else raw
    if len(raw) > MAX_BODY_BYTES:
        detail = f"The body is larger than {MAX_BODY_BYTES} bytes"
        raise HttpError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
    return raw


def query(request: Request, name: str) -> str | None:
    """A query parameter; None where it is missing or empty."""
    parameters = request.query_params
    return parameters.get(name) or None if parameters else None


_AUTHORITY = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")


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
