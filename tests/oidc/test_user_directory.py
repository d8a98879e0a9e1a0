"""The groups and accounts of a real user pool."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import boto3

from chalicelib.domain.permissions import Role
from chalicelib.web.auth.user_directory import TTL, DirectoryUser, UserDirectory
from local import identity_provider
from local.identity_provider import DemoUser
from tests.support.clock import Clock
from tests.support.oidc_tokens import verify_token

if TYPE_CHECKING:
    from local.identity_provider import IdentityProvider


def test_directory_shows_changes_of_the_pool(provider: IdentityProvider) -> None:
    identity_provider.create_user(provider, DemoUser("leaver", Role.DELEGATE))
    token = identity_provider.user_token(provider, "leaver")
    subject = verify_token(token, discovery_url=provider.discovery_url)["sub"]
    user = {"UserPoolId": provider.pool_id, "Username": "leaver"}
    cognito, clock = boto3.client("cognito-idp"), Clock()
    directory = UserDirectory(provider.pool_id, clock)
    seen = [directory.find("leaver")]

    cognito.admin_remove_user_from_group(**user, GroupName="delegate")
    seen.append(directory.find("leaver"))
    clock.now += TTL
    seen.append(directory.find("leaver"))
    cognito.admin_disable_user(**user)
    clock.now += TTL
    seen.append(directory.find("leaver"))
    cognito.admin_delete_user(**user)
    clock.now += TTL + timedelta(seconds=1)
    seen.append(directory.find("leaver"))

    member = DirectoryUser(subject=subject, is_enabled=True, groups=frozenset({"delegate"}))
    assert seen == [
        member,
        member,
        DirectoryUser(subject=subject, is_enabled=True),
        DirectoryUser(subject=subject, is_enabled=False),
        DirectoryUser(),
    ]
