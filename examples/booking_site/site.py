"""The application: its pages, its protection against other sites, and its error pages."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, abort, current_app, render_template, request, send_from_directory, session
from werkzeug.exceptions import HTTPException

from examples.booking_site import booking_pages, search_pages, times
from examples.booking_site.api_types import RequestRejectedError, SlotsApiError
from examples.booking_site.visitors import new_id, visitor

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response
    from werkzeug import Response as AnyResponse

    from examples.booking_site.slots_api import SlotsApi

HEADERS = {
    "Cache-Control": "no-store",  # times change quickly, and names are private
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
TITLES = {400: "Invalid request", 404: "Page not found", 503: "Service unavailable"}
SHARED = Path(__file__).parents[2] / "static"  # has Pico CSS and the icon


def create_site(
    api: SlotsApi,
    *,
    secret_key: str,
    session_cookie: str = "booking_site",
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Flask:
    """Create the WSGI application.

    Browsers share cookies among the ports of a host, so sites on one machine need a
    ``session_cookie`` each.
    """
    site = Flask(__name__)
    site.config.update(SECRET_KEY=secret_key, SESSION_COOKIE_NAME=session_cookie)
    site.config.update(SESSION_COOKIE_SAMESITE="Lax", API=api, NOW=now, VISITORS={})
    site.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    site.jinja_env.filters.update(
        date=times.format_date,
        short_date=times.format_short_date,
        time=times.format_time,
        zone=times.format_zone,
    )
    site.context_processor(lambda: {"csrf_token": _csrf_token(), "visitor": visitor()})
    site.before_request(_require_csrf_token)
    site.after_request(_add_headers)
    site.register_error_handler(SlotsApiError, _api_error)
    site.register_error_handler(HTTPException, _http_error)
    site.register_blueprint(search_pages.pages)
    site.register_blueprint(booking_pages.pages)
    site.add_url_rule("/shared/<name>", "shared", lambda name: send_from_directory(SHARED, name))
    return site


def _csrf_token() -> str:
    """Return the session's token for forms, which no other site can read."""
    return str(session.setdefault("csrf_token", new_id()))


def _require_csrf_token() -> None:
    """Reject a form that comes from another site."""
    given = request.form.get("csrf_token", "")
    valid = secrets.compare_digest(given.encode(), _csrf_token().encode())
    if request.method == "POST" and not valid:
        abort(HTTPStatus.BAD_REQUEST, "This page has expired. Reload it and try again.")


def _add_headers(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers.update(HEADERS)
    return response


def _api_error(error: SlotsApiError) -> tuple[str, int]:
    """Render an error page: an error must never look like an empty list of times."""
    detail = str(error)
    if not isinstance(error, RequestRejectedError):
        current_app.logger.error(detail)
        detail = "We can't reach the doctors' calendars right now."
    return _error_page(error.status, detail), error.status


def _http_error(error: HTTPException) -> AnyResponse:
    response = error.get_response()
    detail = {404: "Check the address."}.get(response.status_code, error.description or "")
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        response.set_data(_error_page(response.status_code, detail))
    return response


def _error_page(status: int, detail: str) -> str:
    title = TITLES.get(status, HTTPStatus(status).phrase)
    return render_template("error.html", title=title, detail=detail)
