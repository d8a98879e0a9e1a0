"""The application: its pages, what runs before and after each request, and its error pages."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import (
    Flask,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    send_from_directory,
)
from werkzeug.exceptions import HTTPException

from examples.booking_site import booking_pages, request_state, search_pages, times
from examples.booking_site.api_errors import ApiUnavailableError, SlotsApiError
from examples.booking_site.visitor_store import VisitorStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response
    from werkzeug import Response as AnyResponse

    from examples.booking_site.slots_api import SlotsApi

ONE_YEAR_SECONDS = 365 * 24 * 60 * 60
HEADERS = {
    "Cache-Control": "no-store",  # times change quickly, and names are private
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
TITLES = {
    HTTPStatus.BAD_REQUEST: "Invalid request",
    HTTPStatus.NOT_FOUND: "Page not found",
    HTTPStatus.SERVICE_UNAVAILABLE: "Service unavailable",
}
SHARED = Path(__file__).parents[2] / "static"
"""Pico CSS and the icon, which the project already has."""


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
    site.config.update(
        SECRET_KEY=secret_key,
        SESSION_COOKIE_NAME=session_cookie,
        SESSION_COOKIE_SAMESITE="Lax",
        API=api,
        NOW=now,
        VISITORS=VisitorStore(),
    )
    _set_up_templates(site)
    site.before_request(_store_zone)
    site.before_request(_require_csrf_token)
    site.after_request(_add_headers)
    site.register_error_handler(SlotsApiError, _api_error)
    site.register_error_handler(HTTPException, _http_error)
    site.register_blueprint(search_pages.pages)
    site.register_blueprint(booking_pages.pages)
    site.add_url_rule("/shared/<name>", view_func=shared)
    return site


def shared(name: str) -> Response:
    return send_from_directory(SHARED, name)


def _set_up_templates(site: Flask) -> None:
    site.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    site.jinja_env.filters.update(
        date=times.format_date,
        short_date=times.format_short_date,
        time=times.format_time,
        zone=times.format_zone,
    )
    site.context_processor(_template_context)


def _template_context() -> dict[str, Any]:
    return {
        "chosen_zone": request_state.chosen_zone(),
        "csrf_token": request_state.csrf_token,
        "today": request_state.today(),
        "visitor": request_state.visitor(),
        "zones": times.zones(),
    }


def _store_zone() -> AnyResponse | None:
    """Store the zone that a form sends in a cookie, and redirect to the same page without it."""
    is_page = request.url_rule is not None and request.method == "GET"
    if not is_page or "zone" not in request.args:
        return None
    query = request.args.to_dict()
    zone = times.find_zone(query.pop("zone"))
    response = redirect(f"{request.path}?{urlencode(query)}")
    name = zone.key if zone else ""
    response.set_cookie("zone", name, max_age=ONE_YEAR_SECONDS, samesite="Lax")
    return response


def _require_csrf_token() -> None:
    """Reject a form that comes from another site."""
    if request.method != "POST":
        return
    given = request.form.get("csrf_token", "")
    if not secrets.compare_digest(given.encode(), request_state.csrf_token().encode()):
        abort(HTTPStatus.BAD_REQUEST, "This page has expired. Reload it and try again.")


def _add_headers(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers.update(HEADERS)
    return response


def _api_error(error: SlotsApiError) -> tuple[str, int]:
    """Render an error page: an error must never look like an empty list of times."""
    if isinstance(error, ApiUnavailableError):
        current_app.logger.error(error.reason)
    return _error_page(error.status, error.detail), error.status


def _http_error(error: HTTPException) -> AnyResponse:
    response = error.get_response()
    status = HTTPStatus(response.status_code)
    # No page of the site raises 404 itself, so the description is the framework's.
    detail = "Check the address." if status == HTTPStatus.NOT_FOUND else error.description
    response.set_data(_error_page(status, detail or ""))
    return response


def _error_page(status: HTTPStatus, detail: str) -> str:
    return render_template("error.html", title=TITLES.get(status, status.phrase), detail=detail)
