"""The local identity provider: Cognito on MiniStack, its users and its tokens.

CloudFormation creates it from the same template as in AWS.
"""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3
import requests
from botocore.exceptions import ClientError
from msgspec import Struct, convert, field

from chalicelib.domain.permissions import Role
from local import CommandError, booking_sites, local_config, ports

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

INFRASTRUCTURE = local_config.PROJECT / "infrastructure"
STACK = "medilink-slots-sign-in"
SIGNED_OUT_PATH = "/"
POLL_SECONDS: Any = {"Delay": 0.05, "MaxAttempts": 600}
TIMEOUT_SECONDS = 5
PASSWORD = "Slots-on-a-laptop-1"  # noqa: S105  good for a server on this machine alone  # nosec B105


class OAuthClient(Struct, frozen=True):
    """A client that requests tokens: the page has no secret, a booking site no ``callbacks``."""

    name: str = field(name="ClientName")
    client_id: str = field(name="ClientId")
    secret: str | None = field(name="ClientSecret", default=None)
    scopes: frozenset[str] = field(name="AllowedOAuthScopes", default=frozenset())
    callbacks: tuple[str, ...] = field(name="CallbackURLs", default=())


class IdentityProvider(NamedTuple):
    """``url`` is the ``iss`` of its tokens, an address in AWS; only ``discovery_url`` responds."""

    url: str
    discovery_url: str
    pool_id: str
    page: OAuthClient
    sites: dict[str, OAuthClient]

    @property
    def booking_site(self) -> OAuthClient:
        """The first that books: a deployed stack may have any sites."""
        return next(site for site in self.sites.values() if "slots/book" in site.scopes)


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
    """Create or update the identity provider for the app at that port, with the demo users."""
    _deploy_stack(port)
    provider = load()
    for user in DEMO_USERS:
        create_user(provider, user)
    return provider


def _deploy_stack(port: int) -> None:
    origins = [f"http://{host}:{port}" for host in (ports.HOST, "localhost")]
    values = {
        "CallbackUrls": ",".join(f"{origin}/sign-in/callback" for origin in origins),
        "LogoutUrls": ",".join(origin + SIGNED_OUT_PATH for origin in origins),
        "SignInDomain": "medilink-slots-local",
        "TokensByPassword": "allowed",
    }
    stack = {
        "StackName": STACK,
        "TemplateBody": json.dumps(
            booking_sites.load_template(INFRASTRUCTURE, booking_sites.DEMO_SITES)
        ),
        "Parameters": [{"ParameterKey": key, "ParameterValue": values[key]} for key in values],
    }
    client: Any = boto3.client("cloudformation")
    try:
        client.create_stack(**stack)
        waiter = client.get_waiter("stack_create_complete")
    except client.exceptions.AlreadyExistsException:
        try:
            client.update_stack(**stack)
        except ClientError as error:
            # This error has no code of its own.
            if "No updates are to be performed" in str(error):
                return
            raise
        waiter = client.get_waiter("stack_update_complete")
    waiter.wait(StackName=STACK, WaiterConfig=POLL_SECONDS)


def stack_outputs(name: str) -> dict[str, str]:
    """Return the outputs of a CloudFormation stack by their keys."""
    stack: Any = boto3.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def load(stack: str = STACK) -> IdentityProvider:
    """Return the identity provider of a stack at the environment's endpoint."""
    outputs = stack_outputs(stack)
    pool_id, cognito = outputs["UserPoolId"], boto3.client("cognito-idp")
    keys = sorted(key for key in outputs if key.endswith("ClientId"))
    clients = {
        key.removesuffix("ClientId"): _describe_client(cognito, pool_id, outputs[key])
        for key in keys
    }
    return IdentityProvider(
        outputs["Issuer"],
        f"{cognito.meta.endpoint_url}/{pool_id}/.well-known/openid-configuration",
        pool_id,
        page=clients.pop("Page"),
        sites=clients,
    )


def _describe_client(
    cognito: "CognitoIdentityProviderClient", pool_id: str, client_id: str
) -> OAuthClient:
    described = cognito.describe_user_pool_client(UserPoolId=pool_id, ClientId=client_id)
    return convert(described["UserPoolClient"], OAuthClient)


def create_user(provider: IdentityProvider, user: DemoUser) -> None:
    """Create a user with the demo password, unless the name exists."""
    cognito = boto3.client("cognito-idp")
    pool, name = provider.pool_id, user.name
    try:
        # MiniStack's own passwords are too short for the pool.
        cognito.admin_create_user(
            UserPoolId=pool, Username=name, TemporaryPassword=PASSWORD, MessageAction="SUPPRESS"
        )
    except cognito.exceptions.UsernameExistsException:
        # The password comes last: a user without one was interrupted here, and is completed.
        if cognito.admin_get_user(UserPoolId=pool, Username=name)["UserStatus"] == "CONFIRMED":
            return
    cognito.admin_add_user_to_group(UserPoolId=pool, Username=name, GroupName=user.role)
    cognito.admin_set_user_password(
        UserPoolId=pool, Username=name, Password=PASSWORD, Permanent=True
    )


def require_user(provider: IdentityProvider, user: DemoUser) -> None:
    """Raise ``CommandError`` if an existing user has another role."""
    groups = boto3.client("cognito-idp").admin_list_groups_for_user(
        UserPoolId=provider.pool_id, Username=user.name
    )["Groups"]
    roles = sorted(group["GroupName"] for group in groups)
    if user.role not in roles:
        actual = " and ".join(roles) or "a user without a role"
        raise CommandError(f"{user.name} does not sign in as {user.role}, but as {actual}.")


def user_token(provider: IdentityProvider, name: str) -> str:
    """Return an access token of a user, without the sign-in page.

    Raises ``CommandError`` if the user has chosen another password.
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
        raise CommandError(f"{name} does not sign in with {PASSWORD} any more.") from error
    return answer["AuthenticationResult"]["AccessToken"]


def service_token(provider: IdentityProvider, site: OAuthClient, scopes: Iterable[str] = ()) -> str:
    """Return an access token of a booking site (client credentials, RFC 6749, section 4.4).

    It has these scopes, by default all that the site may have.
    """
    from authlib.integrations.requests_client import OAuth2Session  # noqa: PLC0415  0.1 s of CPU time

    scope = " ".join(scopes) or " ".join(sorted(site.scopes))
    session = OAuth2Session(site.client_id, site.secret, scope=scope)
    token = session.fetch_token(_token_url(provider), grant_type="client_credentials")
    return str(token["access_token"])


def service_credentials(provider: IdentityProvider) -> dict[str, str]:
    """Return the variables with which the example booking site requests tokens."""
    return {
        "SLOTS_API_TOKEN_URL": _token_url(provider),
        "SLOTS_API_CLIENT_ID": provider.booking_site.client_id,
        "SLOTS_API_CLIENT_SECRET": provider.booking_site.secret or "",
    }


def _token_url(provider: IdentityProvider) -> str:
    document = requests.get(provider.discovery_url, timeout=TIMEOUT_SECONDS)
    document.raise_for_status()
    return str(document.json()["token_endpoint"])


def print_demo_users() -> None:
    for user in DEMO_USERS:
        print(f"Sign in: {user.name} / {PASSWORD} ({user.role})", flush=True)
