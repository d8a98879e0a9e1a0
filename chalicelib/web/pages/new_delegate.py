"""The form with which an admin invites a delegate, and says for whom they work."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.names import is_valid_user_name, trim_name
from chalicelib.domain.permissions import Role
from chalicelib.domain.slot import is_valid_doctor_id
from chalicelib.web.http.request import url_prefix
from chalicelib.web.pages.accounts import (
    email_error,
    invite_person,
    invites_by,
    name_error,
    require_html_client,
)
from chalicelib.web.pages.day_form import decode_fields
from chalicelib.web.pages.doctor_sign_in import describe_account
from chalicelib.web.pages.field_errors import errors_by_field
from chalicelib.web.pages.frame import PEOPLE, build_frame
from chalicelib.web.pages.rendering import render
from chalicelib.web.texts import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalice.app import Request, Response

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.web.pages.accounts import InvitationResult

_MAX_DOCTORS = 100
_SEPARATORS = re.compile(r"[\s,;]+")


class DoctorChoice(Struct, frozen=True, kw_only=True):
    """A doctor of the form."""

    doctor_id: str
    name: str
    is_chosen: bool


class NewDelegatePage(Struct, frozen=True, kw_only=True):
    """The values of the form; ``others`` are ids of doctors that it does not list."""

    base: str
    name: str
    email: str
    invites_by: str
    doctors: tuple[DoctorChoice, ...]
    others: str
    is_complete: bool
    errors: Mapping[str, str]


class InvitedDelegatePage(Struct, frozen=True, kw_only=True):
    """The result; ``sent`` is the form, to be sent again after an ``error``."""

    base: str
    name: str
    state: str
    doctors: tuple[str, ...]
    password: str
    error: str
    sent: Mapping[str, str]


class _Sent(Struct, frozen=True, kw_only=True):
    """The form as it was sent."""

    name: str = ""
    email: str = ""
    chosen: tuple[str, ...] = ()
    others: str = ""

    @property
    def doctor_ids(self) -> list[str]:
        """The chosen ids and the typed ones, each once."""
        typed = filter(None, _SEPARATORS.split(self.others))
        return list(dict.fromkeys([*self.chosen, *typed]))


def render_new_delegate(caller: Caller, request: Request) -> Response:
    """Render the empty form."""
    return _render(caller, request, _Sent(), {})


def save_form(caller: Caller, request: Request) -> Response:
    """Let the delegate manage the doctors, and invite them; with errors, render the form again.

    The same form sent again goes on where an earlier attempt ended.
    """
    fields = decode_fields(request, ())
    sent = _Sent(
        name=trim_name(fields.get("name", [""])[-1]),
        email=fields.get("email", [""])[-1].strip(),
        chosen=tuple(fields.get("doctor", ())),
        others=fields.get("others", [""])[-1],
    )
    if errors := _errors_of(sent):
        return _reject(caller, request, sent, errors)
    services = get_services()
    try:
        doctors = [
            services.manage_doctors.add_delegate(caller, each, sent.name)
            for each in sent.doctor_ids
        ]
    except RequestRejectedError as error:
        return _reject(caller, request, sent, errors_by_field(error, {}, other="others"))
    result = invite_person(caller, sent.name, sent.email or None, Role.DELEGATE)
    return _render_result(caller, request, sent, doctors, result)


def _errors_of(sent: _Sent) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not is_valid_user_name(sent.name):
        errors["name"] = _("Enter a user name without spaces")
    if error := email_error(sent.email):
        errors["email"] = error
    if not sent.doctor_ids:
        errors["doctors"] = _("Choose at least one doctor")
    elif error := _doctors_error(sent.doctor_ids):
        errors["others"] = error
    if not errors and (error := name_error(sent.name, sent.email, Role.DELEGATE)):
        errors["name"] = error
    return errors


def _doctors_error(doctor_ids: list[str]) -> str:
    if len(doctor_ids) > _MAX_DOCTORS:
        return _("Choose at most %(limit)s doctors", limit=_MAX_DOCTORS)
    valid = [each for each in doctor_ids if is_valid_doctor_id(each)]
    known = get_services().doctors.get_many(valid) if valid else {}
    unknown = [each for each in doctor_ids if each not in known]
    return _("No doctor has the ID %(id)s", id=unknown[0]) if unknown else ""


def _reject(caller: Caller, request: Request, sent: _Sent, errors: Mapping[str, str]) -> Response:
    require_html_client(request, errors)
    request_context.current_request().code = "invalid"
    return _render(caller, request, sent, errors)


def _render(caller: Caller, request: Request, sent: _Sent, errors: Mapping[str, str]) -> Response:
    offered = get_services().list_doctors.list_choices(caller)
    listed = {doctor.doctor_id for doctor in offered.doctors}
    page = NewDelegatePage(
        base=url_prefix(request),
        name=sent.name,
        email=sent.email,
        invites_by=invites_by(),
        doctors=tuple(
            DoctorChoice(
                doctor_id=each.doctor_id, name=each.name, is_chosen=each.doctor_id in sent.chosen
            )
            for each in offered.doctors
        ),
        others=" ".join(
            [sent.others.strip(), *(each for each in sent.chosen if each not in listed)]
        ),
        is_complete=offered.is_complete,
        errors=errors,
    )
    status = HTTPStatus.BAD_REQUEST if errors else HTTPStatus.OK
    frame = build_frame(request, caller, section=PEOPLE)
    return render("new_delegate.html", page, frame, status=status)


def _render_result(
    caller: Caller, request: Request, sent: _Sent, doctors: list[Doctor], result: InvitationResult
) -> Response:
    invitation = result.invitation
    page = InvitedDelegatePage(
        base=url_prefix(request),
        name=sent.name,
        state=_describe(sent, result),
        doctors=tuple(sorted(doctor.name for doctor in doctors)),
        password=(invitation.password or "") if invitation else "",
        error=result.error,
        sent={"name": sent.name, "email": sent.email, "others": " ".join(sent.doctor_ids)},
    )
    frame = build_frame(request, caller, section=PEOPLE)
    return render("delegate_invited.html", page, frame)


def _describe(sent: _Sent, result: InvitationResult) -> str:
    if not invites_by():
        return _(
            "People sign in at another service. Create an account there with the user name "
            "%(name)s in the group delegate.",
            name=sent.name,
        )
    invitation = result.invitation
    if invitation and invitation.is_new and not invitation.password:
        return _(
            "An e-mail with a temporary password is on its way to %(email)s.", email=sent.email
        )
    return describe_account(result.account, sent.name, Role.DELEGATE)
