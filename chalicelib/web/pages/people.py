"""The people page of admins: who has which role in our user pool, and ending their sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.permissions import Role
from chalicelib.web.http.request import query, url_prefix
from chalicelib.web.pages.accounts import user_accounts
from chalicelib.web.pages.doctor_sign_in import describe_account
from chalicelib.web.pages.frame import PEOPLE, build_frame
from chalicelib.web.pages.rendering import render
from chalicelib.web.texts import _

if TYPE_CHECKING:
    from chalice.app import Request, Response

    from chalicelib.domain.permissions import Caller
    from chalicelib.web.auth.user_accounts import UserAccounts

_ROLES = (Role.ADMIN, Role.DELEGATE, Role.DOCTOR)


class PersonView(Struct, frozen=True, kw_only=True):
    """A person of the list; ``state`` says whether they can sign in."""

    name: str
    email: str
    state: str


class RoleView(Struct, frozen=True, kw_only=True):
    """The people with a role; ``next_token`` leads to more of them."""

    role: str
    title: str
    people: tuple[PersonView, ...]
    next_token: str


class PeoplePage(Struct, frozen=True, kw_only=True):
    """The values of the page; no roles if people are managed at another service."""

    base: str
    roles: tuple[RoleView, ...]
    has_ended: str


def render_people(caller: Caller, request: Request) -> Response:
    """Render the people of every role; one request to the pool for each role."""
    caller.require_admin()
    accounts = user_accounts()
    chosen = query(request, "role")
    roles = [role for role in _ROLES if chosen in {None, "", str(role)}]
    page = PeoplePage(
        base=url_prefix(request),
        roles=tuple(_role(accounts, role, request) for role in roles) if accounts else (),
        has_ended=query(request, "ended") or "",
    )
    return render("people.html", page, build_frame(request, caller, section=PEOPLE))


def _role(accounts: UserAccounts, role: Role, request: Request) -> RoleView:
    titles = {Role.ADMIN: _("Admins"), Role.DELEGATE: _("Delegates"), Role.DOCTOR: _("Doctors")}
    found = accounts.list_group(role, query(request, "token") if query(request, "role") else None)
    return RoleView(
        role=str(role),
        title=titles[role],
        people=tuple(
            PersonView(
                name=each.name,
                email=each.email or "",
                state=describe_account(each, each.name, role),
            )
            for each in found.accounts
        ),
        next_token=found.token or "",
    )
