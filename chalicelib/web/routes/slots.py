"""``/slots``: a doctor's day, as a page or as JSON, and saving it."""

from __future__ import annotations

from chalice.app import Blueprint, Request, Response

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.permissions import Caller, Permission
from chalicelib.domain.violations import FieldViolation
from chalicelib.web.api.parsing import parse_save_json
from chalicelib.web.api.serializers import serialize_day, serialize_history, serialize_saved_day
from chalicelib.web.api.validators import parse_date, required_query, valid_doctor_id
from chalicelib.web.http.negotiation import is_htmx, wants_html
from chalicelib.web.http.request import FORM, JSON, is_form, query
from chalicelib.web.http.responses import etag, json_or_not_modified, json_response
from chalicelib.web.pages.day_form import parse_save_form
from chalicelib.web.routing import require_permission

blueprint = Blueprint(__name__)


def _request() -> Request:
    return blueprint.current_request


@blueprint.route("/slots", methods=["GET"])
@require_permission(Permission.MANAGE, _request)
def get_slots(caller: Caller) -> Response:
    """A day of a doctor: by default her own today."""
    request = _request()
    if _should_pick_doctor(caller, request):
        from chalicelib.web.pages import doctor_picker  # noqa: PLC0415  machines need no template engine

        return doctor_picker.render_doctor_picker(caller, request)
    doctor_id = _requested_doctor_id(caller, request)
    date = query(request, "date")
    on = parse_date(date) if date else None

    if wants_html(request):
        from chalicelib.web.pages import day as pages  # noqa: PLC0415  machines need no template engine

        return pages.render_day(caller, doctor_id, on, request)
    day = serialize_day(get_services().manage_slots.get_day(caller, doctor_id, on))
    return json_or_not_modified(day, request, version=day.version)


@blueprint.route("/slots/history", methods=["GET"])
@require_permission(Permission.MANAGE, _request)
def get_history(caller: Caller) -> Response:
    """Who changed a date of a doctor, and when."""
    request = _request()
    doctor_id = _requested_doctor_id(caller, request)
    on = parse_date(required_query(request, "date"))
    history = get_services().manage_slots.get_history(caller, doctor_id, on)
    if wants_html(request):
        from chalicelib.web.pages import history as history_page  # noqa: PLC0415  machines need no template engine

        return history_page.render_history(caller, history, request)
    return json_or_not_modified(serialize_history(history), request)


@blueprint.route("/slots", methods=["POST"], content_types=[JSON, FORM])
@require_permission(Permission.MANAGE, _request)
def post_slots(caller: Caller) -> Response:
    """Save a day: from a machine as JSON, from the page as a form."""
    request = _request()
    if is_form(request):
        from chalicelib.web.pages import day as pages  # noqa: PLC0415  machines need no template engine

        return pages.save_form(caller, parse_save_form(request), request)

    saved = get_services().manage_slots.save(caller, parse_save_json(request))
    request_context.current_request().metrics["Saves"] += saved.created

    day = serialize_day(saved)
    return json_response(serialize_saved_day(saved, day), {"ETag": etag(day.version, day)})


def _should_pick_doctor(caller: Caller, request: Request) -> bool:
    """At the page, whose slots to manage: she is no doctor herself, and has named none."""
    is_page = wants_html(request) and not is_htmx(request)
    return is_page and caller.doctor_id is None and query(request, "doctor_id") is None


def _requested_doctor_id(caller: Caller, request: Request) -> str:
    """By default herself. Raise ``NotAllowed`` for who has no schedule to manage at all."""
    doctor_id = query(request, "doctor_id") or caller.doctor_id
    if doctor_id is not None:
        return valid_doctor_id(doctor_id)
    caller.require_can_manage_any()
    raise RequestRejectedError(FieldViolation("doctor_id", "required", "doctor_id is missing"))
