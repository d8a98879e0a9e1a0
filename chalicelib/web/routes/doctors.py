"""``/doctors``: who there is, her settings, and what of her time is bookable."""

from __future__ import annotations

from http import HTTPStatus

from chalice.app import Blueprint, Request, Response

from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Caller, Permission
from chalicelib.web.api import schemas
from chalicelib.web.api.parsing import parse_doctor_settings
from chalicelib.web.api.serializers import serialize_doctor, serialize_slots
from chalicelib.web.api.validators import (
    doctor_id_from_path,
    parse_date_range,
    parse_limit,
    search_text,
    valid_doctor_id,
)
from chalicelib.web.http.request import JSON, query
from chalicelib.web.http.responses import json_or_not_modified, json_response
from chalicelib.web.routing import require_permission

blueprint = Blueprint(__name__)


def _request() -> Request:
    return blueprint.current_request


@blueprint.route("/doctors", methods=["GET"])
@require_permission(Permission.READ, _request)
def get_doctors(caller: Caller) -> Response:
    """Doctors by specialty, location and id, page by page."""
    request = _request()
    page = get_services().doctors.list_page(
        specialty=search_text(request, "specialty"),
        location=search_text(request, "location"),
        limit=parse_limit(request),
        cursor=query(request, "cursor"),
    )
    doctors = [serialize_doctor(doctor, caller) for doctor in page.doctors]
    return json_response(schemas.Doctors(doctors=doctors, next=page.cursor))


@blueprint.route("/doctors/{doctor_id}", methods=["GET"])
@require_permission(Permission.READ, _request)
def get_doctor(caller: Caller, doctor_id: str) -> Response:
    """One doctor."""
    doctor = get_services().doctors.get(doctor_id_from_path(doctor_id))
    return json_response(serialize_doctor(doctor, caller))


@blueprint.route("/doctors/{doctor_id}", methods=["PUT"], content_types=[JSON])
@require_permission(Permission.CONFIGURE, _request)
def put_doctor(caller: Caller, doctor_id: str) -> Response:
    """Make a doctor known, or change her settings."""
    request = _request()
    settings = parse_doctor_settings(valid_doctor_id(doctor_id), request)
    kept = get_services().manage_doctors.put(caller, settings)
    status = HTTPStatus.CREATED if kept.created else HTTPStatus.OK
    return json_response(serialize_doctor(kept.doctor, caller), status=status)


@blueprint.route("/doctors/{doctor_id}/slots", methods=["GET"])
@require_permission(Permission.READ, _request)
def get_doctors_slots(_caller: Caller, doctor_id: str) -> Response:
    """Her bookable slots, by default of today and the 13 days after it."""
    request = _request()
    doctor_id = doctor_id_from_path(doctor_id)
    first, last = parse_date_range(request, lambda: get_services().find_slots.today(doctor_id))
    found = get_services().find_slots.for_doctor(doctor_id, first, last)
    return json_or_not_modified(serialize_slots(found, first, last), request)
