from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest

from chalicelib.domain.permissions import Role
from local import CommandError, identity_provider, ports
from local.identity_provider import DEMO_USERS, DemoUser
from tests.issuer.tokens import verify_token

if TYPE_CHECKING:
    from local.identity_provider import IdentityProvider


@pytest.mark.parametrize("person", DEMO_USERS, ids=lambda person: person.name)
def test_each_demo_person_signs_in_and_the_token_says_as_what(
    found: IdentityProvider, person: DemoUser
) -> None:
    token = identity_provider.user_token(found, person.name)

    said = verify_token(token, discovery_url=found.discovery_url)
    assert said["iss"] == found.url
    assert said["token_use"] == "access"
    assert said["client_id"] == found.page.client_id
    assert said["username"] == person.name
    assert said["cognito:groups"] == [person.role]


def test_somebody_left_half_made_is_finished(found: IdentityProvider) -> None:
    boto3.client("cognito-idp").admin_create_user(
        UserPoolId=found.pool_id, Username="half", MessageAction="SUPPRESS"
    )

    identity_provider.create_user(found, DemoUser("half", Role.DELEGATE))

    token = identity_provider.user_token(found, "half")
    assert verify_token(token, discovery_url=found.discovery_url)["cognito:groups"] == ["delegate"]


def test_a_password_of_ones_own_is_left_alone(found: IdentityProvider) -> None:
    person = DemoUser("own", Role.DELEGATE)
    identity_provider.create_user(found, person)
    boto3.client("cognito-idp").admin_set_user_password(
        UserPoolId=found.pool_id, Username="own", Password="Chosen-by-me-22", Permanent=True
    )

    identity_provider.create_user(found, person)

    with pytest.raises(CommandError, match="own does not sign in with"):
        identity_provider.user_token(found, "own")


def test_where_there_is_no_endpoint_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = f"http://127.0.0.1:{ports.free_port()}"
    monkeypatch.setenv("AWS_ENDPOINT_URL", nobody)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")

    with pytest.raises(CommandError, match=rf"does not create an identity provider: .*{nobody}"):
        identity_provider.configure(8000)
