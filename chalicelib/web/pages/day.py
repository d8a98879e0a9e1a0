"""The Manage Slots page: drawing it, and saving it by its form."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from chalice.app import Response
from msgspec import structs

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.errors import IdempotencyKeyReusedError, RequestRejectedError
from chalicelib.web.api.problem_details import problem_from_error
from chalicelib.web.api.serializers import SAVED_MESSAGE
from chalicelib.web.http import cookies
from chalicelib.web.http.negotiation import is_htmx, wants_html
from chalicelib.web.http.request import query, url_prefix
from chalicelib.web.http.responses import etag, etag_matches, not_modified
from chalicelib.web.pages import day_view, links
from chalicelib.web.pages.day_view import DayPage, FlashMessage
from chalicelib.web.pages.rendering import render

if TYPE_CHECKING:
    from datetime import date

    from chalice.app import Request

    from chalicelib.domain.day import Day
    from chalicelib.domain.permissions import Caller
    from chalicelib.use_cases.manage_slots import DayView
    from chalicelib.web.http.types import Headers
    from chalicelib.web.pages.day_form import DayForm

_MESSAGES = {
    "saved": FlashMessage(text=SAVED_MESSAGE, kind="success"),
    "unchanged": FlashMessage(text="Nothing has changed, so nothing was saved", kind="info"),
}
# Carries a word over the redirect after a save without JavaScript; the next page says it once.
_FLASH_COOKIE = "said"


def render_day(caller: Caller, doctor_id: str, date: date | None, request: Request) -> Response:
    """The whole page; to htmx the part of it that another date changes, or that a poll asks for."""
    # The form asks for itself every two seconds, and wants no more than itself ("part=day").
    if date and is_htmx(request) and query(request, "part") == "day":
        return poll_form(caller, doctor_id, date, request)
    template = "_manage.html" if is_htmx(request) else "slots.html"
    said = None if is_htmx(request) else _flash(request)
    seen = get_services().manage_slots.get_day(caller, doctor_id, date)
    page = day_view.build_day_page(
        seen,
        base=url_prefix(request),
        display_name=get_services().auth.display_name(caller),
        message=said,
    )
    headers = {"ETag": _etag(page, template)}
    if said:
        headers["Set-Cookie"] = _flash_cookie(request, "", max_age=timedelta())
    elif etag_matches(headers["ETag"], request):
        return not_modified(headers["ETag"], {"Cache-Control": "no-store"})
    return render(template, page, headers={**headers})


def poll_form(caller: Caller, doctor_id: str, date: date, request: Request) -> Response:
    """The form as it would be drawn now, or 304 where that is what the page has.

    A glance tells whether there is news. It may be at settings that were changed a moment ago
    elsewhere, so what is drawn is never drawn of it: the screen would go back to the old ones.
    """
    manage_slots = get_services().manage_slots
    for read in (manage_slots.get_day_cached, manage_slots.get_day):
        page = day_view.build_day_page(read(caller, doctor_id, date), base=url_prefix(request))
        if etag_matches(page.etag, request):
            return not_modified(page.etag, {"Cache-Control": "no-store"})
    return render("_day.html", page, headers={"ETag": page.etag})


def save_form(caller: Caller, form: DayForm, request: Request) -> Response:
    """Save what the doctor changed; where that is refused, say why and keep her ticks."""
    try:
        saved = get_services().manage_slots.save(caller, form.request)
    except (RequestRejectedError, IdempotencyKeyReusedError) as error:
        seen = get_services().manage_slots.get_day(
            caller, form.request.doctor_id, form.request.date
        )
        if isinstance(error, RequestRejectedError) and not form.request.changes:
            return _saved_response("unchanged", seen, form, seen.day, request)
        return _rejected_response(
            error, seen, form, get_services().auth.display_name(caller), request
        )
    request_context.current_request().metrics["Saves"] += saved.created
    return _saved_response("saved", saved, form, saved.previous, request)


def _saved_response(
    message_key: str, view: DayView, form: DayForm, previous: Day, request: Request
) -> Response:
    """To htmx the form as it is now; to a browser a redirect to it (RFC 9110, section 15.4.4)."""
    if is_htmx(request):
        told = day_view.changes_since_render(previous, form.state, form.version, view.doctor.zone)
        page = day_view.build_day_page(
            view, base=url_prefix(request), message=_MESSAGES[message_key], news=told
        )
        return render("_day.html", page)
    headers: Headers = {
        "Location": links.day_url(url_prefix(request), view.doctor.doctor_id, view.day.date),
        "Set-Cookie": _flash_cookie(request, message_key, max_age=timedelta(minutes=1)),
    }
    return Response(body="", status_code=HTTPStatus.SEE_OTHER, headers=headers)


def _rejected_response(
    error: RequestRejectedError | IdempotencyKeyReusedError,
    view: DayView,
    form: DayForm,
    display_name: str | None,
    request: Request,
) -> Response:
    problem = problem_from_error(error)
    if not wants_html(request):
        raise error
    request_context.current_request().code = problem.code
    refused = error if isinstance(error, RequestRejectedError) else None
    told = day_view.changes_since_render(view.day, form.state, form.version, view.doctor.zone)
    page = day_view.build_day_page(
        view,
        base=url_prefix(request),
        display_name=display_name,
        message=FlashMessage(text=f"Not saved. {_reason(error)}", kind="error"),
        form=form.state,
        error=refused,
        news=told if refused else (),  # else it is what she did herself, by the earlier save
    )
    template = "_day.html" if is_htmx(request) else "slots.html"
    return render(template, page, status=problem.status)


def _reason(error: RequestRejectedError | IdempotencyKeyReusedError) -> str:
    if isinstance(error, IdempotencyKeyReusedError):
        return "An earlier save of this page got through: look at the ticks, then save again"
    return str(error)


def _etag(page: DayPage, template: str) -> str:
    """Of what is drawn, whatever the form's own key; a page is another thing than a part of it."""
    return etag(page.version, [template, structs.replace(page, request_id="")])


def _flash(request: Request) -> FlashMessage | None:
    return _MESSAGES.get(cookies.get(request, _FLASH_COOKIE) or "")


def _flash_cookie(request: Request, message_key: str, *, max_age: timedelta) -> str:
    # Nothing secret, and only ever one of our own words: no key, no signature.
    return cookies.set_cookie_header(request, _FLASH_COOKIE, message_key, max_age, path="/slots")
