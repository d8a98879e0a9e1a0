from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.domain.permissions import Role
from local import CommandError, identity_provider, ports
from local.identity_provider import DEMO_USERS, DemoUser
from tests.support.oidc_tokens import verify_token

if TYPE_CHECKING:
    from local.identity_provider import IdentityProvider


@pytest.mark.parametrize("person", DEMO_USERS, ids=lambda person: person.name)
def test_demo_users_sign_in_with_their_role(provider: IdentityProvider, person: DemoUser) -> None:
    token = identity_provider.user_token(provider, person.name)

    claims = verify_token(token, discovery_url=provider.discovery_url)
    assert claims["iss"] == provider.url
    assert claims["token_use"] == "access"
    assert claims["client_id"] == provider.page.client_id
    assert claims["username"] == person.name
    assert claims["cognito:groups"] == [person.role]


def test_incomplete_user_is_completed(provider: IdentityProvider) -> None:
    boto3.client("cognito-idp").admin_create_user(
        UserPoolId=provider.pool_id,
        Username="half",
        TemporaryPassword=identity_provider.PASSWORD,
        MessageAction="SUPPRESS",
    )

    identity_provider.create_user(provider, DemoUser("half", Role.DELEGATE))

    token = identity_provider.user_token(provider, "half")
    assert verify_token(token, discovery_url=provider.discovery_url)["cognito:groups"] == [
        "delegate"
    ]


def test_custom_password_is_kept(provider: IdentityProvider) -> None:
    person = DemoUser("own", Role.DELEGATE)
    identity_provider.create_user(provider, person)
    boto3.client("cognito-idp").admin_set_user_password(
        UserPoolId=provider.pool_id, Username="own", Password="Chosen-by-me-22", Permanent=True
    )

    identity_provider.create_user(provider, person)

    with pytest.raises(CommandError, match="own does not sign in with"):
        identity_provider.user_token(provider, "own")


def test_missing_endpoint_is_an_aws_error(monkeypatch: pytest.MonkeyPatch) -> None:
    unused_url = f"http://127.0.0.1:{ports.free_port()}"
    monkeypatch.setenv("AWS_ENDPOINT_URL", unused_url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")

    with pytest.raises(EndpointConnectionError, match=unused_url):
        identity_provider.configure(8000)
