"""A doctor's week and month: read them, and save a week date by date."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Caller, Permission
from chalicelib.web.api import schemas, week_schemas
from chalicelib.web.api.problem_details import PROBLEM_JSON
from chalicelib.web.api.validators import requested_doctor_id
from chalicelib.web.api.week_parsing import (
    optional_month,
    optional_week_date,
    parse_save_week_json,
)
from chalicelib.web.api.week_serializers import (
    serialize_month,
    serialize_outcomes,
    serialize_rejected_week,
    serialize_week,
)
from chalicelib.web.http.negotiation import wants_html
from chalicelib.web.http.request import FORM, HTML, JSON, is_form
from chalicelib.web.http.responses import json_or_not_modified, json_response
from chalicelib.web.http.security_headers import DEFAULT_HEADERS
from chalicelib.web.routes.slots import should_pick_doctor
from chalicelib.web.routing import DOCTORS, RouteDoc, Router

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalice.app import Request, Response

    from chalicelib.use_cases.save_many_days import DayOutcome
    from chalicelib.web.http.types import Headers

routes = Router(__name__)


@routes.get(
    "/slots/week",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("DoctorOfDay", "DateOfWeek", "IfNoneMatch"),
        responses={200: {JSON: week_schemas.Week, HTML: None}},
        errors=(400, 404),
    ),
)
def get_week(request: Request, caller: Caller) -> Response:
    """Get a doctor's week.

    Monday to Sunday of the date's week, each as of `GET /slots`. A browser (`Accept: text/html`)
    gets the page of the week. The `ETag` changes whenever the answer would.
    """
    if should_pick_doctor(caller, request):
        from chalicelib.web.pages import doctor_list

        return doctor_list.render_schedule_choice(caller, request)
    doctor_id = requested_doctor_id(caller, request)
    date = optional_week_date(request)
    if wants_html(request):
        from chalicelib.web.pages import week as pages

        return pages.render_week(caller, doctor_id, date, request)
    week = get_services().manage_weeks.get_week(caller, doctor_id, date)
    return json_or_not_modified(serialize_week(week), request)


@routes.post(
    "/slots/week",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("IdempotencyKey",),
        body={JSON: week_schemas.SaveWeekRequest, FORM: week_schemas.WeekFormFields},
        responses={
            200: {JSON: week_schemas.SavedWeek, HTML: None},
            207: {JSON: week_schemas.SavedWeek, HTML: None},
            303: {},
            400: {PROBLEM_JSON: (week_schemas.RejectedWeek, schemas.Problem)},
        },
        errors=(404, 422),
    ),
)
def post_week(request: Request, caller: Caller) -> Response:
    """Save a week.

    Each date is one atomic save, in order of date: 200 if all dates are saved, 207 if some are, 400
    if none is; `days` has the result of each. The `Idempotency-Key` stands for the whole request:
    sent again, dates that are saved are not saved again, and the others are tried. The page sends
    its form; the response is a page, or a redirect to it.
    """
    if is_form(request):
        from chalicelib.web.pages import week as pages
        from chalicelib.web.pages.schedule_form import parse_week_form

        form = parse_week_form(request)
        if wants_html(request) or not form.edited:
            return pages.save_form(caller, form, request)
        requests = [day.request for day in form.edited]
    else:
        requests = parse_save_week_json(request)
    outcomes = get_services().manage_weeks.save_week(caller, requests)
    request_context.current_request().metrics["Saves"] += sum(
        outcome.saved.created for outcome in outcomes if outcome.saved
    )
    return _week_response(outcomes)


def _week_response(outcomes: Sequence[DayOutcome]) -> Response:
    days = serialize_outcomes(outcomes)
    errors = [outcome.error for outcome in outcomes if outcome.error]
    if len(errors) == len(outcomes):
        rejected = serialize_rejected_week(errors[0], days)
        request_context.current_request().code = errors[0].code
        status = HTTPStatus(rejected.status)
        headers: Headers = {"Content-Type": PROBLEM_JSON, **DEFAULT_HEADERS}
        return json_response(rejected, headers, status)
    status = HTTPStatus.MULTI_STATUS if errors else HTTPStatus.OK
    return json_response(week_schemas.SavedWeek(days=days), status=status)


@routes.get(
    "/slots/month",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("DoctorOfDay", "Month", "IfNoneMatch"),
        responses={200: {JSON: week_schemas.MonthTotals, HTML: None}},
        errors=(400, 404),
    ),
)
def get_month(request: Request, caller: Caller) -> Response:
    """Get the totals of a doctor's month.

    How many slots of each date are open, held and booked; how many of each whole week; and how soon
    patients can be seen. A browser (`Accept: text/html`) gets the page of the month.
    """
    if should_pick_doctor(caller, request):
        from chalicelib.web.pages import doctor_list

        return doctor_list.render_schedule_choice(caller, request)
    doctor_id = requested_doctor_id(caller, request)
    on = optional_month(request)

    if wants_html(request):
        from chalicelib.web.pages import month as pages

        return pages.render_month(caller, doctor_id, on, optional_week_date(request), request)
    month = get_services().view_months.get_month(caller, doctor_id, on)
    return json_or_not_modified(serialize_month(month), request)
