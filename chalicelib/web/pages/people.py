"""The people page of admins: roles, last sign-ins, the doctors of delegates, ending sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from msgspec import Struct

from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Role
from chalicelib.web import dates
from chalicelib.web.http.request import query, url_prefix
from chalicelib.web.pages.accounts import user_accounts
from chalicelib.web.pages.doctor_sign_in import describe_account
from chalicelib.web.pages.frame import PEOPLE, build_frame
from chalicelib.web.pages.rendering import render
from chalicelib.web.texts import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from chalice.app import Request, Response

    from chalicelib.domain.permissions import Caller
    from chalicelib.use_cases.list_people import KnownPerson
    from chalicelib.web.auth.user_accounts import PoolAccount, UserAccounts

_ROLES = (Role.ADMIN, Role.DELEGATE, Role.DOCTOR)


class PersonView(Struct, frozen=True, kw_only=True):
    """A person of the list; ``state`` says whether they can sign in, or which role they have.

    ``doctors`` are the names of those for whom a delegate works, and ``further`` says how many more
    there are.
    """

    name: str
    email: str
    state: str
    doctors: tuple[str, ...]
    further: str
    last_sign_in: str


class SectionView(Struct, frozen=True, kw_only=True):
    """People with a role, or known in one way; ``next_url`` leads to more of them."""

    title: str
    has_emails: bool
    has_doctors: bool
    people: tuple[PersonView, ...]
    next_url: str
    hint: str = ""


class PeoplePage(Struct, frozen=True, kw_only=True):
    """The values of the page; ``is_ours`` if the accounts are in our user pool."""

    base: str
    is_ours: bool
    sections: tuple[SectionView, ...]
    has_ended: str


def render_people(caller: Caller, request: Request) -> Response:
    """Render the people of every role; one request to the pool for each role.

    Without our pool, render those whom our own records name.
    """
    caller.require_admin()
    accounts = user_accounts()
    sections = _sections_of_pool(accounts, caller, request) if accounts else _known(caller, request)
    page = PeoplePage(
        base=url_prefix(request),
        is_ours=accounts is not None,
        sections=tuple(sections),
        has_ended=query(request, "ended") or "",
    )
    return render("people.html", page, build_frame(request, caller, section=PEOPLE))


def _sections_of_pool(
    accounts: UserAccounts, caller: Caller, request: Request
) -> Iterator[SectionView]:
    chosen = query(request, "role")
    token = query(request, "token") if chosen else None
    found = {
        role: accounts.list_group(role, token) for role in _ROLES if chosen in {None, "", str(role)}
    }
    names = [each.name for page in found.values() for each in page.accounts]
    delegates = found[Role.DELEGATE].accounts if Role.DELEGATE in found else ()
    known = get_services().list_people.describe(
        caller, list(dict.fromkeys(names)), [each.name for each in delegates]
    )
    for role, page in found.items():
        yield SectionView(
            title=_titles()[role],
            has_emails=any(each.email for each in page.accounts),
            has_doctors=role is Role.DELEGATE,
            people=tuple(_of_account(each, known[each.name], role) for each in page.accounts),
            next_url=_more(request, role=str(role), token=page.token) if page.token else "",
        )


def _titles() -> dict[Role, str]:
    return {Role.ADMIN: _("Admins"), Role.DELEGATE: _("Delegates"), Role.DOCTOR: _("Doctors")}


def _known(caller: Caller, request: Request) -> Iterator[SectionView]:
    """Yield those who have signed in, and first also those whom the records of doctors name."""
    people, cursor = get_services().list_people, query(request, "cursor")
    page = people.list_signed_in(caller, cursor)
    yield SectionView(
        title=_("Signed in"),
        has_emails=False,
        has_doctors=True,
        people=tuple(_view(each, _describe_roles(each)) for each in page.people),
        next_url=_more(request, cursor=page.cursor) if page.cursor else "",
    )
    if not cursor:
        named = people.list_not_signed_in(caller)
        yield SectionView(
            title=_("Doctors and delegates without a sign-in on record"),
            has_emails=False,
            has_doctors=True,
            people=tuple(_view(each, _describe_roles(each)) for each in named.people),
            next_url="",
            hint="" if named.is_complete else _("This list covers only the first doctors."),
        )


def _more(request: Request, **parameters: str) -> str:
    return f"{url_prefix(request)}/people?{urlencode(parameters)}"


def _of_account(account: PoolAccount, person: KnownPerson, role: Role) -> PersonView:
    state = describe_account(account, account.name, role)
    return _view(person, state, email=account.email or "")


def _view(person: KnownPerson, state: str, *, email: str = "") -> PersonView:
    further = person.further_doctors
    return PersonView(
        name=person.name,
        email=email,
        state=state,
        doctors=tuple(doctor.name for doctor in person.doctors),
        further=ngettext("and %(count)s more", "and %(count)s more", further) if further else "",
        last_sign_in=_format(person.last_sign_in) if person.last_sign_in else _("Not on record"),
    )


def _format(at: datetime) -> str:
    return _(
        "%(day)s, %(time)s UTC",
        day=dates.format_date_without_weekday(at.date()),
        time=at.strftime("%H:%M"),
    )


def _describe_roles(person: KnownPerson) -> str:
    roles = {Role.ADMIN: _("Admin"), Role.DELEGATE: _("Delegate"), Role.DOCTOR: _("Doctor")}
    return ", ".join(words for role, words in roles.items() if str(role) in person.roles) or _(
        "No role"
    )
