"""The week view: render it, answer its polls, and save its form, each date by itself."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.errors import IdempotencyKeyReusedError, RequestRejectedError
from chalicelib.use_cases.save_many_days import DayOutcome
from chalicelib.web.api.problem_details import problem_from_error
from chalicelib.web.http.negotiation import is_htmx
from chalicelib.web.http.request import query
from chalicelib.web.pages import schedule_responses
from chalicelib.web.pages.concurrent_changes import AuthorReader, describe_concurrent_changes
from chalicelib.web.pages.rejections import Rejection, describe_unsaved_date, join_week
from chalicelib.web.pages.schedule import Schedule
from chalicelib.web.pages.schedule_responses import Outcome
from chalicelib.web.pages.schedule_view import FlashMessage, RejectedForm
from chalicelib.web.texts import _, translate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from chalice.app import Request, Response

    from chalicelib.domain.day import Day
    from chalicelib.domain.errors import DomainError
    from chalicelib.domain.permissions import Caller
    from chalicelib.web.pages.day_form import DayForm
    from chalicelib.web.pages.schedule_form import WeekForm


class _Result(Struct, frozen=True):
    """The form of a date that has changes, and what became of it."""

    form: DayForm
    outcome: DayOutcome

    @property
    def date(self) -> date:
        return self.outcome.date

    @property
    def error(self) -> DomainError | None:
        return self.outcome.error

    @property
    def rejection(self) -> RequestRejectedError | None:
        """Why the slots of the date don't allow the save."""
        return self.error if isinstance(self.error, RequestRejectedError) else None


def render_week(caller: Caller, doctor_id: str, date: date | None, request: Request) -> Response:
    """The full page; for htmx the part that another date changes, or the form for a poll."""
    if date and is_htmx(request) and query(request, "part"):
        return poll_form(caller, doctor_id, date, request)
    week = get_services().manage_weeks.get_week(caller, doctor_id, date)
    schedule = Schedule.of_week(week, date)
    if date is None and not query(request, "show"):
        schedule = _landing_schedule(caller, schedule)
    return schedule_responses.page_response(schedule, caller, request)


def _landing_schedule(caller: Caller, schedule: Schedule) -> Schedule:
    """The week of today while something can still happen in it, else the week after."""
    first = schedule.first_date_to_come()
    if first is None:
        doctor_id, monday = schedule.doctor.doctor_id, schedule.dates[-1] + timedelta(days=1)
        week = get_services().manage_weeks.get_week(caller, doctor_id, monday)
        schedule = Schedule.of_week(week, monday)
        first = schedule.first_date_to_come()
    return structs.replace(schedule, chosen=first or schedule.chosen)


def poll_form(caller: Caller, doctor_id: str, date: date, request: Request) -> Response:
    """The form as stored now, or 304 if the page has it already.

    Cached settings of the doctor are enough for a 304, but not to render from: another process may
    have changed them, and the page could go back to the old ones.
    """
    manage_weeks = get_services().manage_weeks
    for get_week in (manage_weeks.get_week_cached, manage_weeks.get_week):
        schedule = Schedule.of_week(get_week(caller, doctor_id, date), date)
        if schedule_responses.is_current(schedule, request):
            return schedule_responses.unchanged_response(schedule)
    return schedule_responses.form_response(schedule, caller, request)


def save_form(caller: Caller, form: WeekForm, request: Request) -> Response:
    """Save the dates that have changes; of those that are rejected, say why and keep the changes.

    The dates that are saved stay saved if a later one fails. Sent again, the form saves each date
    at most once, by its request id.
    """
    results = _save_dates(caller, form)
    week = get_services().manage_weeks.get_week(caller, form.doctor_id, form.date)
    schedule = Schedule.of_week(week, form.date)
    if any(result.error for result in results):
        return _rejected_response(results, schedule, form, caller, request)
    outcome = Outcome(
        schedule_responses.SAVED if results else schedule_responses.UNCHANGED, _changes(results)
    )
    news = _describe_news(form, schedule, results, caller) if is_htmx(request) else ()
    return schedule_responses.saved_response(outcome, schedule, news, caller, request)


