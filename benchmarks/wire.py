"""What goes over the wire: a first visit of the page, a poll, a day drawn anew."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING

from local.stage import chalice_config

if TYPE_CHECKING:
    from tests.site import Answer, Site

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
HTMX = {"Accept": "text/html", "HX-Request": "true"}
DAY = "/slots?doctor_id=dr-lee&date=2026-11-23"
# Bytes.
LIMITS = {
    "first visit: the page and its files": 40_000,
    "a poll that finds no news": 500,
    "a day drawn anew": 4_000,
}
_FILE = re.compile(r'(?:href|src)="(/static/[^"]+)"')
_LEVEL = 6


def sizes(site: Site) -> dict[str, int]:
    """Bytes of the answers, head and body, as API Gateway compresses them, for a day of Dr Lee's.

    What the gateway and HTTP's own framing add to the head is not counted.
    """
    page = site.request("GET", DAY, headers=BROWSER)
    files = [site.request("GET", path) for path in dict.fromkeys(_FILE.findall(page.text))]
    drawn = site.request("GET", f"{DAY}&part=day", headers=HTMX)
    known = {**HTMX, "If-None-Match": drawn.headers["ETag"]}
    poll = site.request("GET", f"{DAY}&part=day", headers=known)
    if [page.status, drawn.status, poll.status] != [200, 200, 304]:
        raise RuntimeError(page.status, drawn.status, poll.status)
    told = (sum(map(_size, [page, *files])), _size(poll), _size(drawn))
    return dict(zip(LIMITS, told, strict=True))


def _size(answer: Answer) -> int:
    head = f"HTTP/1.1 {answer.status} ...\r\n" + "".join(
        f"{name}: {value}\r\n" for name, value in answer.headers.items()
    )
    body = answer.text.encode()
    if len(body) >= chalice_config()["minimum_compression_size"]:
        body = gzip.compress(body, _LEVEL, mtime=0)
        head += "Content-Encoding: gzip\r\n"
    return len(f"{head}\r\n".encode()) + len(body)
