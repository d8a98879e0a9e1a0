"""The cookie with the view that a browser opened last: a page without a date opens in it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.web.http import cookies
from chalicelib.web.http.negotiation import is_htmx

if TYPE_CHECKING:
    from chalice.app import Request

    from chalicelib.web.http.types import Headers

_COOKIE = "view"
_ONE_YEAR = timedelta(days=365)


def last_view(request: Request) -> str | None:
    """Return the view that the user opened last, if the browser sends it."""
    return cookies.get(request, _COOKIE)


def remember_view(request: Request, view: str) -> Headers:
    """Return a ``Set-Cookie`` header if the page is of another view; a part of it is of none."""
    if is_htmx(request) or last_view(request) == view:
        return {}
    return {"Set-Cookie": cookies.set_cookie_header(request, _COOKIE, view, _ONE_YEAR, "/slots")}
