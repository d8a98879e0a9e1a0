"""The issuer of a laptop: who signs in there, and tokens of people and of machines."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import boto3
import requests
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.domain.permissions import Role
from local import sign_in_stack
from local.sign_in_stack import DEFINITION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from local.sign_in_stack import Issuer

ANSWER_SECONDS = 5
# No secret: it opens what answers on this machine alone.
PASSWORD = "Slots-on-a-laptop-1"  # noqa: S105  # nosec B105


class IssuerError(RuntimeError):
    """The issuer cannot do what was asked of it: the reason, as a sentence."""


class Person(NamedTuple):
    """Somebody who signs in; a doctor's name is her id."""

    name: str
    role: Role


DEMO_PEOPLE = (
    Person("dr-lee", Role.DOCTOR),
    Person("dr-okafor", Role.DOCTOR),
    Person("dr-walker", Role.DOCTOR),
    Person("sam", Role.DELEGATE),
    Person("alex", Role.ADMIN),
)


def prepare(port: int) -> Issuer:
    """Make the issuer for the app at that port, or bring the one there is up to date.

    Demo people who are missing are made known. The environment names the endpoint.

    Raises:
        IssuerError: it cannot be made of the definition.
    """
    try:
        sign_in_stack.deploy(port)
        issuer = sign_in_stack.find()
        for person in DEMO_PEOPLE:
            admit(issuer, person)
    except (BotoCoreError, ClientError) as error:
        raise IssuerError(f"{DEFINITION} makes no issuer: {error}") from error
    return issuer


def admit(issuer: Issuer, person: Person) -> None:
    """Make somebody known, with the laptop's password; nothing changes where the name is known."""
    if _is_known(issuer, person.name):
        return
    cognito = boto3.client("cognito-idp")
    # The password comes last: who has none yet was left half made, and is finished here.
    with suppress(cognito.exceptions.UsernameExistsException):
        cognito.admin_create_user(
            UserPoolId=issuer.pool_id, Username=person.name, MessageAction="SUPPRESS"
        )
    cognito.admin_add_user_to_group(
        UserPoolId=issuer.pool_id, Username=person.name, GroupName=person.role
    )
    cognito.admin_set_user_password(
        UserPoolId=issuer.pool_id, Username=person.name, Password=PASSWORD, Permanent=True
    )


def require(issuer: Issuer, person: Person) -> None:
    """Make sure that a known name has that role.

    Raises:
        IssuerError: it has another.
    """
    groups = boto3.client("cognito-idp").admin_list_groups_for_user(
        UserPoolId=issuer.pool_id, Username=person.name
    )["Groups"]
    roles = sorted(group["GroupName"] for group in groups)
    if person.role not in roles:
        known_as = " and ".join(roles) or "somebody without a role"
        raise IssuerError(f"{person.name} does not sign in as {person.role}, but as {known_as}.")


def access_token(issuer: Issuer, name: str) -> str:
    """Sign somebody in without the page.

    Raises:
        IssuerError: the password is not the laptop's any more.
    """
    cognito = boto3.client("cognito-idp")
    try:
        answer = cognito.admin_initiate_auth(
            UserPoolId=issuer.pool_id,
            ClientId=issuer.page.client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD},
        )
    except cognito.exceptions.NotAuthorizedException as error:
        raise IssuerError(f"{name} does not sign in with {PASSWORD} any more.") from error
    return answer["AuthenticationResult"]["AccessToken"]


def machine_token(issuer: Issuer, scopes: Iterable[str]) -> str:
    """Give a booking site's access token (client credentials, RFC 6749, section 4.4).

    It lasts an hour.

    Raises:
        requests.RequestException: the issuer is not there, or says no.
    """
    client = issuer.booking_site
    answer = requests.post(
        _token_url(issuer),
        data={"grant_type": "client_credentials", "scope": " ".join(scopes)},
        auth=(client.client_id, client.secret or ""),
        timeout=ANSWER_SECONDS,
    )
    answer.raise_for_status()
    return str(answer.json()["access_token"])


def machine_access(issuer: Issuer) -> dict[str, str]:
    """What a booking site needs to get tokens by itself, as the example's variables.

    Raises:
        requests.RequestException: the issuer is not there.
    """
    client = issuer.booking_site
    return {
        "SLOTS_API_TOKEN_URL": _token_url(issuer),
        "SLOTS_API_CLIENT_ID": client.client_id,
        "SLOTS_API_CLIENT_SECRET": client.secret or "",
    }


def _token_url(issuer: Issuer) -> str:
    described = requests.get(issuer.discovery_url, timeout=ANSWER_SECONDS)
    described.raise_for_status()
    return str(described.json()["token_endpoint"])


def _is_known(issuer: Issuer, name: str) -> bool:
    cognito = boto3.client("cognito-idp")
    try:
        user = cognito.admin_get_user(UserPoolId=issuer.pool_id, Username=name)
    except cognito.exceptions.UserNotFoundException:
        return False
    return user["UserStatus"] == "CONFIRMED"
