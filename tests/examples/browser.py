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

    words: str
    attributes: Attributes
    form: Attributes
    fields: Attributes


class _Reader(HTMLParser):
    """Collects the controls of a page, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[Control] = []
        self.buttons: list[Control] = []
        self.options: list[str] = []
        self.text = ""
        self._form: Attributes = {}
        self._fields: Attributes = {}
        self._open: Control | None = None

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
                self._open = Control("", attributes, self._form, self._fields)
                (self.links if tag == "a" else self.buttons).append(self._open)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"a", "button"}:
            self._open = None

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._open:
            self._open.words += data


@dataclass
class Browser:
    """One visitor's browser; it starts with no cookies and no page."""

    client: FlaskClient
    url: str = ""
    status: int = 0
    page: _Reader = field(default_factory=_Reader)

    def open(self, url: str) -> None:
        """Type an address."""
        self._load("GET", url)

    @property
    def text(self) -> str:
        """What the page says, white space apart."""
        return " ".join(self.page.text.split())

    @property
    def times(self) -> list[str]:
        """The times that can be chosen."""
        chosen = (button for button in self.page.buttons if "slot_id" in button.attributes.values())
        return [button.words.strip() for button in chosen]

    def follow(self, words: str) -> None:
        """Click a link."""
        self._load("GET", _named(words, self.page.links).attributes["href"])

    def press(self, words: str, **fields: str) -> None:
        """Fill in fields and press a button; twice in a row presses the button of the same page."""
        button = _named(words, self.page.buttons)
        sent = {**button.fields, **fields}
        if "name" in button.attributes:
            sent[button.attributes["name"]] = button.attributes["value"]
        action = button.attributes.get("formaction") or button.form.get("action") or self.url
        self._load(button.form.get("method", "get").upper(), action, sent)

    def _load(self, method: str, url: str, sent: Attributes | None = None) -> None:
        query, body = (sent, None) if method == "GET" else (None, sent)
        answer = self.client.open(
            url, method=method, query_string=query, data=body, follow_redirects=True
        )
        self.status, self.url, self.page = answer.status_code, answer.request.path, _Reader()
        self.page.feed(answer.text)


def _named(words: str, controls: list[Control]) -> Control:
    found = [control for control in controls if re.match(re.escape(words), control.words.strip())]
    assert found, f"There is no {words!r} among {[control.words for control in controls]}"
    return found[0]
