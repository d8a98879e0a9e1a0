"""Find bookable slots: of one doctor, or across doctors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Caller, Permission
from chalicelib.use_cases.find_slots import Search
from chalicelib.web.api import schemas
from chalicelib.web.api.decoding import Violations
from chalicelib.web.api.serializers import serialize_availability, serialize_slots
from chalicelib.web.api.validators import (
    doctor_id_from_path,
    parse_date_range,
    parse_limit,
    parse_search_range,
    required_query,
    search_text,
)
from chalicelib.web.http.request import JSON, query
from chalicelib.web.http.responses import json_or_not_modified
from chalicelib.web.routing import BOOKING_SITES, RouteDoc, Router

if TYPE_CHECKING:
    from chalice.app import Request, Response

routes = Router(__name__)


@routes.get(
    "/doctors/{doctor_id}/slots",
    permission=Permission.READ,
    doc=RouteDoc(
        tag=BOOKING_SITES,
        parameters=("From", "To", "IfNoneMatch"),
        responses={200: {JSON: schemas.DoctorsSlots}},
        errors=(400, 404),
    ),
)
def get_doctors_slots(request: Request, _caller: Caller, doctor_id: str) -> Response:
    """List a doctor's bookable slots.

    The next read after a change shows it. `next_available` is the first bookable slot from `from`
    on, even if it is after `to`.
    """
    doctor_id = doctor_id_from_path(doctor_id)
    first, last = parse_date_range(request, lambda: get_services().find_slots.today(doctor_id))
    found = get_services().find_slots.for_doctor(doctor_id, first, last)
    return json_or_not_modified(serialize_slots(found, first, last), request)


@routes.get(
    "/availability",
    permission=Permission.READ,
    doc=RouteDoc(
        tag=BOOKING_SITES,
        parameters=(
            "RequiredSpecialty",
            "Location",
            "From",
            "To",
            "Limit",
            "Cursor",
            "IfNoneMatch",
        ),
        responses={200: {JSON: schemas.Availability}},
        errors=(400,),
    ),
)
def get_availability(request: Request, _caller: Caller) -> Response:
    """Find doctors with bookable slots.

    The doctors have the given specialty and, if given, location. Pages are ordered by location and
    doctor; within a page, the doctor with the soonest slot comes first. Dates are in each doctor's
    time zone. The result may be a second behind.
    """
    page = get_services().find_slots.search(_parse_search(request))
    return json_or_not_modified(serialize_availability(page), request)


def _parse_search(request: Request) -> Search:
    violations = Violations()
    with violations:
        required_query(request, "specialty")
    with violations:
        specialty = search_text(request, "specialty") or ""
    with violations:
        location = search_text(request, "location")
    with violations:
        first, last = parse_search_range(request, get_services().now())
    with violations:
        limit = parse_limit(request)
    violations.raise_any()
    return Search(
        specialty=specialty,
        location=location,
        first=first,
        last=last,
        limit=limit,
        cursor=query(request, "cursor"),
    )
