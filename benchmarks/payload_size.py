"""Response sizes: first visits of a day and of a week, a poll without changes, a drawn day."""

from __future__ import annotations

import gzip
import html
import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from local.local_config import chalice_config

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse

BROWSER_HEADERS = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
HTMX_HEADERS = {"Accept": "text/html", "HX-Request": "true"}
DAY_URL = "/slots?doctor_id=dr-lee&date=2026-11-23"
WEEK_URL = "/slots/week?doctor_id=dr-lee&date=2026-11-23"
MAX_BYTES = {
    "first visit of a day: the page and its files": 45_000,
    "first visit of a week: the page, its files and its month": 45_000,
    "a poll without changes": 300,
    "a re-rendered day": 4_000,
}
_STATIC_URL = re.compile(r'(?:href|src)="(/static/[^"]+)"')
_MONTH_URL = re.compile(r'id="rail" hx-get="([^"]+)"')
_GZIP_LEVEL = 6


def measure_sizes(client: AppClient) -> dict[str, int]:
    """Return the bytes of responses, headers and body, compressed as by API Gateway.

    Headers that API Gateway adds, and the framing of HTTP/2, are not counted.
    """
    rendered = client.request("GET", f"{DAY_URL}&part=schedule", headers=HTMX_HEADERS)
    conditional = {**HTMX_HEADERS, "If-None-Match": rendered.headers["ETag"]}
    poll = client.request("GET", f"{DAY_URL}&part=schedule", headers=conditional)
    if (rendered.status, poll.status) != (200, 304):
        raise RuntimeError(rendered.status, poll.status)
    visits = (_visit_size(client, url) for url in (DAY_URL, WEEK_URL))
    sizes = (*visits, _response_size(poll), _response_size(rendered))
    return dict(zip(MAX_BYTES, sizes, strict=True))


def _visit_size(client: AppClient, url: str) -> int:
    """Return the bytes of a page and of all that a browser then loads, without cache."""
    page = client.request("GET", url, headers=BROWSER_HEADERS)
    month = _MONTH_URL.search(page.text)
    parts = [client.request("GET", html.unescape(month[1]), headers=HTMX_HEADERS)] if month else []
    files = [client.request("GET", path) for path in dict.fromkeys(_STATIC_URL.findall(page.text))]
    responses = [page, *parts, *files]
    if any(response.status != HTTPStatus.OK for response in responses):
        raise RuntimeError([response.status for response in responses])
    return sum(map(_response_size, responses))


def _response_size(response: AppResponse) -> int:
    head = f"HTTP/1.1 {response.status} ...\r\n" + "".join(
        f"{name}: {value}\r\n" for name, value in response.headers.items()
    )
    body = response.text.encode()
    if len(body) >= chalice_config()["minimum_compression_size"]:
        body = gzip.compress(body, _GZIP_LEVEL, mtime=0)
        head += "Content-Encoding: gzip\r\n"
    return len(f"{head}\r\n".encode()) + len(body)
