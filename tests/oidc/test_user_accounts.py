"""Invitations and lists of accounts at a real user pool, with and without e-mail.

Not shown here: a wrong page token, at which MiniStack fails, and a name of more than 128
characters, which only AWS rejects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest
from msgspec.structs import replace

from chalicelib.domain.permissions import Role
from chalicelib.web.auth.user_accounts import AccountExistsError, AccountState, UserAccounts

if TYPE_CHECKING:
    from local.identity_provider import IdentityProvider

EMAIL = "noor@example.org"


@pytest.fixture(scope="session")
def mailing_pool(provider: IdentityProvider) -> str:
    """A pool that makes temporary passwords itself: MiniStack's are shorter than ours may be."""
    del provider  # it points the environment to MiniStack
    cognito = boto3.client("cognito-idp")
    pool = cognito.create_user_pool(
        PoolName="mailing", Policies={"PasswordPolicy": {"MinimumLength": 8}}
    )["UserPool"]
    for role in Role:
        cognito.create_group(UserPoolId=pool["Id"], GroupName=str(role))
    return pool["Id"]


@pytest.fixture(params=["shown", "mailed"])
def accounts(
    provider: IdentityProvider, mailing_pool: str, request: pytest.FixtureRequest
) -> UserAccounts:
    """The accounts of a pool, as a page that shows passwords or one that has them mailed."""
    sends_mail = request.param == "mailed"
    return UserAccounts(mailing_pool if sends_mail else provider.pool_id, sends_mail=sends_mail)


def name_of(accounts: UserAccounts, name: str) -> str:
    return f"{name}-{'mailed' if accounts.sends_mail else 'shown'}"


def test_invited_person_has_role_and_must_choose_a_password(accounts: UserAccounts) -> None:
    name = name_of(accounts, "dr-invited")
    assert accounts.find(name) is None

    invitation = accounts.invite(name, EMAIL, Role.DOCTOR)

    assert invitation.is_new
    assert (invitation.password is None) == accounts.sends_mail
    account = accounts.find(name)
    assert account is not None
    assert (account.email, account.state) == (EMAIL, AccountState.INVITED)
    assert account.groups == {"doctor"}
    assert name in {each.name for each in accounts.list_group(Role.DOCTOR).accounts}


def test_invitation_is_repeated_without_a_second_account(accounts: UserAccounts) -> None:
    name = name_of(accounts, "dr-again")
    first = accounts.invite(name, EMAIL, Role.DOCTOR)

    assert not accounts.invite(name, EMAIL, Role.DOCTOR).is_new

    account = accounts.find(name)
    assert account is not None
    again = accounts.invite_again(account)
    assert again.is_new
    assert (again.password is None) == accounts.sends_mail
    if not accounts.sends_mail:
        assert again.password != first.password


def test_account_without_role_is_finished(
    accounts: UserAccounts, provider: IdentityProvider, mailing_pool: str
) -> None:
    name = name_of(accounts, "dr-half")
    accounts.invite(name, EMAIL, Role.DOCTOR)
    boto3.client("cognito-idp").admin_remove_user_from_group(
        UserPoolId=mailing_pool if accounts.sends_mail else provider.pool_id,
        Username=name,
        GroupName="doctor",
    )
    half = accounts.find(name)
    assert half is not None
    assert half.state is AccountState.UNFINISHED

    assert accounts.invite(name, EMAIL, Role.DOCTOR).is_new

    whole = accounts.find(name)
    assert whole == replace(half, state=AccountState.INVITED, groups=frozenset({"doctor"}))


def test_account_of_another_person_is_left_alone(accounts: UserAccounts) -> None:
    name = name_of(accounts, "kim")
    accounts.invite(name, EMAIL, Role.DELEGATE)

    with pytest.raises(AccountExistsError):
        accounts.invite(name, "other@example.org", Role.DOCTOR)

    account = accounts.find(name)
    assert account is not None
    assert account.groups == {"delegate"}
