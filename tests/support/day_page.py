"""The Manage Slots page without a browser: what it draws, and what its form does."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from tests.support.factories import MONDAY

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse


DATE = MONDAY.isoformat()
BROWSER_HEADERS = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
HTMX_HEADERS = {"HX_Request": "true", "Accept": "text/html"}
DAY_PATH = f"/slots?doctor_id=dr-lee&date={DATE}"


class PageForm(HTMLParser):
    """What a browser would know of the page's form."""

    def __init__(self, response: AppResponse) -> None:
        """Read the form out of a page or a part of one."""
        super().__init__()
        self.hidden: dict[str, list[str]] = {}
        self.boxes: dict[str, dict[str, str | None]] = {}
        self._in_form = False
        self.feed(response.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self._in_form = found.get("method") == "post"
        if tag == "input" and self._in_form:
            name, value = found.get("name") or "", found.get("value") or ""
            if found["type"] == "hidden":
                self.hidden.setdefault(name, []).append(value)
            elif found["type"] == "checkbox":
                self.boxes[value[9:11] + ":" + value[11:13]] = found

    @property
    def checked_starts(self) -> list[str]:
        return [start for start, box in self.boxes.items() if "checked" in box]

    @property
    def disabled_starts(self) -> list[str]:
        return [start for start, box in self.boxes.items() if "disabled" in box]

    @property
    def invalid_starts(self) -> list[str]:
        return [start for start, box in self.boxes.items() if "aria-invalid" in box]

    def submission(self, *checked: str, **overrides: object) -> dict[str, object]:
        """What a browser sends when just these boxes are ticked."""
        values = [self.boxes[start]["value"] for start in checked]
        return {**self.hidden, "ticked": values, **overrides}


def load_form(client: AppClient) -> PageForm:
    return PageForm(client.get(DAY_PATH, **BROWSER_HEADERS))


def visible_text(response: AppResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.text))
