"""The sections of the pages that browsers alone request: a doctor's changes, and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Caller, Permission
from chalicelib.web.api.validators import requested_doctor_id
from chalicelib.web.http.request import FORM, HTML
from chalicelib.web.routes.slots import should_pick_doctor
from chalicelib.web.routing import DOCTORS, RouteDoc, Router

if TYPE_CHECKING:
    from chalice.app import Request, Response

routes = Router(__name__)


@routes.get(
    "/changes",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=(
            "DoctorOfDay",
            "ChangeDate",
            "ChangeFrom",
            "ChangeTo",
            "ChangeKind",
            "ChangeBy",
            "Cursor",
        ),
        responses={200: {HTML: None}},
        errors=(400, 404),
    ),
)
def get_changes_page(request: Request, caller: Caller) -> Response:
    """Page with a doctor's changes.

    The newest first, and the changes of a plan together. Clients use
    `GET /doctors/{doctor_id}/changes`.
    """
    from chalicelib.web.pages import changes, doctor_list
    from chalicelib.web.pages.frame import CHANGES

    if should_pick_doctor(caller, request):
        return doctor_list.render_doctor_choice(caller, request, "/changes", CHANGES)
    return changes.render_changes(caller, requested_doctor_id(caller, request), request)


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
    from chalicelib.web.pages import doctor_list, settings
    from chalicelib.web.pages.frame import SETTINGS

    if should_pick_doctor(caller, request):
        return doctor_list.render_doctor_choice(caller, request, "/settings", SETTINGS)
    doctor = get_services().doctors.get(requested_doctor_id(caller, request))
    caller.require_role_for(doctor)
    return settings.render_settings(caller, doctor, request)


@routes.post(
    "/settings",
    permission=Permission.CONFIGURE,
    doc=RouteDoc(
        tag=DOCTORS,
        body={FORM: None},
        responses={200: {HTML: None}, 303: {}},
        errors=(400, 404, 412),
    ),
)
def post_settings_form(request: Request, caller: Caller) -> Response:
    """Save a doctor's settings, or show what they would mean.

    The page sends this form: `act` is one of `save`, `show`, `add` and `remove:<number>`, for a row
    of the hours. `version` is that of the settings that the form shows: others are 412. Clients use
    `PUT /doctors/{doctor_id}`.
    """
    from chalicelib.web.pages import settings_saving

    return settings_saving.submit(caller, request)
