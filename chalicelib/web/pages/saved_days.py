"""Save the form of several days, each by itself, and describe the result of each.

The days are the dates of a week, or one date of several doctors.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib import request_context
from chalicelib.domain.errors import IdempotencyKeyReusedError, RequestRejectedError
from chalicelib.use_cases.save_many_days import DayOutcome
from chalicelib.web.api.problem_details import problem_from_error
from chalicelib.web.http.negotiation import is_htmx
from chalicelib.web.pages import schedule_responses
from chalicelib.web.pages.concurrent_changes import AuthorReader, describe_concurrent_changes
from chalicelib.web.pages.rejections import Rejection, describe_unsaved, join_days
from chalicelib.web.pages.schedule_responses import Outcome
from chalicelib.web.pages.schedule_view import FlashMessage, RejectedForm
from chalicelib.web.texts import _, translate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chalice.app import Request, Response

    from chalicelib.domain.errors import DomainError
    from chalicelib.domain.permissions import Caller
    from chalicelib.storage.day_repository import DayKey
    from chalicelib.use_cases.manage_slots import SaveRequest
    from chalicelib.use_cases.save_days import DayWithDoctor
    from chalicelib.web.pages.day_form import DayForm
    from chalicelib.web.pages.schedule import Schedule
    from chalicelib.web.pages.schedule_form import DaysForm

    Save = Callable[[Caller, Sequence[SaveRequest]], tuple[DayOutcome, ...]]


class _Result(Struct, frozen=True):
    """The form of a day that has changes, and the result of its save."""

    form: DayForm
    outcome: DayOutcome

    @property
    def key(self) -> DayKey:
        return self.outcome.doctor_id, self.outcome.date

    @property
    def error(self) -> DomainError | None:
        return self.outcome.error

    @property
    def rejection(self) -> RequestRejectedError | None:
        """Why the slots of the day don't allow the save."""
        return self.error if isinstance(self.error, RequestRejectedError) else None


def save_days(
    caller: Caller, form: DaysForm, save: Save, read: Callable[[], Schedule], request: Request
) -> Response:
    """Save the days that have changes; of those that are rejected, say why and keep the changes.

    The days that are saved stay saved if a later one fails. Sent again, the form saves each day at
    most once, by its request id. ``read`` returns the schedule after the save.
    """
    results = _save(caller, form, save)
    schedule = read()
    if any(result.error for result in results):
        return _rejected_response(results, schedule, form, caller, request)
    outcome = Outcome(
        schedule_responses.SAVED if results else schedule_responses.UNCHANGED, _changes(results)
    )
    news = _describe_news(form, schedule, results, caller) if is_htmx(request) else ()
    return schedule_responses.saved_response(outcome, schedule, news, caller, request)


def _save(caller: Caller, form: DaysForm, save: Save) -> list[_Result]:
    requests = [day.request for day in form.edited]
    try:
        outcomes = save(caller, requests)
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
    form: DaysForm,
    caller: Caller,
    request: Request,
) -> Response:
    errors = [result.error for result in results if result.error]
    request_context.current_request().code = problem_from_error(errors[0]).code
    rejected = {
        result.key: RejectedForm(state=result.form.state, error=result.rejection)
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
    """Say what of each day was saved, and what a second save does."""
    saved, unsaved, other_count = [], [], 0
    for result in results:
        view = schedule.find(result.key)
        name = schedule.name_of(view)
        if result.error is None:
            saved.append(name)
        elif result.rejection:
            rejection = _build_rejection(result, result.rejection, view, caller)
            unsaved.append((name, rejection.describe_column(name)))
            other_count += rejection.other_change_count
        else:
            sentence = describe_unsaved(name, _describe_failure(result.error))
            unsaved.append((name, sentence))
    return join_days(saved, unsaved, other_count)


def _build_rejection(
    result: _Result, error: RequestRejectedError, view: DayWithDoctor, caller: Caller
) -> Rejection:
    return Rejection(
        violations=error.violations,
        change_count=len(result.form.request.changes),
        authors=AuthorReader(caller, view.doctor, view.day.date).read(),
        zone=view.doctor.zone,
        now=view.now,
    )


def _describe_failure(error: DomainError) -> str:
    if isinstance(error, IdempotencyKeyReusedError):
        return _("an earlier save of this page went through, so check its boxes")
    return translate(error.detail)


def _describe_news(
    form: DaysForm, schedule: Schedule, results: Sequence[_Result], caller: Caller
) -> tuple[str, ...]:
    """What others changed on the days meanwhile, each sentence with the name of its day."""
    by_key = {result.key: result.outcome for result in results}
    sentences: list[str] = []
    for day_form in form.days:
        key = day_form.request.doctor_id, day_form.request.date
        view, outcome = schedule.find(key), by_key.get(key)
        if outcome and isinstance(outcome.error, IdempotencyKeyReusedError):
            continue  # the news is the user's own earlier save
        previous = outcome.saved.previous if outcome and outcome.saved else view.day
        authors = AuthorReader(caller, view.doctor, view.day.date)
        changes = describe_concurrent_changes(previous, day_form, view.doctor.zone, authors)
        sentences += schedule_responses.with_name(schedule.name_of(view), changes)
    return tuple(sentences)
