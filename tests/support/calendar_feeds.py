"""Requests about calendar feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse

FEEDS = "/doctors/dr-lee/calendar-feeds"


def post_feed(client: AppClient, name: str = "Phone", *, doctor_id: str = "dr-lee") -> AppResponse:
    """Create a calendar feed."""
    return client.post(f"/doctors/{doctor_id}/calendar-feeds", {"name": name})


def feed_path(created: AppResponse) -> str:
    """Return the path of the URL that a request about a feed has returned."""
    url: str = created.json["url"]
    return urlsplit(url).path