def _save_dates(caller: Caller, form: WeekForm) -> list[_Result]:
    requests = [day.request for day in form.edited]
    try:
        outcomes = get_services().manage_weeks.save_week(caller, requests)
    except IdempotencyKeyReusedError as error:
        outcomes = tuple(DayOutcome.failed(request, error) for request in requests)
    created = sum(outcome.saved is not None and outcome.saved.created for outcome in outcomes)
    request_context.current_request().metrics["Saves"] += created
    return [_Result(day, outcome) for day, outcome in zip(form.edited, outcomes, strict=True)]


def _changes(results: Sequence[_Result]) -> tuple[str, ...]:
    """The changes that the save made."""
    saved = (result.outcome.saved for result in results)
    return tuple(day.change_id for day in saved if day and day.change_id)


def _rejected_response(
    results: Sequence[_Result],
    schedule: Schedule,
    form: WeekForm,
    caller: Caller,
    request: Request,
) -> Response:
    errors = [result.error for result in results if result.error]
    request_context.current_request().code = problem_from_error(errors[0]).code
    rejected = {
        result.date: RejectedForm(state=result.form.state, error=result.rejection)
        for result in results
        if result.error
    }
    is_partly_saved = len(rejected) < len(results)
    return schedule_responses.rejected_response(
        schedule,
        rejected,
        FlashMessage(
            text=_describe_results(results, schedule, caller),
            kind="error",
            undo=_changes(results),
        ),
        _describe_news(form, schedule, results, caller),
        caller,
        request,
        status=HTTPStatus.MULTI_STATUS if is_partly_saved else HTTPStatus.BAD_REQUEST,
    )


def _describe_results(results: Sequence[_Result], schedule: Schedule, caller: Caller) -> str:
    """Say what of each date was saved, and what a second save does."""
    saved, sentences, other_count = [], [], 0
    for result in results:
        if result.error is None:
            saved.append(result.date)
        elif result.rejection:
            rejection = _build_rejection(result, result.rejection, schedule, caller)
            sentences.append(rejection.describe_date(result.date))
            other_count += rejection.other_change_count
        else:
            sentences.append(describe_unsaved_date(result.date, _describe_failure(result.error)))
    return join_week(saved, sentences, other_count)


def _build_rejection(
    result: _Result, error: RequestRejectedError, schedule: Schedule, caller: Caller
) -> Rejection:
    return Rejection(
        violations=error.violations,
        change_count=len(result.form.request.changes),
        authors=AuthorReader(caller, schedule.doctor, result.date).read(),
        zone=schedule.doctor.zone,
        now=schedule.now,
    )


def _describe_failure(error: DomainError) -> str:
    if isinstance(error, IdempotencyKeyReusedError):
        return _("an earlier save of this page went through, so check its boxes")
    return translate(error.detail)


def _describe_news(
    form: WeekForm, schedule: Schedule, results: Sequence[_Result], caller: Caller
) -> tuple[str, ...]:
    """What others changed on the dates meanwhile, each sentence with its date."""
    by_date = {result.date: result.outcome for result in results}
    sentences: list[str] = []
    for day_form, current in zip(form.days, _days_of(form, schedule), strict=True):
        on = current.date
        outcome = by_date.get(on)
        if outcome and isinstance(outcome.error, IdempotencyKeyReusedError):
            continue  # the news is the user's own earlier save
        previous = outcome.saved.previous if outcome and outcome.saved else current
        authors = AuthorReader(caller, schedule.doctor, on)
        changes = describe_concurrent_changes(previous, day_form, schedule.doctor.zone, authors)
        sentences += schedule_responses.with_weekday(on, changes)
    return tuple(sentences)


def _days_of(form: WeekForm, schedule: Schedule) -> list[Day]:
    """The days of the dates that the form has."""
    by_date = {day.date: day for day in schedule.days}
    return [by_date[day_form.request.date] for day_form in form.days]
