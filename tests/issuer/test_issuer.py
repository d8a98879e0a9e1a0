from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest

from chalicelib.domain.permissions import Role
from local import issuer, loopback
from local.issuer import DEMO_PEOPLE, IssuerError, Person
from tests.issuer.tokens import verify_token

if TYPE_CHECKING:
    from local.sign_in_stack import Issuer


@pytest.mark.parametrize("person", DEMO_PEOPLE, ids=lambda person: person.name)
def test_each_demo_person_signs_in_and_the_token_says_as_what(
    found: Issuer, person: Person
) -> None:
    token = issuer.access_token(found, person.name)

    said = verify_token(token, discovery_url=found.discovery_url)
    assert said["iss"] == found.url
    assert said["token_use"] == "access"
    assert said["client_id"] == found.page.client_id
    assert said["username"] == person.name
    assert said["cognito:groups"] == [person.role]


def test_somebody_left_half_made_is_finished(found: Issuer) -> None:
    boto3.client("cognito-idp").admin_create_user(
        UserPoolId=found.pool_id, Username="half", MessageAction="SUPPRESS"
    )

    issuer.admit(found, Person("half", Role.DELEGATE))

    token = issuer.access_token(found, "half")
    assert verify_token(token, discovery_url=found.discovery_url)["cognito:groups"] == ["delegate"]


def test_a_password_of_ones_own_is_left_alone(found: Issuer) -> None:
    person = Person("own", Role.DELEGATE)
    issuer.admit(found, person)
    boto3.client("cognito-idp").admin_set_user_password(
        UserPoolId=found.pool_id, Username="own", Password="Chosen-by-me-22", Permanent=True
    )

    issuer.admit(found, person)

    with pytest.raises(IssuerError, match="own does not sign in with"):
        issuer.access_token(found, "own")


def test_where_there_is_no_endpoint_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = f"http://127.0.0.1:{loopback.free_port()}"
    monkeypatch.setenv("AWS_ENDPOINT_URL", nobody)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")

    with pytest.raises(IssuerError, match=rf"makes no issuer: .*{nobody}"):
        issuer.prepare(8000)
