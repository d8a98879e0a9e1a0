"""Pages of series and plans; clients use the routes below `/doctors/{doctor_id}`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.permissions import Caller, Permission
from chalicelib.web.api.validators import parse_date, requested_doctor_id, required_query
from chalicelib.web.http.request import FORM, HTML
from chalicelib.web.routes.slots import should_pick_doctor
from chalicelib.web.routing import DOCTORS, RouteDoc, Router

if TYPE_CHECKING:
    from chalice.app import Request, Response

routes = Router(__name__)


@routes.get(
    "/series",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("DoctorOfDay",),
        responses={200: {HTML: None}},
        errors=(400, 404),
    ),
)
def get_series_page(request: Request, caller: Caller) -> Response:
    """Page with a doctor's series.

    And with the plans that are not finished. Clients use `GET /doctors/{doctor_id}/series`.
    """
    from chalicelib.web.pages import doctor_list, series
    from chalicelib.web.pages.frame import SCHEDULE

    if should_pick_doctor(caller, request):
        return doctor_list.render_doctor_choice(caller, request, "/series", SCHEDULE)
    return series.render_list(caller, requested_doctor_id(caller, request), request)


@routes.get(
    "/series/new",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("DoctorOfDay", "WeekToRepeat", "DayToCopy", "PlanToRevise"),
        responses={200: {HTML: None}},
        errors=(400, 404),
    ),
)
def get_new_series(request: Request, caller: Caller) -> Response:
    """Page to make a series.

    From the slots of a week or of a day, or from the doctor's weekly hours.
    """
    from chalicelib.web.pages import series_journey

    return series_journey.render_new(caller, requested_doctor_id(caller, request), request)


@routes.post(
    "/series",
    permission=Permission.MANAGE,
    doc=RouteDoc(tag=DOCTORS, body={FORM: None}, responses={303: {}}, errors=(400, 404, 409)),
)
def post_series_form(request: Request, caller: Caller) -> Response:
    """Preview a series.

    The pages send this form, for a new series or a change of one. The response is a redirect to the
    preview of the plan. Clients use `POST /doctors/{doctor_id}/plans`.
    """
    from chalicelib.web.pages import series_journey

    return series_journey.preview_form(caller, request)


@routes.get(
    "/series/{series_id}/edit",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("DoctorOfDay",),
        responses={200: {HTML: None}},
        errors=(400, 404),
    ),
)
def get_series_form(request: Request, caller: Caller, series_id: str) -> Response:
    """Page to change a series."""
    from chalicelib.web.pages import series_journey

    doctor_id = requested_doctor_id(caller, request)
    return series_journey.render_edit(caller, doctor_id, series_id, request)


@routes.get(
    "/series/{series_id}/end",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("DoctorOfDay",),
        responses={200: {HTML: None}},
        errors=(400, 404),
    ),
)
def get_series_end(request: Request, caller: Caller, series_id: str) -> Response:
    """Page to end a series."""
    from chalicelib.web.pages import series_journey

    doctor_id = requested_doctor_id(caller, request)
    return series_journey.render_end(caller, doctor_id, series_id, request)


@routes.post(
    "/series/{series_id}/end",
    permission=Permission.MANAGE,
    doc=RouteDoc(tag=DOCTORS, body={FORM: None}, responses={303: {}}, errors=(400, 404)),
)
def post_series_end(request: Request, caller: Caller, series_id: str) -> Response:
    """Preview the end of a series.

    The page sends this form. The response is a redirect to the preview of the plan.
    """
    from chalicelib.web.pages import series_journey

    return series_journey.preview_end(caller, series_id, request)


@routes.get(
    "/slots/origins",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("DoctorOfDay", "RequiredDate"),
        responses={200: {HTML: None}},
        errors=(400, 404),
    ),
)
def get_origins_page(request: Request, caller: Caller) -> Response:
    """Page that says why slots are open.

    For each slot of a date: the series, or the person who opened it. In JSON it is `origin` of a
    slot.
    """
    from chalicelib.web.pages import doctor_list, origins
    from chalicelib.web.pages.frame import SCHEDULE

    if should_pick_doctor(caller, request):
        return doctor_list.render_doctor_choice(caller, request, "/slots/origins", SCHEDULE)
    doctor_id = requested_doctor_id(caller, request)
    on = parse_date(required_query(request, "date"))
    return origins.render_origins(caller, doctor_id, on, request)


@routes.get(
    "/plans/{plan_id}",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("DoctorOfDay",),
        responses={200: {HTML: None}},
        errors=(400, 404),
    ),
)
def get_plan_page(request: Request, caller: Caller, plan_id: str) -> Response:
    """Page of a plan.

    Its preview, its progress or its result. Clients use
    `GET /doctors/{doctor_id}/plans/{plan_id}`.
    """
    from chalicelib.web.api.plan_parsing import plan_id_from_path
    from chalicelib.web.pages import plan

    doctor_id = requested_doctor_id(caller, request)
    return plan.render_plan(caller, doctor_id, plan_id_from_path(plan_id), request)


@routes.post(
    "/plans/{plan_id}",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        body={FORM: None},
        responses={200: {HTML: None}, 303: {}},
        errors=(400, 404, 409),
    ),
)
def post_plan_form(request: Request, caller: Caller, plan_id: str) -> Response:
    """Apply, stop or undo a plan.

    The buttons of its page send this form: `act` is one of `start`, `next`, `continue`, `stop` and
    `undo`. htmx sends `next` by itself: it does not continue a plan that is stopped.
    """
    from chalicelib.web.api.plan_parsing import plan_id_from_path
    from chalicelib.web.pages import plan

    return plan.act_on_plan(caller, plan_id_from_path(plan_id), request)
