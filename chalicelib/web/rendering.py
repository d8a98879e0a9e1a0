"""Pages and parts of pages, from the templates beside this file."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from chalice.app import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chalicelib.web import assets, forms, inputs, negotiation, problems

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
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    **negotiation.VARY,
}


def render(
    template: str, page: object, *, status: int = 200, headers: negotiation.Headers | None = None
) -> Response:
    """A template that is given one value, ``page``."""
    body = _environment().get_template(template).render(page=page)
    return Response(body=body, status_code=status, headers={**_HEADERS, **(headers or {})})


def render_error(problem: Problem, request: Request) -> Response:
    """To a browser a page of its own; to htmx a notice, so that the form stays as it is."""
    is_signed_out = problem.status is HTTPStatus.UNAUTHORIZED
    page: dict[str, Any] = {
        "base": negotiation.url_prefix(request),
        "title": problem.status.phrase,
        "detail": problem.detail,
        "is_signed_out": is_signed_out,
        "is_forbidden": problem.status is HTTPStatus.FORBIDDEN,
        "sent": _resubmittable_fields(request) if is_signed_out else [],
    }
    status = problem.status.value
    if negotiation.is_htmx(request):
        aside: negotiation.Headers = {
            "HX-Retarget": "#notice",
            "HX-Reswap": "innerHTML",
            "HX-Push-Url": "false",
        }
        return render("_notice.html", page, status=status, headers={**problem.headers, **aside})
    return render("error.html", page, status=status, headers=problem.headers)


def _resubmittable_fields(request: Request) -> list[tuple[str, str]]:
    """The fields of the form that could not be taken, to be sent again once she is signed in.

    Of our own form only: whatever another site has sent would become a form of ours, with a button
    that she trusts; and of no more fields than that has, since nobody is signed in.
    """
    is_ours = request.path == "/slots" and negotiation.is_same_origin(request)
    if not forms.is_form(request) or not is_ours:
        return []
    try:
        text = inputs.body(request).decode("ascii", "replace")
        return parse_qsl(text, keep_blank_values=True, max_num_fields=forms.MAX_FORM_FIELDS)
    except (problems.HttpError, ValueError):
        return []


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = _asset_url
    return environment


def _asset_url(base: str, name: str) -> str:
    return f"{base}/static/{assets.fingerprinted_name(name)}"
