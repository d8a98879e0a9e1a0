"""The application: its pages, its protection against other sites, and its error pages."""

import os
import secrets
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from pathlib import Path
from zoneinfo import ZoneInfo

import flask
from flask import abort, g, render_template, request, session
from werkzeug import Response
from werkzeug.exceptions import HTTPException

from examples.booking_site import booking_pages, search_pages
from examples.booking_site.slots_api import SlotsApi, token_session
from examples.booking_site.visitors import Visitor, new_id

HEADERS = {
    "Cache-Control": "no-store",  # times change quickly, and names are private
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
SHARED = Path(__file__).parents[2] / "static"  # has Pico CSS and the icon


def create_app() -> flask.Flask:
    """Create the site that the environment variables describe, for ``flask run``."""
    env, session = os.environ, None
    if token_url := env.get("SLOTS_API_TOKEN_URL"):
        secret = env["SLOTS_API_CLIENT_SECRET"]
        session = token_session(token_url, env["SLOTS_API_CLIENT_ID"], secret)
    site = create_site(SlotsApi(env.get("SLOTS_API") or "http://127.0.0.1:8000", session))
    site.secret_key = env.get("SECRET_KEY") or secrets.token_hex()
    # Browsers share cookies among the ports of a host.
    site.config["SESSION_COOKIE_NAME"] = f"booking_site_{env.get('FLASK_RUN_PORT', 5000)}"
    return site


def create_site(api: SlotsApi) -> flask.Flask:
    """Create the WSGI application; its ``SECRET_KEY`` remains to be set."""
    site = flask.Flask(__name__)
    site.config.update(SESSION_COOKIE_SAMESITE="Lax", NOW=partial(datetime.now, UTC))
    site.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    site.jinja_env.filters["time"] = format_time
    site.jinja_env.globals.update(UTC=UTC, one_day=timedelta(days=1))
    visitors: dict[str, Visitor] = {}

    @site.before_request
    def set_up_request() -> None:
        g.api, g.visitors, g.now = api, visitors, site.config["NOW"]()
        holder = session.setdefault("holder", new_id())
        g.visitor = visitors.setdefault(holder, Visitor(holder=holder))
        g.csrf_token = session.setdefault("csrf_token", new_id())
        given = request.form.get("csrf_token", "").encode()
        if request.method == "POST" and not secrets.compare_digest(given, g.csrf_token.encode()):
            abort(HTTPStatus.BAD_REQUEST, "This page has expired. Reload it and try again.")

    @site.after_request
    def add_headers(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.headers.update(HEADERS)
        return response

    site.register_error_handler(HTTPException, _error_page)
    site.register_blueprint(search_pages.pages)
    site.register_blueprint(booking_pages.pages)
    site.add_url_rule("/shared/<path>", "shared", partial(flask.send_from_directory, SHARED))
    return site


def format_time(instant: datetime, zone: ZoneInfo) -> str:
    """``09:00``; or ``01:30 BST`` in the hour that the clock shows twice."""
    local = instant.astimezone(zone)
    is_ambiguous = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{local:%H:%M %Z}" if is_ambiguous else f"{local:%H:%M}"


def _error_page(error: HTTPException) -> Response:
    """Render an error page: an error must never look like an empty list of times."""
    response = error.get_response()
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        flask.current_app.logger.error(error.description)
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        response.set_data(render_template("error.html", error=error))
    return response
