"""Read a request: body, query, path and origin."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from chalicelib.domain.text import Text
from chalicelib.web.http.errors import HttpError

if TYPE_CHECKING:
    from collections.abc import Collection

    from chalice.app import Request

    from chalicelib.web.http.types import Headers

FORM = "application/x-www-form-urlencoded"
HTML = "text/html"
JSON = "application/json"
CSV = "text/csv"
ICALENDAR = "text/calendar"

# The form of a week with the maximum of 96 slots a day, all of them selected, has 82 kB.
MAX_BODY_BYTES = 128 * 1024
# An export of two years with the maximum of 96 slots a day, and a form with one of a year: about
# 2 MB. AWS Lambda takes 6 MB, in which the body is a JSON text.
MAX_IMPORT_BYTES = 3 * 1024 * 1024
_is_always_https = [False]
_AUTHORITY = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")


def header(request: Request, name: str) -> str | None:
    """Return a header without the blanks around it, which do not belong to it (RFC 9110, 5.5)."""
    value = request.headers.get(name)
    return None if value is None else str(value).strip(" \t")


def media_type(request: Request) -> str:
    """Return the media type of the content without its parameters, in lower case."""
    return (header(request, "content-type") or "").partition(";")[0].rstrip(" \t").lower()


def require_media_type(
    request: Request, accepted: Collection[str], max_bytes: int = MAX_BODY_BYTES
) -> None:
    """Raise ``HttpError`` for content of another type, or of none, or with a coding such as gzip.

    A request without content needs no type (RFC 9110, section 8.3). A page of another site can send
    content of some types, and content without a type, without asking this server first.
    """
    if not body(request, max_bytes):
        return
    if (header(request, "content-encoding") or "identity").lower() != "identity":
        raise _unsupported(
            Text("Send the content without compression"), {"Accept-Encoding": "identity"}
        )
    if media_type(request) not in accepted:
        detail = Text("This path does not accept that content type")
        raise _unsupported(detail, {"Accept": ", ".join(accepted)})


def _unsupported(detail: str, headers: Headers) -> HttpError:
    """Return the error with the header that says what is supported (section 15.5.16)."""
    error = HttpError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail)
    error.headers |= headers
    return error


def is_form(request: Request) -> bool:
    """Return whether the page sent a form; API clients send JSON."""
    return media_type(request) == FORM


def body(request: Request, max_bytes: int = MAX_BODY_BYTES) -> bytes:
    """Return the body, or raise ``HttpError`` if it is larger than that, by default 128 KiB."""
    raw = request.raw_body
    raw = raw.encode() if isinstance(raw, str) else raw
    if len(raw) > max_bytes:
        detail = Text("The body is larger than %(limit)s bytes", limit=max_bytes)
        raise HttpError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
    return raw


def query(request: Request, name: str) -> str | None:
    """Return a query parameter; None if it is missing or empty."""
    parameters = request.query_params
    return parameters.get(name) or None if parameters else None


def queries(request: Request, name: str) -> list[str]:
    """Return every value of a query parameter that is not empty."""
    parameters = request.query_params
    if parameters is None or name not in parameters:
        return []
    return [value for value in parameters.getlist(name) if value]


def path(request: Request) -> str:
    """Return the requested path with its prefix; ``request.path`` is the route's pattern."""
    return str(request.context.get("path", ""))


def url_prefix(request: Request) -> str:
    """Return the prefix of every URL: ``""`` on a laptop, the stage in the cloud (``/api``)."""
    inner = request.path.strip("/")
    outer = path(request).strip("/").split("/")
    prefix = outer[: len(outer) - (inner.count("/") + 1 if inner else 0)]
    return "".join(f"/{part}" for part in prefix if part)


def set_always_https(value: bool) -> None:  # noqa: FBT001  a setter
    """Set for this process whether clients connect by HTTPS alone.

    Then cookies are always secure: what a chain of proxies reports may be missing, or malformed.
    """
    _is_always_https[0] = value


def scheme(request: Request) -> str:
    """Return how the client connected; the proxy in front of the app reports HTTPS."""
    is_https = _is_always_https[0] or request.headers.get("x-forwarded-proto") == "https"
    return "https" if is_https else "http"


def host(request: Request) -> str:
    """Return the ``Host`` header; ``""`` if it is no authority (RFC 3986).

    It can be trusted: API Gateway only forwards requests for its own hosts, and no page can make a
    browser send another host.
    """
    authority = str(request.headers.get("host", ""))
    return authority if _AUTHORITY.fullmatch(authority) else ""


def host_name(request: Request) -> str | None:
    """Return the host without its port, in lower case; None if the header is no authority."""
    if request.headers.get("host") and not host(request):
        return None
    return host(request).removesuffix(f":{port(request)}").lower()


def port(request: Request) -> str:
    """Return the port of the ``Host`` header; ``""`` if it has none."""
    return host(request).rpartition("]")[2].partition(":")[2]


def origin(request: Request) -> str:
    """Return scheme, host and port of this app (RFC 6454)."""
    return f"{scheme(request)}://{host(request)}"


def is_same_origin(request: Request) -> bool:
    """Return whether our own page sent the request, by headers that no page can forge."""
    headers = request.headers
    site = headers.get("sec-fetch-site")
    return site == "same-origin" if site else headers.get("origin") == origin(request)
