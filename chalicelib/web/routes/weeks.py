"""A doctor's week: read it as a page, and save it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.permissions import Caller, Permission
from chalicelib.web.api.validators import parse_date, requested_doctor_id
from chalicelib.web.http.request import FORM, HTML, query
from chalicelib.web.pages.schedule_form import parse_week_form
from chalicelib.web.routing import DOCTORS, RouteDoc, Router

if TYPE_CHECKING:
    from chalice.app import Request, Response

routes = Router(__name__)


@routes.get(
    "/slots/week",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("DoctorOfDay", "Date", "IfNoneMatch"),
        responses={200: {HTML: None}},
        errors=(400, 404),
    ),
)
def get_week(request: Request, caller: Caller) -> Response:
    """Get a doctor's week, Monday to Sunday."""
    from chalicelib.web.pages import week as pages  # noqa: PLC0415

    date = query(request, "date")
    on = parse_date(date) if date else None
    return pages.render_week(caller, requested_doctor_id(caller, request), on, request)


@routes.post(
    "/slots/week",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        body={FORM: None},
        responses={200: {HTML: None}, 207: {}, 303: {}},
        errors=(400, 404, 422),
    ),
)
def post_week(request: Request, caller: Caller) -> Response:
    """Save a week. Each date is saved by itself."""
    from chalicelib.web.pages import week as pages  # noqa: PLC0415

    return pages.save_form(caller, parse_week_form(request), request)
