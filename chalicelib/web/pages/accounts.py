"""The accounts of our user pool, for the pages on which admins manage people."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.errors import RequestRejectedError, StoreUnavailableError
from chalicelib.domain.violations import FieldViolation
from chalicelib.web.auth.user_accounts import AccountExistsError, UserAccounts
from chalicelib.web.http.errors import HttpError
from chalicelib.web.http.negotiation import wants_html
from chalicelib.web.texts import _, translate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chalice.app import Request

    from chalicelib.domain.permissions import Caller, Role
    from chalicelib.web.auth.user_accounts import Invitation, PoolAccount
    from chalicelib.web.auth.user_directory import CognitoClient

_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,189}", re.ASCII)


def user_accounts() -> UserAccounts | None:
    """Return the accounts; None if people are managed at another identity provider."""
    services = get_services()
    oidc = services.settings.oidc
    if oidc is None or oidc.user_pool is None:
        return None
    # A laptop's pool sends no e-mail: see ``UserAccounts``.
    sends_mail = services.settings.is_always_https
    return _create_accounts(oidc.user_pool, services.auth.cognito_client, sends_mail=sends_mail)


def invites_by() -> str:
    """How people get their temporary password: ``email``, ``page``, or empty if not from us."""
    accounts = user_accounts()
    if accounts is None:
        return ""
    return "email" if accounts.sends_mail else "page"


class InvitationResult(Struct, frozen=True, kw_only=True):
    """The result of an invitation; ``error`` is why the person can't sign in yet."""

    account: PoolAccount | None = None
    invitation: Invitation | None = None
    error: str = ""


def invite_person(caller: Caller, name: str, email: str | None, role: Role) -> InvitationResult:
    """Create the account of a person with that role, or finish it.

    A failure is returned, not raised: the doctor or delegate is already stored, and the page offers
    to invite them again.
    """
    accounts, account, invitation = user_accounts(), None, None
    if accounts is None:
        return InvitationResult()
    try:
        invitation = accounts.invite(name, email, role)
        # Recorded before the read: if that fails, the invitation of a repeated request is not new.
        if invitation.is_new:
            get_services().manage_people.record_invitation(caller, name)
        account = accounts.find(name)
    except (HttpError, StoreUnavailableError) as problem:
        request_context.current_request().code = problem.code
        error = translate(problem.args[0])
        return InvitationResult(account=account, invitation=invitation, error=error)
    return InvitationResult(account=account, invitation=invitation)


def require_html_client(request: Request, errors: Mapping[str, str]) -> None:
    """Raise ``RequestRejectedError`` for a client that can't show a form with its errors."""
    if errors and not wants_html(request):
        raise RequestRejectedError(
            *(FieldViolation(field, "invalid", detail) for field, detail in errors.items())
        )


def email_error(email: str) -> str:
    """Return what is wrong with the address; empty if nothing is, or it is not needed."""
    if (email or invites_by() == "email") and not _EMAIL.fullmatch(email):
        return _("Enter an e-mail address, such as noor.haddad@example.org")
    return ""


def name_error(name: str, email: str, role: Role) -> str:
    """Say that the user name is another person's, before anything is stored; empty if it isn't."""
    if (accounts := user_accounts()) is None:
        return ""
    try:
        accounts.require_available(name, email or None, role)
    except AccountExistsError as error:
        return translate(error.args[0])
    return ""


@lru_cache(maxsize=1)
def _create_accounts(
    user_pool: str, create_client: Callable[[], CognitoClient] | None, *, sends_mail: bool
) -> UserAccounts:
    """Keep the client of the process: to create one takes longer than a request."""
    return UserAccounts(user_pool, create_client, sends_mail=sends_mail)
