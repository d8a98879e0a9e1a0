"""The sections of the pages that browsers alone request: a doctor's changes, and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Caller, Permission
from chalicelib.web.api.validators import requested_doctor_id
from chalicelib.web.http.request import HTML, query
from chalicelib.web.routes.slots import should_pick_doctor
from chalicelib.web.routing import DOCTORS, RouteDoc, Router

if TYPE_CHECKING:
    from chalice.app import Request, Response

routes = Router(__name__)

_CHANGES_PER_PAGE = 50


@routes.get(
    "/changes",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("DoctorOfDay", "Cursor"),
        responses={200: {HTML: None}},
        errors=(400, 404),
    ),
)
def get_changes_page(request: Request, caller: Caller) -> Response:
    """Page with a doctor's changes.

    The newest first. Clients use `GET /doctors/{doctor_id}/changes`.
    """
    from chalicelib.domain.change_feed import ChangeSearch  # noqa: PLC0415  see bootstrap
    from chalicelib.web.pages import doctor_list, history  # noqa: PLC0415
    from chalicelib.web.pages.frame import CHANGES  # noqa: PLC0415

    if should_pick_doctor(caller, request):
        return doctor_list.render_doctor_choice(caller, request, "/changes", CHANGES)
    search = ChangeSearch(doctor_id=requested_doctor_id(caller, request))
    changes = get_services().list_changes.list_page(
        caller, search, limit=_CHANGES_PER_PAGE, cursor=query(request, "cursor")
    )
    return history.render_changes(caller, changes, request)


@routes.get(
    "/settings",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("DoctorOfDay",),
        responses={200: {HTML: None}},
        errors=(400, 404),
    ),
)
def get_settings_page(request: Request, caller: Caller) -> Response:
    """Page with a doctor's settings.

    Clients use `GET /doctors/{doctor_id}`.
    """
    from chalicelib.web.pages import doctor_list, settings  # noqa: PLC0415
    from chalicelib.web.pages.frame import SETTINGS  # noqa: PLC0415

    if should_pick_doctor(caller, request):
        return doctor_list.render_doctor_choice(caller, request, "/settings", SETTINGS)
    doctor = get_services().doctors.get(requested_doctor_id(caller, request))
    caller.require_role_for(doctor)
    return settings.render_settings(caller, doctor, request)
