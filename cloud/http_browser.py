"""A browser without scripts: a ``requests`` session with forms and links."""

from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from bs4 import BeautifulSoup
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from local import ports

TIMEOUT_SECONDS = 30
_LINK_ATTRIBUTES = ("href", "src", "action", "hx-get", "hx-post")
_SENT_FIELDS = "input[name]:not(:disabled, [type=checkbox]:not(:checked))"


def parse(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def parse_links(html: str) -> list[str]:
    """Return every URL that a page links to, loads or submits to."""
    tags = parse(html).select("*")
    return [str(tag[name]) for tag in tags for name in _LINK_ATTRIBUTES if tag.get(name)]


class HttpBrowser(requests.Session):
    """Keeps cookies, and prefers HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.headers["Accept"] = "text/html"
        self.mount("http://", _LoopbackAdapter())

    def request(self, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401  those of requests
        return super().request(*args, **{"timeout": TIMEOUT_SECONDS} | kwargs)

    def submit(self, page: Response, selector: str, *values: tuple[str, str]) -> Response:
        """Submit the form that matches a CSS selector, or contains what matches.

        ``values`` replace those of its fields; a browser sends the others unchanged.
        """
        form = parse(page.text).select_one(f"form:is({selector}, :has({selector}))")
        if form is None:
            raise LookupError(f"no form matches {selector}")
        changed = {name for name, _ in values}
        fields = [
            (str(tag["name"]), str(tag.get("value", ""))) for tag in form.select(_SENT_FIELDS)
        ]
        return self.post(
            urljoin(page.url, str(form.get("action", ""))),
            data=[*(field for field in fields if field[0] not in changed), *values],
            headers={
                # Browsers send it for an empty form as well.
                "Content-Type": "application/x-www-form-urlencoded",
                "Sec-Fetch-Site": "same-origin",
            },
        )


class _LoopbackAdapter(HTTPAdapter):
    """Connects to this machine whatever the host name: only a rehearsal uses plain HTTP.

    Names below ``localhost`` are this machine (RFC 6761), but not every resolver knows that.
    """

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401
        request.headers["Host"] = urlsplit(str(request.url)).netloc
        response = super().send(request, *args, **kwargs)
        # The session copies the headers when it follows a redirect, to another host perhaps.
        del request.headers["Host"]
        return response

    def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        host, pool = super().build_connection_pool_key_attributes(*args, **kwargs)
        return host | {"host": ports.HOST}, pool
