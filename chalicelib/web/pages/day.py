"""The Manage Slots page: render it, answer its polls, and save its form."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from chalice.app import Response

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.errors import IdempotencyKeyReusedError, RequestRejectedError
from chalicelib.use_cases.manage_slots import SaveRejectedError
from chalicelib.web.api.problem_details import problem_from_error
from chalicelib.web.api.serializers import SAVED_MESSAGE
from chalicelib.web.http import cookies
from chalicelib.web.http.conditional import etag_matches
from chalicelib.web.http.negotiation import is_htmx, wants_html
from chalicelib.web.http.request import query, url_prefix
from chalicelib.web.http.responses import not_modified
from chalicelib.web.pages import day_view, links, messages
from chalicelib.web.pages.concurrent_changes import describe_concurrent_changes
from chalicelib.web.pages.day_view import FlashMessage
from chalicelib.web.pages.etags import form_etag, page_etag
from chalicelib.web.pages.rendering import render

if TYPE_CHECKING:
    from datetime import date

    from chalice.app import Request

    from chalicelib.domain.day import Day
    from chalicelib.domain.permissions import Caller
    from chalicelib.use_cases.manage_slots import DayWithDoctor
    from chalicelib.web.http.types import Headers
    from chalicelib.web.pages.day_form import DayForm

_MESSAGES = {
    "saved": FlashMessage(text=SAVED_MESSAGE, kind="success"),
    "unchanged": FlashMessage(text="No changes to save", kind="info"),
}
# Holds the key of a flash message during the redirect after a save without JavaScript.
_FLASH_COOKIE = "flash"


def render_day(caller: Caller, doctor_id: str, date: date | None, request: Request) -> Response:
    """The full page; for htmx the part that another date changes, or the form for a poll."""
    if date and is_htmx(request) and query(request, "part") == "day":
        return poll_form(caller, doctor_id, date, request)
    view = get_services().manage_slots.get_day(caller, doctor_id, date)
    if is_htmx(request):
        return _render_page("_manage.html", view, caller, request)
    return _render_page("slots.html", view, caller, request, flash=_flash(request))


def _render_page(
    template: str,
    view: DayWithDoctor,
    caller: Caller,
    request: Request,
    *,
    flash: str | None = None,
) -> Response:
    display_name = get_services().auth.display_name(caller)
    tag = page_etag(view, template=template, display_name=display_name, flash=flash)
    headers: Headers = {"ETag": tag}
    if flash is not None:
        headers["Set-Cookie"] = _flash_cookie(request, "", max_age=timedelta())
    elif etag_matches(tag, request):
        return not_modified(tag, {"Cache-Control": "no-store"})
    page = day_view.build_day_page(
        view,
        base=url_prefix(request),
        display_name=display_name,
        message=_MESSAGES.get(flash or ""),
    )
    return render(template, page, headers=headers)


def poll_form(caller: Caller, doctor_id: str, date: date, request: Request) -> Response:
    """The form as stored now, or 304 if the page has it already.

    Cached settings of the doctor are enough for a 304, but not to render from: another process may
    have changed them, and the page could go back to the old ones.
    """
    manage_slots = get_services().manage_slots
    for get_day in (manage_slots.get_day_cached, manage_slots.get_day):
        view = get_day(caller, doctor_id, date)
        tag = form_etag(view)
        if etag_matches(tag, request):
            return not_modified(tag, {"Cache-Control": "no-store"})
    page = day_view.build_day_page(view, base=url_prefix(request))
    return render("_day.html", page, headers={"ETag": tag})


def save_form(caller: Caller, form: DayForm, request: Request) -> Response:
    """Save what the doctor changed; if that is rejected, say why and keep their changes."""
    try:
        saved = get_services().manage_slots.save(caller, form.request)
    except (RequestRejectedError, IdempotencyKeyReusedError) as error:
        is_unchanged = isinstance(error, RequestRejectedError) and not form.request.changes
        if not is_unchanged and not wants_html(request):
            raise
        view = _view_after(error, caller, form)
        if is_unchanged:
            return _saved_response("unchanged", view, form, view.day, caller, request)
        return _rejected_response(error, view, form, caller, request)
    request_context.current_request().metrics["Saves"] += saved.created
    return _saved_response("saved", saved, form, saved.previous, caller, request)


def _view_after(
    error: RequestRejectedError | IdempotencyKeyReusedError, caller: Caller, form: DayForm
) -> DayWithDoctor:
    """The day that the save was validated on; read now if the error does not have it."""
    if isinstance(error, SaveRejectedError):
        return error.view
    return get_services().manage_slots.get_day(caller, form.request.doctor_id, form.request.date)


def _saved_response(
    message_key: str,
    view: DayWithDoctor,
    form: DayForm,
    previous: Day,
    caller: Caller,
    request: Request,
) -> Response:
    """For htmx the form as saved; for a browser a redirect to it (RFC 9110, section 15.4.4)."""
    if is_htmx(request):
        page = day_view.build_day_page(
            view,
            base=url_prefix(request),
            message=_MESSAGES[message_key],
            news=describe_concurrent_changes(previous, form, view.doctor, caller),
        )
        return render("_day.html", page)
    headers: Headers = {
        "Location": links.day_url(url_prefix(request), view.doctor.doctor_id, view.day.date),
        "Set-Cookie": _flash_cookie(request, message_key, max_age=timedelta(minutes=1)),
    }
    return Response(body="", status_code=HTTPStatus.SEE_OTHER, headers=headers)


def _rejected_response(
    error: RequestRejectedError | IdempotencyKeyReusedError,
    view: DayWithDoctor,
    form: DayForm,
    caller: Caller,
    request: Request,
) -> Response:
    problem = problem_from_error(error)
    request_context.current_request().code = problem.code
    rejected = error if isinstance(error, RequestRejectedError) else None
    page = day_view.build_day_page(
        view,
        base=url_prefix(request),
        display_name=get_services().auth.display_name(caller),
        message=FlashMessage(text=_reason(error, len(form.request.changes)), kind="error"),
        form=form.state,
        error=rejected,
        # If the key was used before, the news is the user's own earlier save.
        news=describe_concurrent_changes(view.day, form, view.doctor, caller) if rejected else (),
    )
    template = "_day.html" if is_htmx(request) else "slots.html"
    return render(template, page, status=problem.status)


def _reason(error: RequestRejectedError | IdempotencyKeyReusedError, change_count: int) -> str:
    if isinstance(error, IdempotencyKeyReusedError):
        return messages.PREVIOUS_SAVE_SUCCEEDED
    return messages.nothing_saved(error.violations, change_count)


def _flash(request: Request) -> str | None:
    """The key of the message that the page shows once, if there is one."""
    key = cookies.get(request, _FLASH_COOKIE)
    return key if key in _MESSAGES else None


def _flash_cookie(request: Request, message_key: str, *, max_age: timedelta) -> str:
    # Not secret, and only keys of our own messages count: it needs no signature.
    return cookies.set_cookie_header(request, _FLASH_COOKIE, message_key, max_age, path="/slots")
