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
@auth.needs(Need.READ, _request)
def get_doctors(caller: Caller) -> Response:
    """Doctors by specialty, location and id, page by page."""
    request = _request()
    page = services().doctors.page(
        specialty=inputs.words(request, "specialty"),
        location=inputs.words(request, "location"),
        limit=inputs.limit(request),
        cursor=inputs.query(request, "cursor"),
    )
    doctors = [representations.doctor(doctor, caller) for doctor in page.doctors]
    return representations.json(shapes.Doctors(doctors=doctors, next=page.cursor))


@blueprint.route("/doctors/{doctor_id}", methods=["GET"])
@auth.needs(Need.READ, _request)
def get_doctor(caller: Caller, doctor_id: str) -> Response:
    """One doctor."""
    doctor = services().doctors.get(inputs.doctor_of(doctor_id))
    return representations.json(representations.doctor(doctor, caller))


@blueprint.route("/doctors/{doctor_id}", methods=["PUT"], content_types=[inputs.JSON])
@auth.needs(Need.CONFIGURE, _request)
def put_doctor(caller: Caller, doctor_id: str) -> Response:
    """Make a doctor known, or change her settings."""
    request = _request()
    settings = forms.doctor_settings(inputs.doctor_id(doctor_id), request)
    kept = services().keep_doctors.put(caller, settings)
    status = HTTPStatus.CREATED if kept.is_new else HTTPStatus.OK
    return representations.json(representations.doctor(kept.doctor, caller), status=status)


@blueprint.route("/doctors/{doctor_id}/slots", methods=["GET"])
@auth.needs(Need.READ, _request)
def get_doctors_slots(_caller: Caller, doctor_id: str) -> Response:
    """Her bookable slots, by default of today and the 13 days after it."""
    request = _request()
    doctor_id = inputs.doctor_of(doctor_id)
    first, last = ranges.of(request, lambda: services().find_slots.today_of(doctor_id))
    found = services().find_slots.of_doctor(doctor_id, first, last)
    return representations.unless_known(representations.slots(found, first, last), request)
