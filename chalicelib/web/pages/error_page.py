"""Error pages for browsers, and notices for htmx."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from chalicelib.bootstrap import get_services
from chalicelib.domain.text import Text
from chalicelib.web.http import request as request_module
from chalicelib.web.http.errors import HttpError
from chalicelib.web.http.negotiation import is_htmx
from chalicelib.web.http.request import is_form, is_same_origin, query, url_prefix
from chalicelib.web.pages.day_form import MAX_FORM_FIELDS
from chalicelib.web.pages.frame import build_frame_of_session, build_plain_frame
from chalicelib.web.pages.rendering import render
from chalicelib.web.texts import _, translate

if TYPE_CHECKING:
    from chalice.app import Request, Response

    from chalicelib.web.api.problem_details import Problem
    from chalicelib.web.auth.sessions import LoginSession
    from chalicelib.web.http.types import Headers


# Headings for people, as in the GOV.UK Design System; the problem's title is HTTP's phrase.
_HEADINGS = {
    HTTPStatus.UNAUTHORIZED: Text("Sign in to continue"),
    HTTPStatus.FORBIDDEN: Text("You don't have access"),
    HTTPStatus.NOT_FOUND: Text("Page not found"),
    HTTPStatus.TOO_MANY_REQUESTS: Text("You've sent too many requests"),
    HTTPStatus.SERVICE_UNAVAILABLE: Text("Sorry, the service is unavailable"),
}


def render_error(problem: Problem, request: Request) -> Response:
    """A full page for a browser; for htmx a notice, so that the form keeps its state."""
    is_signed_out = problem.status is HTTPStatus.UNAUTHORIZED
    session = None if is_signed_out else get_services().auth.read_session(request)
    is_unknown = _is_unknown_doctor(problem, request, session)
    page: dict[str, Any] = {
        "base": url_prefix(request),
        "path": request.path,
        "title": _heading(problem, is_unknown=is_unknown),
        "detail": _detail(problem, session, is_unknown=is_unknown),
        "is_signed_out": is_signed_out,
        # Not for someone whom that link would lead back to this page.
        "has_home": not is_unknown and not (session and not session.to_caller().roles),
        "is_forbidden": problem.status is HTTPStatus.FORBIDDEN,
        "sent": _resubmittable_fields(request) if is_signed_out else [],
    }
    status = problem.status.value
    if is_htmx(request):
        aside: Headers = {
            "HX-Retarget": "#notice",
            "HX-Reswap": "innerHTML",
            "HX-Push-Url": "false",
        }
        return render("_notice.html", page, status=status, headers={**problem.headers, **aside})
    frame = build_plain_frame(request) if is_signed_out else build_frame_of_session(request)
    return render("error.html", page, frame, status=status, headers=problem.headers)


def _is_unknown_doctor(problem: Problem, request: Request, session: LoginSession | None) -> bool:
    """Return whether a doctor can sign in, but no admin has added their schedule yet."""
    caller = session.to_caller() if session else None
    if problem.code != "doctor_not_found" or caller is None or caller.doctor_id is None:
        return False
    return query(request, "doctor_id") in {None, caller.doctor_id}


def _detail(problem: Problem, session: LoginSession | None, *, is_unknown: bool) -> str:
    if session is None or not is_unknown:
        return problem.detail
    return _(
        "You're signed in as %(name)s, but no schedule has this name yet. "
        "Ask your administrator to add you as a doctor.",
        name=session.name,
    )


def _heading(problem: Problem, *, is_unknown: bool) -> str:
    if is_unknown:
        return _("Your schedule isn't set up yet")
    if problem.status in _HEADINGS:
        return translate(_HEADINGS[problem.status])
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _("Sorry, there is a problem with the service")
    return _("There is a problem")


def _resubmittable_fields(request: Request) -> list[tuple[str, str]]:
    """The fields of a form that was sent without login, to send them again after signing in.

    Only for our own form: fields from another site would become a form on our page, with a button
    that the user trusts. No more fields than that form has, as the sender is not authenticated.
    """
    is_own_form = request.path in {"/slots", "/slots/week"} and is_same_origin(request)
    if not is_form(request) or not is_own_form:
        return []
    try:
        text = request_module.body(request).decode("ascii", "replace")
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FORM_FIELDS)
    except (HttpError, ValueError):
        return []
