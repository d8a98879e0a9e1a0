"""Pages of the practice's bookings: those of a day, with the desk, and those to be rebooked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.permissions import Caller, Permission
from chalicelib.web.api.validators import parse_date, requested_doctor_id, required_query
from chalicelib.web.http.request import FORM, HTML, query
from chalicelib.web.routes.slots import should_pick_doctor
from chalicelib.web.routing import DOCTORS, RouteDoc, Router

if TYPE_CHECKING:
    from chalice.app import Request, Response

routes = Router(__name__)


@routes.get(
    "/bookings",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("DoctorOfDay", "RequiredDate"),
        responses={200: {HTML: None}},
        errors=(400, 404),
    ),
)
def get_bookings_page(request: Request, caller: Caller) -> Response:
    """Page with the bookings of a day.

    Staff book at the desk here, and override holds and bookings. Clients use
    `PUT /slots/{slot_id}/booking` and `GET /doctors/{doctor_id}/bookings`.
    """
    from chalicelib.web.pages import bookings

    on = parse_date(required_query(request, "date"))
    return bookings.render_bookings(caller, requested_doctor_id(caller, request), on, request)


@routes.post(
    "/bookings",
    permission=Permission.MANAGE,
    doc=RouteDoc(tag=DOCTORS, body={FORM: None}, responses={303: {}}, errors=(400, 403, 404, 409)),
)
def post_bookings_form(request: Request, caller: Caller) -> Response:
    """Book at the desk, or override a hold or booking.

    The pages send this form. The response is a redirect to the page. Clients use the routes below
    `/slots/{slot_id}`.
    """
    from chalicelib.web.pages import bookings_form

    return bookings_form.submit(caller, request)


@routes.get(
    "/rebooking",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("DoctorOfDay", "Date"),
        responses={200: {HTML: None}},
        errors=(400, 404),
    ),
)
def get_rebooking_page(request: Request, caller: Caller) -> Response:
    """Page with the bookings to be rebooked.

    Those of a date, or of all dates from today on; and what has become of them. Clients use
    `GET /doctors/{doctor_id}/bookings?disrupted=true`.
    """
    from chalicelib.web.pages import doctor_list, rebooking
    from chalicelib.web.pages.frame import SCHEDULE

    if should_pick_doctor(caller, request):
        return doctor_list.render_doctor_choice(caller, request, "/rebooking", SCHEDULE)
    date = query(request, "date")
    on = parse_date(date) if date else None
    return rebooking.render_rebooking(caller, requested_doctor_id(caller, request), on, request)
