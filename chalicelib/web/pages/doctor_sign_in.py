"""The sign-in of a doctor: the page that says whether they have one, and invites them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Role
from chalicelib.web.http.request import url_prefix
from chalicelib.web.pages.accounts import (
    email_error,
    invite_person,
    invites_by,
    require_html_client,
    user_accounts,
)
from chalicelib.web.pages.day_form import decode_fields
from chalicelib.web.pages.frame import DOCTORS, build_frame
from chalicelib.web.pages.rendering import render
from chalicelib.web.pages.series_form import SeriesForm
from chalicelib.web.texts import _

if TYPE_CHECKING:
    from chalice.app import Request, Response

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.web.auth.user_accounts import Invitation, PoolAccount


class SignInPage(Struct, frozen=True, kw_only=True):
    """The values of the page.

    ``act`` is the label of the button that invites, empty if there is nothing to do. ``password``
    is a temporary one, which the page shows once. ``error`` is why the sign-in is not complete.
    ``series`` has the fields that preview the weekly hours of a new doctor as a series.
    """

    base: str
    doctor_id: str
    doctor_name: str
    is_added: bool
    state: str
    act: str
    needs_email: bool
    email: str
    error: str
    password: str
    series: tuple[tuple[str, str], ...]


def render_sign_in(caller: Caller, request: Request, doctor: Doctor) -> Response:
    """Say whether the doctor has a sign-in, and offer to complete it."""
    accounts = user_accounts()
    account = accounts.find(doctor.doctor_id) if accounts else None
    return _render(caller, request, doctor, account)


def save_form(caller: Caller, request: Request, doctor: Doctor) -> Response:
    """Invite the doctor, for the first time or again."""
    email = decode_fields(request, ()).get("email", [""])[-1].strip()
    accounts = user_accounts()
    account = accounts.find(doctor.doctor_id) if accounts else None
    if account is not None and account.state == "invited" and Role.DOCTOR in account.groups:
        return _invite_again(caller, request, doctor, account)
    if error := email_error(email):
        return _render(caller, request, doctor, account, email=email, error=error)
    return invite(caller, request, doctor, email or None)


def invite(
    caller: Caller, request: Request, doctor: Doctor, email: str | None, *, is_added: bool = False
) -> Response:
    """Create the account of a doctor who exists, and say what happened."""
    result = invite_person(caller, doctor.doctor_id, email, Role.DOCTOR)
    return _render(
        caller,
        request,
        doctor,
        result.account,
        email=email or "",
        error=result.error,
        invitation=result.invitation,
        is_added=is_added,
    )


def _invite_again(
    caller: Caller, request: Request, doctor: Doctor, account: PoolAccount
) -> Response:
    services = get_services()
    accounts = user_accounts()
    invitation = accounts.invite_again(account) if accounts else None
    services.manage_people.record_invitation(caller, doctor.doctor_id)
    return _render(caller, request, doctor, account, invitation=invitation)


def _render(
    caller: Caller,
    request: Request,
    doctor: Doctor,
    account: PoolAccount | None,
    *,
    email: str = "",
    error: str = "",
    invitation: Invitation | None = None,
    is_added: bool = False,
) -> Response:
    if not is_added:
        require_html_client(request, {"email": error} if error else {})
    page = SignInPage(
        base=url_prefix(request),
        doctor_id=doctor.doctor_id,
        doctor_name=doctor.name,
        is_added=is_added,
        state=_describe(doctor, account, invitation),
        act="" if invitation and not error else _act(account),
        needs_email=invites_by() == "email" and (account is None or account.state == "unfinished"),
        email=email or (account.email if account and account.email else ""),
        error=error,
        password=(invitation.password or "") if invitation else "",
        series=SeriesForm.of_hours(doctor, get_services().now()).fields() if is_added else (),
    )
    status = HTTPStatus.BAD_REQUEST if error and not is_added else HTTPStatus.OK
    frame = build_frame(request, caller, section=DOCTORS, doctor=doctor)
    return render("doctor_sign_in.html", page, frame, status=status)


def _act(account: PoolAccount | None) -> str:
    """Return what the button does; empty if there is nothing to do."""
    if not invites_by():
        return ""
    if account is None or account.state == "unfinished":
        return _("Finish the sign-in")
    if account.state == "invited" and Role.DOCTOR in account.groups:
        return _("Invite again")
    return ""


def _describe(doctor: Doctor, account: PoolAccount | None, invitation: Invitation | None) -> str:
    if not invites_by():
        return _(
            "People sign in at another service. Create an account there with the user name "
            "%(name)s in the group doctor.",
            name=doctor.doctor_id,
        )
    if account and invitation and invitation.is_new and not invitation.password:
        return _(
            "An e-mail with a temporary password is on its way to %(email)s.", email=account.email
        )
    return describe_account(account, doctor.doctor_id, Role.DOCTOR)


def describe_account(account: PoolAccount | None, name: str, role: Role) -> str:
    """Say whether the person can sign in with that role."""
    if account is None or account.state == "unfinished":
        text = _("%(name)s can't sign in yet.", name=name)
    elif role not in account.groups:
        text = _("%(name)s is the user name of an account with another role.", name=name)
    elif account.state == "disabled":
        text = _("The account %(name)s is disabled.", name=name)
    elif account.state == "invited":
        text = _("%(name)s is invited, and has not chosen a password yet.", name=name)
    else:
        text = _("%(name)s can sign in.", name=name)
    return text
