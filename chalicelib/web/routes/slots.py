"""A doctor's day: read it as a page or as JSON, and save it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Caller, Permission
from chalicelib.web.api import schemas
from chalicelib.web.api.parsing import parse_save_json
from chalicelib.web.api.serializers import serialize_day, serialize_saved_day
from chalicelib.web.api.validators import parse_date, requested_doctor_id
from chalicelib.web.http.negotiation import is_htmx, wants_html
from chalicelib.web.http.request import FORM, HTML, JSON, is_form, query
from chalicelib.web.http.responses import etag, json_or_not_modified, json_response
from chalicelib.web.pages.day_form import parse_save_form
from chalicelib.web.routing import DOCTORS, RouteDoc, Router

if TYPE_CHECKING:
    from chalice.app import Request, Response

# API clients need no template engine, which slows a cold start: what renders is imported in views.
routes = Router(__name__)


@routes.get(
    "/slots",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("DoctorOfDay", "Date", "IfNoneMatch"),
        responses={200: {JSON: schemas.Day, HTML: None}},
        errors=(400, 404),
    ),
)
def get_slots(request: Request, caller: Caller) -> Response:
    """Get a doctor's day.

    Every slot of the grid in time order, and every stored slot outside it. A browser
    (`Accept: text/html`) gets the Manage Slots page. The `ETag` changes whenever the answer would,
    including when a hold expires.
    """
    if should_pick_doctor(caller, request):
        from chalicelib.web.pages import doctor_list

        return doctor_list.render_schedule_choice(caller, request)
    doctor_id = requested_doctor_id(caller, request)
    date = query(request, "date")
    on = parse_date(date) if date else None

    if wants_html(request):
        from chalicelib.web.pages import day as pages

        return pages.render_day(caller, doctor_id, on, request)
    day = serialize_day(get_services().manage_slots.get_day(caller, doctor_id, on))
    return json_or_not_modified(day, request, version=day.version)


@routes.post(
    "/slots",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("IfMatch", "IdempotencyKey"),
        body={JSON: schemas.SaveDayRequest, FORM: schemas.DayFormFields},
        responses={200: {JSON: schemas.SavedDay, HTML: None}, 303: {}},
        errors=(400, 404, 412, 422),
    ),
)
def post_slots(request: Request, caller: Caller) -> Response:
    """Save a day.

    `free` opens a slot, `busy-unavailable` closes it. The request is validated against the day that
    would result, and either all changes are stored or none. The page sends the form; the response
    is a page, or a redirect to it.
    """
    if is_form(request):
        from chalicelib.web.pages import day as pages

        return pages.save_form(caller, parse_save_form(request), request)

    saved = get_services().manage_slots.save(caller, parse_save_json(request))
    request_context.current_request().metrics["Saves"] += saved.created

    day = serialize_day(saved)
    return json_response(serialize_saved_day(saved, day), {"ETag": etag(day.version, day)})


def should_pick_doctor(caller: Caller, request: Request) -> bool:
    """Return whether the page lists doctors: for a search, or for a caller who is no doctor."""
    is_page = wants_html(request) and not is_htmx(request)
    is_search = "q" in (request.query_params or {})
    has_schedule = caller.doctor_id is not None and not is_search
    return is_page and not has_schedule and query(request, "doctor_id") is None
