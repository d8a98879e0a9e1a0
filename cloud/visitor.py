"""Somebody with a browser without scripts: pages with links and forms, over plain HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

from local import ports

if TYPE_CHECKING:
    from urllib3.connectionpool import HTTPConnectionPool

ANSWER_SECONDS = 30
_LINKS = ("href", "src", "action", "hx-get", "hx-post")
Fields = list[tuple[str, str]]


@dataclass
class Form:
    """Where it is sent, and what a browser would send of it as it is."""

    action: str
    fields: Fields = field(default_factory=list)


class Page(HTMLParser):
    """What a page links to, and its forms in their order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.feed(html)

    def form_with(self, name: str) -> Form:
        """The form that has a field of that name; ``LookupError`` where none has."""
        for form in self.forms:
            if name in dict(form.fields):
                return form
        raise LookupError(f"no form has a field {name}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.links += [attributes[name] for name in _LINKS if attributes.get(name)]
        if tag == "form":
            self.forms.append(Form(attributes.get("action", "")))
        if tag == "input" and self.forms and _is_sent(attributes):
            self.forms[-1].fields.append((attributes["name"], attributes.get("value", "")))


def _is_sent(attributes: dict[str, str]) -> bool:
    is_ticked = attributes.get("type") != "checkbox" or "checked" in attributes
    return "name" in attributes and is_ticked and "disabled" not in attributes


class Visitor:
    """Keeps cookies, and goes where an answer leads."""

    def __init__(self) -> None:
        self._session = requests.Session()
        self._session.mount("http://", _OnThisMachine())

    def ask(self, method: str, url: str, **more: Any) -> requests.Response:  # noqa: ANN401  as requests takes them
        """One request and its answer, wherever that leads."""
        return self._session.request(
            method, url, allow_redirects=False, timeout=ANSWER_SECONDS, **more
        )

    def open(self, url: str) -> requests.Response:
        """Go there, and on to wherever it leads."""
        return self._session.get(url, headers={"Accept": "text/html"}, timeout=ANSWER_SECONDS)

    def send(self, form: Form, page_url: str, **filled_in: str) -> requests.Response:
        """Fill in fields of a form on a page, send it, and go to wherever that leads."""
        kept = [(name, value) for name, value in form.fields if name not in filled_in]
        return self._session.post(
            urljoin(page_url, form.action),
            data=[*kept, *filled_in.items()],
            headers={
                "Accept": "text/html",
                # A browser says so of an empty form as well.
                "Content-Type": "application/x-www-form-urlencoded",
                "Sec-Fetch-Site": "same-origin",
            },
            timeout=ANSWER_SECONDS,
        )

    @property
    def cookies(self) -> list[tuple[str, str]]:
        """The name and the path of each cookie."""
        return [(cookie.name, cookie.path) for cookie in self._session.cookies]


class _OnThisMachine(HTTPAdapter):
    """Every name below ``localhost`` is this machine (RFC 6761), which not every resolver knows."""

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: bool | str,  # noqa: FBT001  the library's own
        proxies: Any = None,  # noqa: ANN401  the library's own
        cert: Any = None,  # noqa: ANN401  the library's own
    ) -> HTTPConnectionPool:
        url = urlsplit(str(request.url))
        if (url.hostname or "").split(".")[-1] != "localhost":
            return super().get_connection_with_tls_context(request, verify, proxies, cert)
        return self.poolmanager.connection_from_host(ports.HOST, url.port, scheme="http")

    def send(
        self,
        request: requests.PreparedRequest,
        *args: Any,  # noqa: ANN401  the library's own
        **kwargs: Any,  # noqa: ANN401  the library's own
    ) -> requests.Response:
        # The name in the URL, not that of the connection; in a copy, since the next request of a
        # redirect is made of this one and goes elsewhere.
        named = request.copy()
        named.headers["Host"] = urlsplit(str(request.url)).netloc
        # No proxy knows this machine by that name.
        answer = super().send(named, *args, **kwargs | {"proxies": {}})
        answer.request = request
        return answer
