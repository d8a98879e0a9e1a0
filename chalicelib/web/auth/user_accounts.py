"""Accounts of our Cognito user pool: admins invite people here, and see who has which role."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

from chalicelib.domain.text import Text
from chalicelib.web.auth.oidc import IdentityProviderUnavailableError
from chalicelib.web.auth.user_directory import create_cognito_client
from chalicelib.web.http.errors import HttpError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chalicelib.domain.permissions import Role
    from chalicelib.web.auth.user_directory import CognitoClient

_READ_TIMEOUT_SECONDS = 5
_PASSWORD_BYTES = 12
_INVITED = "FORCE_CHANGE_PASSWORD"
PAGE_SIZE = 60
"""Cognito lists no more users at once."""


class AccountState(StrEnum):
    """``UNFINISHED`` has no role yet; ``INVITED`` has not chosen a password yet."""

    UNFINISHED = "unfinished"
    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"


class PoolAccount(Struct, frozen=True, kw_only=True):
    """An account as the pool has it; in the list of a group, ``groups`` has only that group."""

    name: str
    email: str | None
    state: AccountState
    groups: frozenset[str] = frozenset()


class Invitation(Struct, frozen=True, kw_only=True):
    """The result of ``UserAccounts.invite``.

    ``password`` is the temporary one if a page must show it, because no e-mail is sent. ``is_new``
    is false if the account had the role before, and nothing was sent.
    """

    is_new: bool
    password: str | None = None

    def __repr__(self) -> str:
        """Leave out the password, so that no message or log can contain it."""
        return f"Invitation(is_new={self.is_new})"


class AccountPage(Struct, frozen=True, kw_only=True):
    """Accounts of a group; ``token`` leads to the next page, None if this is the last."""

    accounts: tuple[PoolAccount, ...]
    token: str | None


class AccountExistsError(HttpError):
    """The user name belongs to an account with other roles or another e-mail address."""

    def __init__(self, name: str) -> None:
        detail = Text("%(name)s is the user name of another account: choose another one", name=name)
        super().__init__(HTTPStatus.CONFLICT, detail)
        self.code = "user_name_taken"


class InvitationRejectedError(HttpError):
    """The pool does not accept the user name or the e-mail address."""

    def __init__(self) -> None:
        detail = Text("The sign-in service doesn't accept this user name or e-mail address")
        super().__init__(HTTPStatus.BAD_REQUEST, detail)
        self.code = "invitation_rejected"


class UserAccounts:
    """The accounts of the pool.

    With ``sends_mail`` the pool makes a temporary password and sends it to the person, so that no
    one else knows it. A pool on a laptop sends nothing: then the page shows the password.

    All methods raise ``IdentityProviderUnavailableError``; they can be repeated after it.
    """

    def __init__(
        self,
        user_pool: str,
        create_client: Callable[[], CognitoClient] | None = None,
        *,
        sends_mail: bool,
    ) -> None:
        self._pool = user_pool
        self._create_client = create_client or _create_client
        self._client: CognitoClient | None = None
        self.sends_mail = sends_mail

    def find(self, name: str) -> PoolAccount | None:
        """Return the account of a user name, with its groups; None if there is none."""
        try:
            with self._requests() as pool:
                user = pool.admin_get_user(UserPoolId=self._pool, Username=name)
        except ClientError as error:
            if _code(error) == "UserNotFoundException":
                return None
            raise
        with self._requests() as pool:
            found = pool.admin_list_groups_for_user(UserPoolId=self._pool, Username=name)
        groups = frozenset(group["GroupName"] for group in found["Groups"])
        return _account(name, user, "UserAttributes", groups)

    def require_available(self, name: str, email: str | None, role: Role) -> PoolAccount | None:
        """Return the account if it is this person's; None if there is none.

        Raises ``AccountExistsError`` if the name belongs to another person.
        """
        account = self.find(name)
        if account is None or (role in account.groups and email in {None, account.email}):
            return account
        is_same = account.state is AccountState.UNFINISHED and email == account.email
        if not is_same:
            raise AccountExistsError(name)
        return account

    def invite(self, name: str, email: str | None, role: Role) -> Invitation:
        """Create the account with the role, or finish what an earlier attempt left undone.

        Raises ``AccountExistsError``, ``InvitationRejectedError``.
        """
        account = self.require_available(name, email, role)
        if account and role in account.groups:
            return Invitation(is_new=False)
        try:
            password = self._renew(account) if account else self._create(name, email)
            with self._requests() as pool:
                pool.admin_add_user_to_group(
                    UserPoolId=self._pool, Username=name, GroupName=str(role)
                )
        except ClientError as error:
            raise _rejection(error, name) from None
        return Invitation(is_new=True, password=password)

    def invite_again(self, account: PoolAccount) -> Invitation:
        """Give an invited person another temporary password: the last one is valid for 3 days."""
        return Invitation(is_new=True, password=self._renew(account))

    def list_group(self, role: Role, token: str | None = None) -> AccountPage:
        """Return a page of the accounts with that role."""
        more = {"NextToken": token} if token else {}
        try:
            with self._requests() as pool:
                page = pool.list_users_in_group(
                    UserPoolId=self._pool, GroupName=str(role), Limit=PAGE_SIZE, **more
                )
        except ClientError:
            raise InvalidPageError from None
        return AccountPage(
            accounts=tuple(
                _account(user["Username"], user, "Attributes", frozenset({str(role)}))
                for user in page["Users"]
            ),
            token=page.get("NextToken"),
        )

    def _create(self, name: str, email: str | None) -> str | None:
        password = None if self.sends_mail else secrets.token_urlsafe(_PASSWORD_BYTES)
        attributes = [
            {"Name": "email", "Value": email},
            {"Name": "email_verified", "Value": "true"},
        ]
        delivery: dict[str, Any] = (
            {"DesiredDeliveryMediums": ["EMAIL"]}
            if self.sends_mail
            else {"TemporaryPassword": password, "MessageAction": "SUPPRESS"}
        )
        attributes = attributes if email else []
        with self._requests() as pool:
            pool.admin_create_user(
                UserPoolId=self._pool, Username=name, UserAttributes=attributes, **delivery
            )
        return password

    def _renew(self, account: PoolAccount) -> str | None:
        if self.sends_mail:
            with self._requests() as pool:
                pool.admin_create_user(
                    UserPoolId=self._pool,
                    Username=account.name,
                    MessageAction="RESEND",
                    DesiredDeliveryMediums=["EMAIL"],
                )
            return None
        password = secrets.token_urlsafe(_PASSWORD_BYTES)
        # Only on a laptop, so the function in AWS needs no permission to set passwords.
        with self._requests() as pool:
            pool.admin_set_user_password(
                UserPoolId=self._pool, Username=account.name, Password=password, Permanent=False
            )
        return password

    @contextmanager
    def _requests(self) -> Iterator[CognitoClient]:
        """Yield the client of the pool, for a request.

        Raises ``ClientError`` if Cognito rejects what the request asks for, and
        ``IdentityProviderUnavailableError`` if it fails otherwise.
        """
        client = self._client = self._client or self._create_client()
        try:
            yield client
        except ClientError as error:
            # What Cognito says of a user must reach no log.
            if _code(error) in _OF_REQUEST:
                raise
            raise IdentityProviderUnavailableError from None
        except BotoCoreError:
            raise IdentityProviderUnavailableError from None


_OF_REQUEST = {
    "InvalidParameterException",
    "InvalidPasswordException",
    "UnsupportedUserStateException",
    "UserNotFoundException",
    "UsernameExistsException",
}


class InvalidPageError(HttpError):
    """The pool does not know the position of the page."""

    def __init__(self) -> None:
        super().__init__(HTTPStatus.BAD_REQUEST, Text("This page has expired. Start again."))


def _rejection(error: ClientError, name: str) -> HttpError:
    if _code(error) == "UsernameExistsException":  # another request was faster
        return AccountExistsError(name)
    return InvitationRejectedError()


def _account(
    name: str, user: dict[str, Any], attributes: str, groups: frozenset[str]
) -> PoolAccount:
    values = {each["Name"]: each.get("Value") for each in user.get(attributes, [])}
    return PoolAccount(
        name=name, email=values.get("email"), state=_state(user, groups), groups=groups
    )


def _state(user: dict[str, Any], groups: frozenset[str]) -> AccountState:
    if not user.get("Enabled", True):
        return AccountState.DISABLED
    if user.get("UserStatus") != _INVITED:
        return AccountState.ACTIVE
    return AccountState.INVITED if groups else AccountState.UNFINISHED


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])


def _create_client() -> CognitoClient:
    return create_cognito_client(read_timeout=_READ_TIMEOUT_SECONDS)
