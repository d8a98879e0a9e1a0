"""A doctor's day: read it as a page or as JSON, save it, and list its changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.permissions import Caller, Permission
from chalicelib.domain.violations import FieldViolation
from chalicelib.web.api import schemas
from chalicelib.web.api.parsing import parse_save_json
from chalicelib.web.api.serializers import serialize_day, serialize_history, serialize_saved_day
from chalicelib.web.api.validators import parse_date, required_query, valid_doctor_id
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
    if _should_pick_doctor(caller, request):
        from chalicelib.web.pages import doctor_picker  # noqa: PLC0415

        return doctor_picker.render_doctor_picker(caller, request)
    doctor_id = _requested_doctor_id(caller, request)
    date = query(request, "date")
    on = parse_date(date) if date else None

    if wants_html(request):
        from chalicelib.web.pages import day as pages  # noqa: PLC0415

        return pages.render_day(caller, doctor_id, on, request)
    day = serialize_day(get_services().manage_slots.get_day(caller, doctor_id, on))
    return json_or_not_modified(day, request, version=day.version)


@routes.get(
    "/slots/history",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("DoctorOfDay", "RequiredDate", "IfNoneMatch"),
        responses={200: {JSON: schemas.History, HTML: None}},
        errors=(400, 404),
    ),
)
def get_history(request: Request, caller: Caller) -> Response:
    """List a date's changes.

    The newest change comes first. A browser gets a page.
    """
    doctor_id = _requested_doctor_id(caller, request)
    on = parse_date(required_query(request, "date"))
    history = get_services().manage_slots.get_history(caller, doctor_id, on)
    if wants_html(request):
        from chalicelib.web.pages import history as history_page  # noqa: PLC0415

        return history_page.render_history(caller, history, request)
    return json_or_not_modified(serialize_history(history), request)


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
        from chalicelib.web.pages import day as pages  # noqa: PLC0415

        return pages.save_form(caller, parse_save_form(request), request)

    saved = get_services().manage_slots.save(caller, parse_save_json(request))
    request_context.current_request().metrics["Saves"] += saved.created

    day = serialize_day(saved)
    return json_response(serialize_saved_day(saved, day), {"ETag": etag(day.version, day)})


def _should_pick_doctor(caller: Caller, request: Request) -> bool:
    """Return whether the page must first ask a caller who is no doctor for one."""
    is_page = wants_html(request) and not is_htmx(request)
    return is_page and caller.doctor_id is None and query(request, "doctor_id") is None


def _requested_doctor_id(caller: Caller, request: Request) -> str:
    """Return the requested doctor's id, by default the caller's own.

    Raises:
        PermissionDeniedError: the caller can manage no schedule at all.
        RequestRejectedError: the id is missing or malformed.
    """
    doctor_id = query(request, "doctor_id") or caller.doctor_id
    if doctor_id is not None:
        return valid_doctor_id(doctor_id)
    caller.require_can_manage_any()
    raise RequestRejectedError(FieldViolation("doctor_id", "required", "doctor_id is missing"))
