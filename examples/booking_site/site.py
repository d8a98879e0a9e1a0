"""The site put together: its pages, what goes before and after each, and its errors."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Flask, abort, current_app, redirect, render_template, request
from werkzeug.exceptions import HTTPException

from examples.booking_site import visit
from examples.booking_site.pages import pages
from examples.booking_site.slots_api import SlotsApiError, Unavailable
from examples.booking_site.times import clock, day, zone_named, zones

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response
    from werkzeug import Response as AnyResponse

    from examples.booking_site.slots_api import SlotsApi

A_YEAR = 365 * 24 * 60 * 60
HEADERS = {
    "Cache-Control": "no-store",  # times are soon old, and names are the visitor's own
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def create_site(
    api: SlotsApi,
    *,
    secret_key: str,
    session_cookie: str = "booking_site",
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Flask:
    """Make the WSGI application.

    Cookies know hosts, not ports: sites on one machine need a ``session_cookie`` each.
    """
    site = Flask(__name__)
    site.config.update(
        SECRET_KEY=secret_key,
        SESSION_COOKIE_NAME=session_cookie,
        SESSION_COOKIE_SAMESITE="Lax",
        API=api,
        NOW=now,
        VISITORS={},
    )
    site.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    site.jinja_env.filters.update(day=day, clock=clock)
    site.context_processor(_for_every_page)
    site.before_request(_keep_zone)
    site.before_request(_require_own_form)
    site.after_request(_add_headers)
    site.register_error_handler(SlotsApiError, _api_error)
    site.register_error_handler(HTTPException, _http_error)
    site.register_blueprint(pages)
    return site


def _for_every_page() -> dict[str, Any]:
    return {
        "chosen_zone": visit.chosen_zone(),
        "csrf_token": visit.csrf_token,
        "today": visit.today(),
        "visitor": visit.visitor(),
        "zones": zones(),
    }


def _keep_zone() -> AnyResponse | None:
    """Keep the zone that a form sends in a cookie, and lead to the same page without it."""
    is_page = request.url_rule is not None and request.method == "GET"
    if not is_page or "zone" not in request.args:
        return None
    query = request.args.to_dict()
    zone = zone_named(query.pop("zone"))
    answer = redirect(f"{request.path}?{urlencode(query)}")
    answer.set_cookie("zone", zone.key if zone else "", max_age=A_YEAR, samesite="Lax")
    return answer


def _require_own_form() -> None:
    """Refuse a form that another site made."""
    if request.method != "POST":
        return
    given = request.form.get("csrf_token", "")
    if not secrets.compare_digest(given.encode(), visit.csrf_token().encode()):
        abort(HTTPStatus.BAD_REQUEST, "This page is too old: open it anew and try again.")


def _add_headers(answer: Response) -> Response:
    if answer.mimetype == "text/html":
        answer.headers.update(HEADERS)
    return answer


def _api_error(error: SlotsApiError) -> tuple[str, int]:
    """Say that something went wrong: an error is never shown as an empty list of times."""
    if isinstance(error, Unavailable):
        current_app.logger.error(error.reason)
    title = "Not available" if isinstance(error, Unavailable) else error.status.phrase
    return render_template("error.html", title=title, detail=error.detail), error.status


def _http_error(error: HTTPException) -> AnyResponse:
    answer = error.get_response()
    answer.set_data(render_template("error.html", title=error.name, detail=error.description))
    return answer
