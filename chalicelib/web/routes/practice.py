"""The practice day: one date of several doctors side by side, read and saved."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Caller, Permission
from chalicelib.web.api import practice_schemas, schemas
from chalicelib.web.api.practice_parsing import parse_practice_search, parse_save_practice_json
from chalicelib.web.api.practice_serializers import (
    serialize_practice,
    serialize_rejected_practice,
    serialize_saved_practice,
)
from chalicelib.web.api.problem_details import PROBLEM_JSON
from chalicelib.web.api.validators import optional_date
from chalicelib.web.http.negotiation import wants_html
from chalicelib.web.http.request import FORM, HTML, JSON, is_form
from chalicelib.web.http.responses import json_or_not_modified, json_response
from chalicelib.web.http.security_headers import DEFAULT_HEADERS
from chalicelib.web.routing import DOCTORS, RouteDoc, Router

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalice.app import Request, Response

    from chalicelib.use_cases.save_many_days import DayOutcome
    from chalicelib.web.http.types import Headers

routes = Router(__name__)


@routes.get(
    "/practice",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=(
            "PracticeDate",
            "SelectedDoctors",
            "Specialty",
            "Location",
            "Cursor",
            "IfNoneMatch",
        ),
        responses={200: {JSON: practice_schemas.PracticeDay, HTML: None}},
        errors=(400, 404),
    ),
)
def get_practice(request: Request, caller: Caller) -> Response:
    """Get one date of several doctors.

    Up to 20 of the doctors whom the caller may manage, by name, each date as of `GET /slots`;
    `next` leads to further doctors. A browser (`Accept: text/html`) gets the page of the practice
    day. The `ETag` changes whenever the answer would.
    """
    date = optional_date(request, "date")
    if wants_html(request):
        from chalicelib.web.pages import practice as pages

        return pages.render_practice(caller, date, request)
    practice = get_services().practice.get_day(caller, parse_practice_search(request), date)
    return json_or_not_modified(serialize_practice(practice), request)


@routes.post(
    "/practice",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("IdempotencyKey",),
        body={
            JSON: practice_schemas.SavePracticeRequest,
            FORM: practice_schemas.PracticeFormFields,
        },
        responses={
            200: {JSON: practice_schemas.SavedPractice, HTML: None},
            207: {JSON: practice_schemas.SavedPractice, HTML: None},
            303: {},
            400: {PROBLEM_JSON: (practice_schemas.RejectedPractice, schemas.Problem)},
        },
        errors=(404, 422),
    ),
)
def post_practice(request: Request, caller: Caller) -> Response:
    """Save one date of several doctors.

    The date of each doctor is one atomic save, in the order of the request: 200 if all are saved,
    207 if some are, 400 if none is; `doctors` has the result of each. The `Idempotency-Key` stands
    for the whole request: sent again, doctors whose date is saved are not saved again, and the
    others are tried. The page sends its form; the response is a page, or a redirect to it.
    """
    if is_form(request):
        from chalicelib.web.pages import practice as pages
        from chalicelib.web.pages.schedule_form import parse_practice_form

        form = parse_practice_form(request)
        if wants_html(request) or not form.edited:
            return pages.save_form(caller, form, request)
        requests = [day.request for day in form.edited]
    else:
        requests = parse_save_practice_json(request)
    outcomes = get_services().practice.save(caller, requests)
    request_context.current_request().metrics["Saves"] += sum(
        outcome.saved.created for outcome in outcomes if outcome.saved
    )
    return _saved_response(outcomes)


def _saved_response(outcomes: Sequence[DayOutcome]) -> Response:
    saved = serialize_saved_practice(outcomes)
    errors = [outcome.error for outcome in outcomes if outcome.error]
    if len(errors) == len(outcomes):
        rejected = serialize_rejected_practice(errors[0], saved)
        request_context.current_request().code = errors[0].code
        headers: Headers = {"Content-Type": PROBLEM_JSON, **DEFAULT_HEADERS}
        return json_response(rejected, headers, HTTPStatus(rejected.status))
    status = HTTPStatus.MULTI_STATUS if errors else HTTPStatus.OK
    return json_response(saved, status=status)
