"""The Manage Slots page: drawing it, and saving it by its form."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from chalice.app import Response
from msgspec import structs

from chalicelib import observation
from chalicelib.bootstrap import services
from chalicelib.domain.errors import KeyReused, Refused
from chalicelib.web import (
    auth,
    cookies,
    day_links,
    day_page,
    inputs,
    negotiation,
    problems,
    rendering,
    representations,
)
from chalicelib.web.day_page import DayPage, FlashMessage

if TYPE_CHECKING:
    from datetime import date

    from chalice.app import Request

    from chalicelib.domain.caller import Caller
    from chalicelib.domain.day import Day
    from chalicelib.use_cases.manage_slots import DoctorsDay
    from chalicelib.web.forms import DayForm

_MESSAGES = {
    "saved": FlashMessage(text=representations.SAVED_MESSAGE, kind="success"),
    "unchanged": FlashMessage(text="Nothing has changed, so nothing was saved", kind="info"),
}
# Carries a word over the redirect after a save without JavaScript; the next page says it once.
_FLASH_COOKIE = "said"


def render_day(caller: Caller, doctor_id: str, date: date | None, request: Request) -> Response:
    """The whole page; to htmx the part of it that another date changes, or that a poll asks for."""
    # The form asks for itself every two seconds, and wants no more than itself ("part=day").
    if date and negotiation.is_htmx(request) and inputs.query(request, "part") == "day":
        return poll_form(caller, doctor_id, date, request)
    template = "_manage.html" if negotiation.is_htmx(request) else "slots.html"
    said = None if negotiation.is_htmx(request) else _flash(request)
    seen = services().manage_slots.look_at(caller, doctor_id, date)
    page = day_page.build_day_page(
        seen,
        base=negotiation.url_prefix(request),
        display_name=auth.display_name(caller),
        message=said,
    )
    headers = {"ETag": _etag(page, template)}
    if said:
        headers["Set-Cookie"] = _flash_cookie(request, "", max_age=timedelta())
    elif representations.etag_matches(headers["ETag"], request):
        return representations.not_modified(headers["ETag"], {"Cache-Control": "no-store"})
    return rendering.render(template, page, headers={**headers})


def poll_form(caller: Caller, doctor_id: str, date: date, request: Request) -> Response:
    """The form as it would be drawn now, or 304 where that is what the page has.

    A glance tells whether there is news. It may be at settings that were changed a moment ago
    elsewhere, so what is drawn is never drawn of it: the screen would go back to the old ones.
    """
    manage_slots = services().manage_slots
    for read in (manage_slots.glance_at, manage_slots.look_at):
        page = day_page.build_day_page(
            read(caller, doctor_id, date), base=negotiation.url_prefix(request)
        )
        if representations.etag_matches(page.etag, request):
            return representations.not_modified(page.etag, {"Cache-Control": "no-store"})
    return rendering.render("_day.html", page, headers={"ETag": page.etag})


def save_form(caller: Caller, form: DayForm, request: Request) -> Response:
    """Save what the doctor changed; where that is refused, say why and keep her ticks."""
    try:
        saved = services().manage_slots.save(caller, form.request)
    except (Refused, KeyReused) as error:
        seen = services().manage_slots.look_at(caller, form.request.doctor_id, form.request.date)
        if isinstance(error, Refused) and not form.request.asked:
            return _saved_response("unchanged", seen, form, seen.day, request)
        return _rejected_response(error, seen, form, auth.display_name(caller), request)
    observation.current().counts["Saves"] += saved.is_new
    return _saved_response("saved", saved, form, saved.before, request)


def _saved_response(
    message_key: str, view: DoctorsDay, form: DayForm, previous: Day, request: Request
) -> Response:
    """To htmx the form as it is now; to a browser a redirect to it (RFC 9110, section 15.4.4)."""
    if negotiation.is_htmx(request):
        told = day_page.changes_since_render(previous, form.state, form.version, view.doctor.zone)
        page = day_page.build_day_page(
            view, base=negotiation.url_prefix(request), message=_MESSAGES[message_key], news=told
        )
        return rendering.render("_day.html", page)
    headers: negotiation.Headers = {
        "Location": day_links.day_url(
            negotiation.url_prefix(request), view.doctor.doctor_id, view.day.date
        ),
        "Set-Cookie": _flash_cookie(request, message_key, max_age=timedelta(minutes=1)),
    }
    return Response(body="", status_code=HTTPStatus.SEE_OTHER, headers=headers)


def _rejected_response(
    error: Refused | KeyReused,
    view: DoctorsDay,
    form: DayForm,
    display_name: str | None,
    request: Request,
) -> Response:
    problem = problems.problem_from_error(error)
    if not negotiation.wants_html(request):
        return problems.render_problem(problem, request)
    observation.current().code = problem.code
    refused = error if isinstance(error, Refused) else None
    told = day_page.changes_since_render(view.day, form.state, form.version, view.doctor.zone)
    page = day_page.build_day_page(
        view,
        base=negotiation.url_prefix(request),
        display_name=display_name,
        message=FlashMessage(text=f"Not saved. {_reason(error)}", kind="error"),
        form=form.state,
        error=refused,
        news=told if refused else (),  # else it is what she did herself, by the earlier save
    )
    template = "_day.html" if negotiation.is_htmx(request) else "slots.html"
    return rendering.render(template, page, status=problem.status)


def _reason(error: Refused | KeyReused) -> str:
    if isinstance(error, KeyReused):
        return "An earlier save of this page got through: look at the ticks, then save again"
    return str(error)


def _etag(page: DayPage, template: str) -> str:
    """Of what is drawn, whatever the form's own key; a page is another thing than a part of it."""
    return representations.etag(page.version, [template, structs.replace(page, request_id="")])


def _flash(request: Request) -> FlashMessage | None:
    return _MESSAGES.get(cookies.get(request, _FLASH_COOKIE) or "")


def _flash_cookie(request: Request, message_key: str, *, max_age: timedelta) -> str:
    # Nothing secret, and only ever one of our own words: no key, no signature.
    return cookies.set_cookie_header(request, _FLASH_COOKIE, message_key, max_age, path="/slots")
