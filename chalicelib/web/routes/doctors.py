"""Doctors and their settings."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Caller, Permission, Role
from chalicelib.web.api import schemas
from chalicelib.web.api.decoding import Violations
from chalicelib.web.api.doctor_parsing import parse_doctor_settings, parse_settings_precondition
from chalicelib.web.api.serializers import serialize_doctor
from chalicelib.web.api.validators import (
    doctor_id_from_path,
    parse_limit,
    required_query,
    search_text,
)
from chalicelib.web.http.negotiation import wants_html
from chalicelib.web.http.request import HTML, JSON, query
from chalicelib.web.http.responses import etag, json_or_not_modified, json_response
from chalicelib.web.routing import DOCTORS, RouteDoc, Router

if TYPE_CHECKING:
    from chalice.app import Request, Response

routes = Router(__name__)


@routes.get(
    "/doctors",
    permission=Permission.READ,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("Specialty", "Location", "Limit", "Cursor", "IfNoneMatch"),
        responses={200: {JSON: schemas.Doctors, HTML: None}},
        errors=(400,),
    ),
)
def get_doctors(request: Request, caller: Caller) -> Response:
    """List doctors.

    Pages are ordered by specialty, location and id. `location` needs a `specialty`. Booking sites
    don't get doctors who take no bookings, so a page may have fewer than its limit. A browser gets
    a page with the doctors whose schedule the caller can manage.
    """
    if wants_html(request) and caller.can_manage_any:
        from chalicelib.web.pages.directory import render_directory
        from chalicelib.web.pages.doctor_list import render_doctor_list

        if Role.ADMIN in caller.roles:
            return render_directory(caller, request)
        return render_doctor_list(caller, request)
    violations = Violations()
    with violations:
        specialty = search_text(request, "specialty")
    with violations:
        location = search_text(request, "location")
    with violations:
        if query(request, "location"):
            required_query(request, "specialty")
    with violations:
        limit = parse_limit(request)
    violations.raise_any()
    page = get_services().doctors.list_page(
        specialty=specialty,
        location=location,
        limit=limit,
        cursor=query(request, "cursor"),
    )
    doctors = [
        serialize_doctor(doctor, caller)
        for doctor in page.doctors
        if doctor.is_active or caller.role_for(doctor)
    ]
    return json_or_not_modified(schemas.Doctors(doctors=doctors, next=page.cursor), request)


@routes.get(
    "/doctors/{doctor_id}",
    permission=Permission.READ,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("IfNoneMatch",),
        responses={200: {JSON: schemas.Doctor}},
        errors=(404,),
    ),
)
def get_doctor(request: Request, caller: Caller, doctor_id: str) -> Response:
    """Get a doctor."""
    doctor = get_services().doctors.get(doctor_id_from_path(doctor_id))
    return json_or_not_modified(serialize_doctor(doctor, caller), request, version=doctor.version)


@routes.put(
    "/doctors/{doctor_id}",
    permission=Permission.CONFIGURE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("IfMatchDoctor", "IfNoneMatchDoctor"),
        body={JSON: schemas.DoctorRequest},
        responses={200: {JSON: schemas.Doctor}, 201: {JSON: schemas.Doctor}},
        errors=(400, 409, 412),
    ),
)
def put_doctor(request: Request, caller: Caller, doctor_id: str) -> Response:
    """Create or update a doctor.

    Replaces all settings, except `delegates` and `active` if the body lacks them. Pages and saves
    use the new settings immediately; holds and bookings use them everywhere within ten seconds. A
    doctor has at most 96 slots on any weekday, or 92 if the clocks of the time zone change in the
    next ten years. Blanks around names are dropped, and an alias of a time zone is stored as its
    canonical name.
    """
    caller.require_can_configure_id(doctor_id)
    settings = parse_doctor_settings(doctor_id, request)
    precondition = parse_settings_precondition(request)
    saved = get_services().manage_doctors.put(caller, settings, precondition)
    if Role.ADMIN in caller.roles:  # who alone can create doctors, or repeat a creation
        from chalicelib import closure_services

        closure_services.apply_to_doctor(get_services(), doctor_id)
    status = HTTPStatus.CREATED if saved.created else HTTPStatus.OK
    doctor = serialize_doctor(saved.doctor, caller)
    return json_response(doctor, {"ETag": etag(saved.doctor.version, doctor)}, status)
