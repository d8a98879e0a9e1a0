"""A doctor's week and month: read them, and save a week date by date."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Caller, Permission
from chalicelib.web.api import week_schemas
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
from chalicelib.web.http.request import JSON
from chalicelib.web.http.responses import json_or_not_modified, json_response
from chalicelib.web.routing import DOCTORS, RouteDoc, Router

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalice.app import Request, Response

    from chalicelib.use_cases.manage_weeks import DateOutcome

routes = Router(__name__)


@routes.get(
    "/slots/week",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("DoctorOfDay", "DateOfWeek", "IfNoneMatch"),
        responses={200: {JSON: week_schemas.Week}},
        errors=(400, 404),
    ),
)
def get_week(request: Request, caller: Caller) -> Response:
    """Get a doctor's week.

    Monday to Sunday of the date's week, each as of `GET /slots`. The `ETag` changes whenever the
    answer would.
    """
    doctor_id = requested_doctor_id(caller, request)
    date = optional_week_date(request)
    week = get_services().manage_weeks.get_week(caller, doctor_id, date)
    return json_or_not_modified(serialize_week(week), request)


@routes.post(
    "/slots/week",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("IdempotencyKey",),
        body={JSON: week_schemas.SaveWeekRequest},
        responses={200: {JSON: week_schemas.SavedWeek}, 207: {JSON: week_schemas.SavedWeek}},
        errors=(400, 404, 422),
    ),
)
def post_week(request: Request, caller: Caller) -> Response:
    """Save a week.

    Each date is one atomic save, in order of date: 200 if all dates are saved, 207 if some are, 400
    if none is; `days` has what became of each. The `Idempotency-Key` stands for the whole request:
    sent again, dates that are saved are not saved again, and the others are tried.
    """
    outcomes = get_services().manage_weeks.save_week(caller, parse_save_week_json(request))
    request_context.current_request().metrics["Saves"] += sum(
        outcome.saved.created for outcome in outcomes if outcome.saved
    )
    return _week_response(outcomes)


def _week_response(outcomes: Sequence[DateOutcome]) -> Response:
    days = serialize_outcomes(outcomes)
    errors = [outcome.error for outcome in outcomes if outcome.error]
    if len(errors) == len(outcomes):
        rejected = serialize_rejected_week(errors[0], days)
        request_context.current_request().code = errors[0].code
        status = HTTPStatus(rejected.status)
        return json_response(rejected, {"Content-Type": PROBLEM_JSON}, status)
    status = HTTPStatus.MULTI_STATUS if errors else HTTPStatus.OK
    return json_response(week_schemas.SavedWeek(days=days), status=status)


@routes.get(
    "/slots/month",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("DoctorOfDay", "Month", "IfNoneMatch"),
        responses={200: {JSON: week_schemas.MonthTotals}},
        errors=(400, 404),
    ),
)
def get_month(request: Request, caller: Caller) -> Response:
    """Get the totals of a doctor's month.

    How many slots of each date are open, held and booked; how many of each whole week; and how soon
    patients can be seen.
    """
    doctor_id = requested_doctor_id(caller, request)
    month = get_services().view_months.get_month(caller, doctor_id, optional_month(request))
    return json_or_not_modified(serialize_month(month), request)
