"""A browser without JavaScript: it follows links, fills in forms and presses buttons."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup, Tag

if TYPE_CHECKING:
    from flask.testing import FlaskClient


def parse(markup: str) -> BeautifulSoup:
    return BeautifulSoup(markup, "html.parser")


def text_of(element: Tag) -> str:
    """Return the element's text with normalized white space."""
    return " ".join(element.get_text().split())


def attribute(element: Tag, name: str, default: str = "") -> str:
    return str(element.get(name, default))


def form_fields(form: Tag) -> dict[str, str]:
    """Return the initial values of a form's inputs and selects."""
    fields = {attribute(i, "name"): attribute(i, "value") for i in form.find_all("input")}
    for select in form.find_all("select"):
        chosen = select.select_one("option[selected]") or select.select_one("option")
        fields[attribute(select, "name")] = option_value(chosen) if chosen else ""
    return fields


def option_value(option: Tag) -> str:
    return attribute(option, "value", text_of(option))


@dataclass
class Browser:
    """The browser of one visitor; it starts without cookies and without a page."""

    client: FlaskClient
    url: str = ""
    status: int = 0
    page: BeautifulSoup = field(default_factory=lambda: parse(""))

    def open(self, url: str) -> None:
        self._load("GET", url)

    @property
    def text(self) -> str:
        return text_of(self.page)

    @property
    def times(self) -> list[str]:
        """The times that can be chosen."""
        return [text_of(button) for button in self.page.select("button[name=slot_id]")]

    def options(self, select: str) -> list[str]:
        """Return the values of a select."""
        return [option_value(o) for o in self.page.select(f"select[name={select}] option")]

    def follow(self, text: str) -> None:
        """Click a link."""
        self._load("GET", attribute(self._find("a", text), "href"))

    def press(self, text: str, **fields: str) -> None:
        """Fill in fields and press the button whose text starts so."""
        button = self._find("button", text)
        form = button.find_parent("form")
        assert form, f"The button {text!r} is in no form"
        data = {**form_fields(form), **fields}
        if button.has_attr("name"):
            data[attribute(button, "name")] = attribute(button, "value")
        action = attribute(button, "formaction") or attribute(form, "action") or self.url
        self._load(attribute(form, "method", "get").upper(), action, data)

    def _find(self, tag: str, text: str) -> Tag:
        elements = self.page.find_all(tag)
        found = [element for element in elements if text_of(element).startswith(text)]
        assert found, f"There is no {text!r} among {[text_of(element) for element in elements]}"
        return found[0]

    def _load(self, method: str, url: str, data: dict[str, str] | None = None) -> None:
        query, body = (data, None) if method == "GET" else (None, data)
        response = self.client.open(
            url, method=method, query_string=query, data=body, follow_redirects=True
        )
        self.status, self.url = response.status_code, response.request.path
        self.page = parse(response.text)
