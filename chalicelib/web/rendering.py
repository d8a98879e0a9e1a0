"""Pages and parts of pages, from the templates beside this file."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalice.app import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chalicelib.web import assets, negotiation

if TYPE_CHECKING:
    from chalice.app import Request

    from chalicelib.web.problems import Problem

_HEADERS: negotiation.Headers = {
    "Content-Type": "text/html; charset=utf-8",
    # What is on the screen is a doctor's own, and old a moment later.
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    **negotiation.VARY,
}


def html(
    template: str, page: object, *, status: int = 200, headers: negotiation.Headers | None = None
) -> Response:
    """A template that is given one value, ``page``."""
    body = _environment().get_template(template).render(page=page)
    return Response(body=body, status_code=status, headers={**_HEADERS, **(headers or {})})


def problem(problem: Problem, request: Request) -> Response:
    """To a browser a page of its own; to htmx a notice, so that the form stays as it is."""
    page: dict[str, Any] = {
        "base": negotiation.base(request),
        "title": problem.status.phrase,
        "detail": problem.detail,
        "is_signed_out": problem.status is HTTPStatus.UNAUTHORIZED,
    }
    status = problem.status.value
    if negotiation.is_htmx(request):
        aside: negotiation.Headers = {
            "HX-Retarget": "#notice",
            "HX-Reswap": "innerHTML",
            "HX-Push-Url": "false",
        }
        return html("_notice.html", page, status=status, headers={**problem.headers, **aside})
    return html("error.html", page, status=status, headers=problem.headers)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = _asset
    return environment


def _asset(base: str, name: str) -> str:
    return f"{base}/static/{assets.hashed_name(name)}"
