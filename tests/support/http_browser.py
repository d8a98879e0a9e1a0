"""A browser without scripts: it keeps cookies, prefers HTML, and submits forms."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

import requests

from cloud.stack import LoopbackAdapter
from tests.support.page_form import SentForm

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
TIMEOUT_SECONDS = 30


class HttpBrowser(requests.Session):
    def __init__(self) -> None:
        super().__init__()
        self.headers["Accept"] = "text/html"
        self.mount("http://", LoopbackAdapter())

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401
        return super().request(*args, **{"timeout": TIMEOUT_SECONDS} | kwargs)

    def submit(
        self, page: requests.Response, selector: str, **fields: str | list[str]
    ) -> requests.Response:
        """Fill in fields of the form that matches, and submit it."""
        form = SentForm(page, selector).set(**fields)
        # Browsers send the content type for an empty form as well.
        headers = {"Content-Type": "application/x-www-form-urlencoded", **SAME_ORIGIN}
        return self.post(urljoin(page.url, form.action), data=form.fields, headers=headers)
