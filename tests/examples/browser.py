"""A browser without JavaScript: follows links, fills in forms, presses buttons."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask.testing import FlaskClient

Attributes = dict[str, str]


@dataclass
class Control:
    """A link or a button, by the words on it, with the form that it is in."""

    text: str
    attributes: Attributes
    form: Attributes
    fields: Attributes


class _PageParser(HTMLParser):
    """Collects the controls of a page, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[Control] = []
        self.buttons: list[Control] = []
        self.options: list[str] = []
        self.text = ""
        self._form: Attributes = {}
        self._fields: Attributes = {}
        self._current_control: Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        match tag:
            case "form":
                self._form, self._fields = attributes, {}
            case "input":
                self._fields[attributes["name"]] = attributes.get("value", "")
            case "select":
                self._fields[attributes["name"]] = ""
            case "option":
                self.options.append(attributes.get("value", ""))
            case "a" | "button":
                self._current_control = Control("", attributes, self._form, self._fields)
                (self.links if tag == "a" else self.buttons).append(self._current_control)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"a", "button"}:
            self._current_control = None

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._current_control:
            self._current_control.text += data


@dataclass
class FlaskBrowser:
    """One visitor's browser; it starts with no cookies and no page."""

    client: FlaskClient
    url: str = ""
    status: int = 0
    page: _PageParser = field(default_factory=_PageParser)

    def open(self, url: str) -> None:
        """Type an address."""
        self._load("GET", url)

    @property
    def text(self) -> str:
        """What the page says, white space apart."""
        return " ".join(self.page.text.split())

    @property
    def available_times(self) -> list[str]:
        """The times that can be chosen."""
        chosen = (button for button in self.page.buttons if "slot_id" in button.attributes.values())
        return [button.text.strip() for button in chosen]

    def click_link(self, label: str) -> None:
        """Click a link."""
        self._load("GET", _find_control(label, self.page.links).attributes["href"])

    def press_button(self, label: str, **fields: str) -> None:
        """Fill in fields and press a button; twice in a row presses the button of the same page."""
        button = _find_control(label, self.page.buttons)
        sent = {**button.fields, **fields}
        if "name" in button.attributes:
            sent[button.attributes["name"]] = button.attributes["value"]
        action = button.attributes.get("formaction") or button.form.get("action") or self.url
        self._load(button.form.get("method", "get").upper(), action, sent)

    def _load(self, method: str, url: str, form_data: Attributes | None = None) -> None:
        query, body = (form_data, None) if method == "GET" else (None, form_data)
        answer = self.client.open(
            url, method=method, query_string=query, data=body, follow_redirects=True
        )
        self.status, self.url, self.page = answer.status_code, answer.request.path, _PageParser()
        self.page.feed(answer.text)


def _find_control(label: str, controls: list[Control]) -> Control:
    found = [control for control in controls if re.match(re.escape(label), control.text.strip())]
    assert found, f"There is no {label!r} among {[control.text for control in controls]}"
    return found[0]
