"""``/doctors``: who there is, her settings, and what of her time is bookable."""

from __future__ import annotations

from http import HTTPStatus

from chalice.app import Blueprint, Request, Response

from chalicelib.bootstrap import services
from chalicelib.domain.caller import Caller, Need
from chalicelib.web import auth, forms, inputs, ranges, representations, shapes

blueprint = Blueprint(__name__)


def _request() -> Request:
    return blueprint.current_request


@blueprint.route("/doctors", methods=["GET"])
@auth.require_permission(Need.READ, _request)
def get_doctors(caller: Caller) -> Response:
    """Doctors by specialty, location and id, page by page."""
    request = _request()
    page = services().doctors.list_page(
        specialty=inputs.search_text(request, "specialty"),
        location=inputs.search_text(request, "location"),
        limit=inputs.parse_limit(request),
        cursor=inputs.query(request, "cursor"),
    )
    doctors = [representations.serialize_doctor(doctor, caller) for doctor in page.doctors]
    return representations.json_response(shapes.Doctors(doctors=doctors, next=page.cursor))


@blueprint.route("/doctors/{doctor_id}", methods=["GET"])
@auth.require_permission(Need.READ, _request)
def get_doctor(caller: Caller, doctor_id: str) -> Response:
    """One doctor."""
    doctor = services().doctors.get(inputs.doctor_id_from_path(doctor_id))
    return representations.json_response(representations.serialize_doctor(doctor, caller))


@blueprint.route("/doctors/{doctor_id}", methods=["PUT"], content_types=[inputs.JSON])
@auth.require_permission(Need.CONFIGURE, _request)
def put_doctor(caller: Caller, doctor_id: str) -> Response:
    """Make a doctor known, or change her settings."""
    request = _request()
    settings = forms.parse_doctor_settings(inputs.valid_doctor_id(doctor_id), request)
    kept = services().keep_doctors.put(caller, settings)
    status = HTTPStatus.CREATED if kept.is_new else HTTPStatus.OK
    return representations.json_response(
        representations.serialize_doctor(kept.doctor, caller), status=status
    )


@blueprint.route("/doctors/{doctor_id}/slots", methods=["GET"])
@auth.require_permission(Need.READ, _request)
def get_doctors_slots(_caller: Caller, doctor_id: str) -> Response:
    """Her bookable slots, by default of today and the 13 days after it."""
    request = _request()
    doctor_id = inputs.doctor_id_from_path(doctor_id)
    first, last = ranges.parse_date_range(
        request, lambda: services().find_slots.today_of(doctor_id)
    )
    found = services().find_slots.of_doctor(doctor_id, first, last)
    return representations.json_or_not_modified(
        representations.serialize_slots(found, first, last), request
    )
