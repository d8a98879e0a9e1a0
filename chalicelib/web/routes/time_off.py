"""Time off of a doctor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Caller, Permission
from chalicelib.web.api import time_off_schemas
from chalicelib.web.api.validators import doctor_id_from_path, requested_doctor_id
from chalicelib.web.http.request import FORM, HTML, JSON
from chalicelib.web.http.responses import json_response
from chalicelib.web.routes.slots import should_pick_doctor
from chalicelib.web.routing import DOCTORS, RouteDoc, Router

if TYPE_CHECKING:
    from chalice.app import Request, Response

routes = Router(__name__)


@routes.get(
    "/doctors/{doctor_id}/time-off",
    permission=Permission.MANAGE,
    doc=RouteDoc(tag=DOCTORS, responses={200: {JSON: time_off_schemas.TimeOffList}}, errors=(404,)),
)
def get_time_off(_request: Request, caller: Caller, doctor_id: str) -> Response:
    """List a doctor's time off.

    With the closures of the practice, and without what was lifted. Plans make and lift time off.
    """
    from chalicelib.web.api.time_off_serializers import serialize_time_off_list

    found = get_services().plans.list_time_off.list_time_off(caller, doctor_id_from_path(doctor_id))
    return json_response(serialize_time_off_list(found))


@routes.get(
    "/time-off",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("DoctorOfDay", "DayOff", "WeekOff"),
        responses={200: {HTML: None}},
        errors=(400, 404),
    ),
)
def get_time_off_page(request: Request, caller: Caller) -> Response:
    """Page to take time off, and to lift it.

    Clients use `GET /doctors/{doctor_id}/time-off`.
    """
    from chalicelib.web.pages import doctor_list, time_off
    from chalicelib.web.pages.frame import SCHEDULE

    if should_pick_doctor(caller, request):
        return doctor_list.render_doctor_choice(caller, request, "/time-off", SCHEDULE)
    return time_off.render_time_off(caller, requested_doctor_id(caller, request), request)


@routes.post(
    "/time-off",
    permission=Permission.MANAGE,
    doc=RouteDoc(tag=DOCTORS, body={FORM: None}, responses={303: {}}, errors=(400, 404)),
)
def post_time_off_form(request: Request, caller: Caller) -> Response:
    """Preview time off.

    The page sends this form. The response is a redirect to the preview of the plan. Clients use
    `POST /doctors/{doctor_id}/plans`.
    """
    from chalicelib.web.pages import time_off

    return time_off.preview_form(caller, request)


@routes.post(
    "/time-off/lift",
    permission=Permission.MANAGE,
    doc=RouteDoc(tag=DOCTORS, body={FORM: None}, responses={303: {}}, errors=(400, 404, 409)),
)
def post_time_off_lift(request: Request, caller: Caller) -> Response:
    """Lift time off at once.

    The page sends this form. The response is a redirect to the plan that lifts it.
    """
    from chalicelib.web.pages import time_off

    return time_off.lift(caller, request)
