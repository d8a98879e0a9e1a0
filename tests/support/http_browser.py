"""A browser without scripts: it keeps cookies, prefers HTML, and submits forms."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin, urlsplit

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter

from local import ports
from tests.support.page_form import HtmlForm

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
TIMEOUT_SECONDS = 30


class HttpBrowser(Session):
    def __init__(self) -> None:
        super().__init__()
        self.headers["Accept"] = "text/html"
        self.mount("http://", LoopbackAdapter())

    def request(self, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401  those of requests
        return super().request(*args, **{"timeout": TIMEOUT_SECONDS} | kwargs)

    def submit(self, page: Response, selector: str, **fields: str | list[str]) -> Response:
        """Fill in fields of the form that matches, and submit it."""
        form = HtmlForm(page, selector).set(**fields)
        # Browsers send the content type for an empty form as well.
        headers = {"Content-Type": "application/x-www-form-urlencoded", **SAME_ORIGIN}
        return self.post(urljoin(page.url, form.action), data=form.fields, headers=headers)


class LoopbackAdapter(HTTPAdapter):
    """Connects to this machine whatever the host name: only a rehearsal uses plain HTTP.

    Names below ``localhost`` are this machine (RFC 6761), but not every resolver knows that.
    """

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401  those of requests
        request.headers["Host"] = urlsplit(str(request.url)).netloc
        response = super().send(request, *args, **kwargs)
        # The session copies the headers when it follows a redirect, to another host perhaps.
        del request.headers["Host"]
        return response

    def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  those of requests
        host, pool = super().build_connection_pool_key_attributes(*args, **kwargs)
        return host | {"host": ports.HOST}, pool
