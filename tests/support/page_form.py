"""A form of a page, with the fields that a browser sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlencode

from tests.support.app_client import FORM
from tests.support.html import attribute, parse

if TYPE_CHECKING:
    from bs4 import Tag

    from tests.support.app_client import AppClient, AppResponse
    from tests.support.page_session import PageSession


class HtmlResponse(Protocol):
    """A response of any client."""

    @property
    def text(self) -> str: ...


class HtmlForm:
    """A form of a page; ``fields`` are what a browser would send, for a test to change."""

    def __init__(self, response: HtmlResponse, selector: str = "main form[method=post]") -> None:
        form = parse(response.text).select(selector)[0]
        self.action = attribute(form, "action")
        self.fields: dict[str, list[str]] = {}
        for element in form.select("[name]:is(input, select, textarea):not(:disabled)"):
            for value in _values(element):
                self.fields.setdefault(attribute(element, "name"), []).append(value)

    def set(self, **fields: str | list[str]) -> HtmlForm:
        """Fill in the first field of each name, or all of them; ``from_`` stands for ``from``."""
        for argument, value in fields.items():
            name = argument.removesuffix("_")
            others = self.fields.get(name, [])[1:]
            self.fields[name] = [value, *others] if isinstance(value, str) else value
        return self

    def send(self, client: AppClient, **headers: str) -> AppResponse:
        """Send the form as a browser."""
        sent = {"Accept": "text/html", "Content-Type": FORM}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return client.request(
            "POST", self.action, urlencode(self.fields, doseq=True).encode(), sent
        )

    def send_by(self, session: PageSession) -> AppResponse:
        """Send the form from the browser of a person who is signed in."""
        body = urlencode(self.fields, doseq=True)
        return session.send(
            "POST", self.action, body, Content_Type=FORM, Sec_Fetch_Site="same-origin"
        )


def _values(element: Tag) -> list[str]:
    if element.name == "select":
        return [attribute(option, "value") for option in element.select("option[selected]")]
    if element.name == "textarea":
        return [element.get_text().removeprefix("\n").replace("\n", "\r\n")]
    is_unchecked = attribute(element, "type") in {"checkbox", "radio"} and not element.has_attr(
        "checked"
    )
    return [] if is_unchecked else [attribute(element, "value")]
