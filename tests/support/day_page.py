"""The schedule page in HTML: its form, and requests as a browser sends them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.factories import MONDAY
from tests.support.html import attribute, parse, text_of

if TYPE_CHECKING:
    from bs4 import Tag

    from tests.support.app_client import AppClient, AppResponse


DATE = MONDAY.isoformat()
BROWSER_HEADERS = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
HTMX_HEADERS = {"HX_Request": "true", "Accept": "text/html"}
DAY_PATH = f"/slots?doctor_id=dr-lee&date={DATE}"


class PageForm:
    """The form of a page or a partial: its hidden fields and its check boxes by start."""

    def __init__(self, response: AppResponse) -> None:
        inputs = parse(response.text).select("form[method=post] input")
        self.hidden: dict[str, list[str]] = {}
        for field in inputs:
            if field["type"] == "hidden":
                self.hidden.setdefault(attribute(field, "name"), []).append(
                    attribute(field, "value")
                )
        self.boxes = {
            _start_time(field): dict(field.attrs) for field in inputs if field["type"] == "checkbox"
        }

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
        """Return the fields that a browser sends when exactly these boxes are checked."""
        values = [self.boxes[start]["value"] for start in checked]
        return {**self.hidden, "ticked": values, **overrides}


def _start_time(box: Tag) -> str:
    """The start of a box in UTC; on a week ``2026-11-23 09:00``."""
    date, slash, value = attribute(box, "value").rpartition("/")
    return f"{date}{slash and ' '}{value[9:11]}:{value[11:13]}"


def load_form(client: AppClient) -> PageForm:
    return PageForm(client.get(DAY_PATH, **BROWSER_HEADERS))


def visible_text(response: AppResponse) -> str:
    return text_of(parse(response.text), " ")
