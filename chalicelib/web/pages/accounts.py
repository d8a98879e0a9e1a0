"""The accounts of our user pool, for the pages on which admins manage people."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from chalicelib.bootstrap import get_services
from chalicelib.web.auth.user_accounts import UserAccounts
from chalicelib.web.texts import _

if TYPE_CHECKING:
    from collections.abc import Callable

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


def email_error(email: str) -> str:
    """Return what is wrong with the address; empty if nothing is, or it is not needed."""
    if (email or invites_by() == "email") and not _EMAIL.fullmatch(email):
        return _("Enter an e-mail address, such as noor.haddad@example.org")
    return ""


@lru_cache(maxsize=1)
def _create_accounts(
    user_pool: str, create_client: Callable[[], CognitoClient] | None, *, sends_mail: bool
) -> UserAccounts:
    """Keep the client of the process: to create one takes longer than a request."""
    return UserAccounts(user_pool, create_client, sends_mail=sends_mail)
