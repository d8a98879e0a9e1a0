"""The day view: render it, answer its polls, and save its form."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from chalice.app import Response

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.errors import IdempotencyKeyReusedError, RequestRejectedError
from chalicelib.use_cases.manage_slots import SaveRejectedError
from chalicelib.web.api.problem_details import problem_from_error
from chalicelib.web.http.negotiation import is_htmx, wants_html
from chalicelib.web.http.request import query, url_prefix
from chalicelib.web.pages import links, schedule_responses
from chalicelib.web.pages.concurrent_changes import AuthorReader, describe_concurrent_changes
from chalicelib.web.pages.landing import find_landing_schedule
from chalicelib.web.pages.last_view import last_view
from chalicelib.web.pages.rejections import Rejection
from chalicelib.web.pages.schedule import Schedule, day_key
from chalicelib.web.pages.schedule_responses import Outcome
from chalicelib.web.pages.schedule_view import FlashMessage, RejectedForm
from chalicelib.web.texts import _

if TYPE_CHECKING:
    from datetime import date

    from chalice.app import Request

    from chalicelib.domain.day import Day
    from chalicelib.domain.permissions import Caller
    from chalicelib.use_cases.save_days import DayWithDoctor
    from chalicelib.web.pages.day_form import DayForm


def render_day(caller: Caller, doctor_id: str, date: date | None, request: Request) -> Response:
    """The full page; for htmx the part that another date changes, or the form for a poll."""
    if date and is_htmx(request) and query(request, "part"):
        return poll_form(caller, doctor_id, date, request)
    get_day = get_services().manage_slots.get_day
    if date or is_htmx(request) or query(request, "show"):
        view = get_day(caller, doctor_id, date)
    elif (view_name := last_view(request)) in {"week", "month"}:
        return _redirect_to(view_name, doctor_id, request)
    else:
        schedule = find_landing_schedule(
            Schedule.of_day(get_day(caller, doctor_id, None)),
            lambda on: Schedule.of_day(get_day(caller, doctor_id, on)),
        )
        return schedule_responses.page_response(schedule, caller, request)
    return schedule_responses.page_response(Schedule.of_day(view), caller, request)


def _redirect_to(view: str, doctor_id: str, request: Request) -> Response:
    url = links.landing_url(url_prefix(request), view, doctor_id)
    return Response(body="", status_code=HTTPStatus.SEE_OTHER, headers={"Location": url})


def poll_form(caller: Caller, doctor_id: str, date: date, request: Request) -> Response:
    """The form as stored now, or 304 if the page has it already.

    Cached settings of the doctor are enough for a 304, but not to render from: another process may
    have changed them, and the page could go back to the old ones.
    """
    manage_slots = get_services().manage_slots
    for get_day in (manage_slots.get_day_cached, manage_slots.get_day):
        schedule = Schedule.of_day(get_day(caller, doctor_id, date))
        if schedule_responses.is_current(schedule, request):
            return schedule_responses.unchanged_response(schedule)
    return schedule_responses.form_response(schedule, caller, request)


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
            outcome = Outcome(schedule_responses.UNCHANGED)
            return _saved_response(outcome, view, form, view.day, caller, request)
        return _rejected_response(error, view, form, caller, request)
    request_context.current_request().metrics["Saves"] += saved.created
    outcome = Outcome(schedule_responses.SAVED, (saved.change_id,) if saved.change_id else ())
    return _saved_response(outcome, saved, form, saved.previous, caller, request)


def _view_after(
    error: RequestRejectedError | IdempotencyKeyReusedError, caller: Caller, form: DayForm
) -> DayWithDoctor:
    """The day that the save was validated on; read now if the error does not have it."""
    if isinstance(error, SaveRejectedError):
        return error.view
    return get_services().manage_slots.get_day(caller, form.request.doctor_id, form.request.date)


def _saved_response(
    outcome: Outcome,
    view: DayWithDoctor,
    form: DayForm,
    previous: Day,
    caller: Caller,
    request: Request,
) -> Response:
    news: tuple[str, ...] = ()
    if is_htmx(request):
        authors = AuthorReader(caller, view.doctor, view.day.date)
        news = describe_concurrent_changes(previous, form, view.doctor.zone, authors)
    schedule = Schedule.of_day(view)
    return schedule_responses.saved_response(outcome, schedule, news, caller, request)


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
    authors = AuthorReader(caller, view.doctor, view.day.date)
    return schedule_responses.rejected_response(
        Schedule.of_day(view),
        {day_key(view.day): RejectedForm(state=form.state, error=rejected)},
        FlashMessage(text=_reason(rejected, form, view, authors), kind="error"),
        # If the key was used before, the news is the user's own earlier save.
        describe_concurrent_changes(view.day, form, view.doctor.zone, authors) if rejected else (),
        caller,
        request,
        status=problem.status,
    )


def _reason(
    error: RequestRejectedError | None, form: DayForm, view: DayWithDoctor, authors: AuthorReader
) -> str:
    if error is None:
        return _(
            "Your previous save went through. Check the boxes, then save again if anything is "
            "missing."
        )
    return Rejection(
        violations=error.violations,
        change_count=len(form.request.changes),
        authors=authors.read(),
        zone=view.doctor.zone,
        now=view.now,
    ).describe()
