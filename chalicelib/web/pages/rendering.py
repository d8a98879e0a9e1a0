"""Render templates as HTML responses."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from chalice.app import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chalicelib.bootstrap import get_services
from chalicelib.web import dates
from chalicelib.web.http import static_files
from chalicelib.web.http.negotiation import VARY
from chalicelib.web.http.security_headers import PAGE_HEADERS
from chalicelib.web.pages import messages
from chalicelib.web.pages.script_texts import script_texts
from chalicelib.web.pages.setting_words import words_of
from chalicelib.web.texts import add_texts

if TYPE_CHECKING:
    from chalicelib.web.http.types import Headers
    from chalicelib.web.pages.frame import Frame


_HEADERS: Headers = {
    "Content-Type": "text/html; charset=utf-8",
    # The page is private, and out of date a moment later.
    "Cache-Control": "no-store",
    **PAGE_HEADERS,
    **VARY,
}


def render(
    template: str,
    page: object,
    frame: Frame | None = None,
    *,
    status: int = 200,
    headers: Headers | None = None,
) -> Response:
    """Render a template; its variables are ``page`` and ``frame``, which a part of a page lacks."""
    body = _environment().get_template(template).render(page=page, frame=frame)
    return Response(body=body, status_code=status, headers={**_HEADERS, **(headers or {})})


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parents[1] / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    add_texts(environment)
    environment.globals["asset"] = _asset_url
    environment.globals["script_texts"] = script_texts
    environment.globals["has_password_page"] = lambda: get_services().auth.has_password_page
    environment.filters["words"] = words_of
    environment.filters["date_words"] = dates.format_iso_date
    environment.filters["split_ranges"] = messages.split_ranges
    return environment


def _asset_url(base: str, name: str) -> str:
    return f"{base}/static/{static_files.fingerprinted_name(name)}"
