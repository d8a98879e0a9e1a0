"""Response sizes: a first visit of the page, a poll without changes, a re-rendered day."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING

from local.local_config import chalice_config

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse

BROWSER_HEADERS = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
HTMX_HEADERS = {"Accept": "text/html", "HX-Request": "true"}
DAY_URL = "/slots?doctor_id=dr-lee&date=2026-11-23"
MAX_BYTES = {
    "first visit: the page and its files": 45_000,
    "a poll without changes": 300,
    "a re-rendered day": 4_000,
}
_STATIC_URL = re.compile(r'(?:href|src)="(/static/[^"]+)"')
_GZIP_LEVEL = 6


def measure_sizes(client: AppClient) -> dict[str, int]:
    """Return the bytes of responses, headers and body, compressed as by API Gateway.

    Headers that API Gateway adds, and the framing of HTTP/2, are not counted.
    """
    page = client.request("GET", DAY_URL, headers=BROWSER_HEADERS)
    files = [client.request("GET", path) for path in dict.fromkeys(_STATIC_URL.findall(page.text))]
    rendered = client.request("GET", f"{DAY_URL}&part=schedule", headers=HTMX_HEADERS)
    conditional = {**HTMX_HEADERS, "If-None-Match": rendered.headers["ETag"]}
    poll = client.request("GET", f"{DAY_URL}&part=schedule", headers=conditional)
    statuses = [page.status, rendered.status, poll.status]
    if statuses != [200, 200, 304]:
        raise RuntimeError(statuses)
    first_visit = sum(map(_response_size, [page, *files]))
    sizes = (first_visit, _response_size(poll), _response_size(rendered))
    return dict(zip(MAX_BYTES, sizes, strict=True))


def _response_size(response: AppResponse) -> int:
    head = f"HTTP/1.1 {response.status} ...\r\n" + "".join(
        f"{name}: {value}\r\n" for name, value in response.headers.items()
    )
    body = response.text.encode()
    if len(body) >= chalice_config()["minimum_compression_size"]:
        body = gzip.compress(body, _GZIP_LEVEL, mtime=0)
        head += "Content-Encoding: gzip\r\n"
    return len(f"{head}\r\n".encode()) + len(body)
