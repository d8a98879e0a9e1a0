"""The application: its pages, its protection against other sites, and its error pages."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from zoneinfo import ZoneInfo

import flask
from flask import Flask, abort, current_app, render_template, request, session
from werkzeug import Response
from werkzeug.exceptions import HTTPException

from examples.booking_site import booking_pages, calendar_file, search_pages
from examples.booking_site.slots_api import RequestRejectedError, SlotsApi, SlotsApiError
from examples.booking_site.visitors import new_id, visitor

HEADERS = {
    "Cache-Control": "no-store",  # times change quickly, and names are private
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
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
    site.jinja_env.filters.update(time=format_time, ical=calendar_file.escape)
    site.jinja_env.globals.update(UTC=UTC, one_day=timedelta(days=1))
    site.context_processor(lambda: {"csrf_token": _csrf_token(), "visitor": visitor()})
    site.before_request(_require_csrf_token)
    site.after_request(_add_headers)
    site.register_error_handler(SlotsApiError, _error_page)
    site.register_error_handler(HTTPException, _error_page)
    site.register_blueprint(search_pages.pages)
    site.register_blueprint(booking_pages.pages)
    site.add_url_rule(
        "/shared/<name>", "shared", lambda name: flask.send_from_directory(SHARED, name)
    )
    return site


def format_time(instant: datetime, zone: ZoneInfo) -> str:
    """``09:00``; or ``01:30 BST`` in the hour that the clock shows twice."""
    local = instant.astimezone(zone)
    is_ambiguous = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{local:%H:%M %Z}" if is_ambiguous else f"{local:%H:%M}"


def _csrf_token() -> str:
    """Return the session's token for forms, which no other site can read."""
    return str(session.setdefault("csrf_token", new_id()))


def _require_csrf_token() -> None:
    """Reject a form that comes from another site."""
    given = request.form.get("csrf_token", "")
    valid = secrets.compare_digest(given.encode(), _csrf_token().encode())
    if request.method == "POST" and not valid:
        abort(HTTPStatus.BAD_REQUEST, "This page has expired. Reload it and try again.")


def _add_headers(response: flask.Response) -> flask.Response:
    if response.mimetype == "text/html":
        response.headers.update(HEADERS)
    return response


def _error_page(error: SlotsApiError | HTTPException) -> Response | tuple[str, int]:
    """Render an error page: an error must never look like an empty list of times."""
    if isinstance(error, RequestRejectedError):
        status, detail = error.status.value, str(error)
    elif isinstance(error, SlotsApiError):
        current_app.logger.error(str(error))
        status, detail = error.status.value, "We can't reach the doctors' calendars right now."
    elif error.code is None:  # abort(redirect(...))
        return error.get_response()
    else:
        # No page of the site raises 404 itself, so the description is the framework's.
        is_unknown = error.code == HTTPStatus.NOT_FOUND
        status, detail = error.code, "Check the address." if is_unknown else error.description or ""
    return render_template("error.html", status=status, detail=detail), status
