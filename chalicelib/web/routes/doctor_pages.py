"""The forms with which admins add a doctor, let them sign in, and deactivate them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Caller, Permission
from chalicelib.web.api.fields import MAX_QUERY_LENGTH
from chalicelib.web.api.validators import doctor_id_from_path, invalid_field
from chalicelib.web.http.request import FORM, HTML, url_prefix
from chalicelib.web.routing import DOCTORS, RouteDoc, Router

if TYPE_CHECKING:
    from chalice.app import Request

routes = Router(__name__)
_STATES = {"on": True, "off": False}


@routes.get(
    "/new-doctor",
    permission=Permission.ADMINISTER,
    doc=RouteDoc(tag=DOCTORS, responses={200: {HTML: None}}),
)
def get_new_doctor(request: Request, caller: Caller) -> Response:
    """Page that adds a doctor.

    Clients use `PUT /doctors/{doctor_id}`.
    """
    from chalicelib.web.pages import new_doctor

    caller.require_admin()
    return new_doctor.render_new_doctor(caller, request)


@routes.post(
    "/new-doctor",
    permission=Permission.ADMINISTER,
    doc=RouteDoc(tag=DOCTORS, body={FORM: None}, responses={200: {HTML: None}}, errors=(400,)),
)
def post_new_doctor(request: Request, caller: Caller) -> Response:
    """Add a doctor, by the form of the page.

    Creates the doctor and, in our own user pool, their account with an invitation. The same form
    sent again goes on where an earlier attempt ended.
    """
    from chalicelib.web.pages import new_doctor

    caller.require_admin()
    return new_doctor.save_form(caller, request)


@routes.get(
    "/new-delegate",
    permission=Permission.ADMINISTER,
    doc=RouteDoc(tag=DOCTORS, responses={200: {HTML: None}}),
)
def get_new_delegate(request: Request, caller: Caller) -> Response:
    """Page that invites a delegate."""
    from chalicelib.web.pages import new_delegate

    caller.require_admin()
    return new_delegate.render_new_delegate(caller, request)


@routes.post(
    "/new-delegate",
    permission=Permission.ADMINISTER,
    doc=RouteDoc(tag=DOCTORS, body={FORM: None}, responses={200: {HTML: None}}, errors=(400,)),
)
def post_new_delegate(request: Request, caller: Caller) -> Response:
    """Invite a delegate, by the form of the page.

    Each chosen doctor names them and, in our own user pool, they get an account with an invitation.
    The same form sent again goes on where an earlier attempt ended.
    """
    from chalicelib.web.pages import new_delegate

    caller.require_admin()
    return new_delegate.save_form(caller, request)


@routes.get(
    "/doctors/{doctor_id}/sign-in",
    permission=Permission.ADMINISTER,
    doc=RouteDoc(tag=DOCTORS, responses={200: {HTML: None}}, errors=(404,)),
)
def get_doctor_sign_in(request: Request, caller: Caller, doctor_id: str) -> Response:
    """Page that says whether a doctor can sign in, and invites them."""
    from chalicelib.web.pages import doctor_sign_in

    caller.require_admin()
    doctor = get_services().doctors.get(doctor_id_from_path(doctor_id))
    return doctor_sign_in.render_sign_in(caller, request, doctor)


@routes.post(
    "/doctors/{doctor_id}/sign-in",
    permission=Permission.ADMINISTER,
    doc=RouteDoc(tag=DOCTORS, body={FORM: None}, responses={200: {HTML: None}}, errors=(400, 404)),
)
def post_doctor_sign_in(request: Request, caller: Caller, doctor_id: str) -> Response:
    """Invite a doctor, by the form of the page: for the first time, or again."""
    from chalicelib.web.pages import doctor_sign_in

    caller.require_admin()
    doctor = get_services().doctors.get(doctor_id_from_path(doctor_id))
    return doctor_sign_in.save_form(caller, request, doctor)


@routes.post(
    "/doctors/{doctor_id}/active",
    permission=Permission.ADMINISTER,
    doc=RouteDoc(tag=DOCTORS, body={FORM: None}, responses={303: {}}, errors=(400, 404)),
)
def post_doctor_active(request: Request, caller: Caller, doctor_id: str) -> Response:
    """Deactivate or reactivate a doctor, by the form of the page."""
    from chalicelib.web.pages.day_form import decode_fields

    caller.require_admin()
    fields = decode_fields(request, ("active",))
    is_active = _STATES.get(fields["active"][-1])
    if is_active is None:
        raise invalid_field("active", "on or off")
    doctor_id = doctor_id_from_path(doctor_id)
    get_services().manage_doctors.set_active(caller, doctor_id, is_active=is_active)
    search = urlencode({"q": fields.get("q", [""])[-1][:MAX_QUERY_LENGTH]})
    url = f"{url_prefix(request)}/doctors?{search}#{doctor_id}"
    return Response("", {"Location": url}, HTTPStatus.SEE_OTHER)
