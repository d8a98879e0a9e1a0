"""Users and tokens of the local identity provider, Cognito on MiniStack."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import boto3
import requests
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.domain.permissions import Role
from local import cognito_stack
from local.cognito_stack import DEFINITION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from local.cognito_stack import IdentityProvider

TIMEOUT_SECONDS = 5
# Not a secret: it is good for a server on this machine alone.
PASSWORD = "Slots-on-a-laptop-1"  # noqa: S105  # nosec B105


class IdentityProviderError(RuntimeError):
    """The identity provider cannot do what was requested; the message has the reason."""


class DemoUser(NamedTuple):
    """A person who signs in; a doctor's name is their id."""

    name: str
    role: Role


DEMO_USERS = (
    DemoUser("dr-lee", Role.DOCTOR),
    DemoUser("dr-okafor", Role.DOCTOR),
    DemoUser("dr-walker", Role.DOCTOR),
    DemoUser("sam", Role.DELEGATE),
    DemoUser("alex", Role.ADMIN),
)


def configure(port: int) -> IdentityProvider:
    """Create or update the identity provider for the app at that port, with the demo users.

    Raises:
        IdentityProviderError: the stack cannot be created.
    """
    try:
        cognito_stack.deploy(port)
        provider = cognito_stack.load()
        for user in DEMO_USERS:
            create_user(provider, user)
    except (BotoCoreError, ClientError) as error:
        reason = f"{DEFINITION} does not create an identity provider: {error}"
        raise IdentityProviderError(reason) from error
    return provider


def create_user(provider: IdentityProvider, user: DemoUser) -> None:
    """Create a user with the demo password, unless the name exists."""
    cognito = boto3.client("cognito-idp")
    pool, name = provider.pool_id, user.name
    with suppress(cognito.exceptions.UserNotFoundException):
        existing = cognito.admin_get_user(UserPoolId=pool, Username=name)
        if existing["UserStatus"] == "CONFIRMED":
            return
    # The password comes last: a user without one was interrupted here, and is completed.
    with suppress(cognito.exceptions.UsernameExistsException):
        cognito.admin_create_user(UserPoolId=pool, Username=name, MessageAction="SUPPRESS")
    cognito.admin_add_user_to_group(UserPoolId=pool, Username=name, GroupName=user.role)
    cognito.admin_set_user_password(
        UserPoolId=pool, Username=name, Password=PASSWORD, Permanent=True
    )


def require_user(provider: IdentityProvider, user: DemoUser) -> None:
    """Require that an existing user has that role.

    Raises:
        IdentityProviderError: the user has another.
    """
    groups = boto3.client("cognito-idp").admin_list_groups_for_user(
        UserPoolId=provider.pool_id, Username=user.name
    )["Groups"]
    roles = sorted(group["GroupName"] for group in groups)
    if user.role not in roles:
        actual = " and ".join(roles) or "a user without a role"
        raise IdentityProviderError(
            f"{user.name} does not sign in as {user.role}, but as {actual}."
        )


def user_token(provider: IdentityProvider, name: str) -> str:
    """Return an access token of a user, without the sign-in page.

    Raises:
        IdentityProviderError: the user has chosen another password.
    """
    cognito = boto3.client("cognito-idp")
    try:
        answer = cognito.admin_initiate_auth(
            UserPoolId=provider.pool_id,
            ClientId=provider.page.client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD},
        )
    except cognito.exceptions.NotAuthorizedException as error:
        reason = f"{name} does not sign in with {PASSWORD} any more."
        raise IdentityProviderError(reason) from error
    return answer["AuthenticationResult"]["AccessToken"]


def service_token(provider: IdentityProvider, scopes: Iterable[str]) -> str:
    """Return a booking site's access token (client credentials, RFC 6749, section 4.4).

    Raises:
        requests.RequestException: the identity provider is unavailable, or rejects the request.
    """
    client = provider.booking_site
    answer = requests.post(
        _token_url(provider),
        data={"grant_type": "client_credentials", "scope": " ".join(scopes)},
        auth=(client.client_id, client.secret or ""),
        timeout=TIMEOUT_SECONDS,
    )
    answer.raise_for_status()
    return str(answer.json()["access_token"])


def service_credentials(provider: IdentityProvider) -> dict[str, str]:
    """Return the variables with which the example booking site requests tokens.

    Raises:
        requests.RequestException: the identity provider is unavailable.
    """
    return {
        "SLOTS_API_TOKEN_URL": _token_url(provider),
        "SLOTS_API_CLIENT_ID": provider.booking_site.client_id,
        "SLOTS_API_CLIENT_SECRET": provider.booking_site.secret or "",
    }


def _token_url(provider: IdentityProvider) -> str:
    document = requests.get(provider.discovery_url, timeout=TIMEOUT_SECONDS)
    document.raise_for_status()
    return str(document.json()["token_endpoint"])
