"""Cognito on MiniStack, created by CloudFormation from the same template as in AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import boto3
from botocore.exceptions import ClientError

from local import local_config, ports

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef, WaiterConfigTypeDef

DEFINITION = local_config.PROJECT / "infrastructure" / "cognito.json"
STACK = "medilink-slots-sign-in"
DOMAIN = "medilink-slots-local"
CALLBACK_PATH = "/sign-in/callback"
SIGNED_OUT_PATH = "/"
POLL_SECONDS: WaiterConfigTypeDef = {"Delay": 1, "MaxAttempts": 30}


class OAuthClient(NamedTuple):
    """A client that requests tokens: the page has no secret, a booking site no ``callbacks``."""

    client_id: str
    secret: str | None
    scopes: frozenset[str]
    callbacks: tuple[str, ...]


class IdentityProvider(NamedTuple):
    """``url`` is the ``iss`` of its tokens, an address of AWS; only ``discovery_url`` is reachable.

    The document there has all other addresses.
    """

    url: str
    discovery_url: str
    pool_id: str
    page: OAuthClient
    booking_site: OAuthClient
    reading_site: OAuthClient


def deploy(port: int) -> None:
    """Create or update the stack, for the app at that port."""
    origins = [f"http://{host}:{port}" for host in (ports.HOST, "localhost")]
    values = {
        "CallbackUrls": ",".join(origin + CALLBACK_PATH for origin in origins),
        "LogoutUrls": ",".join(origin + SIGNED_OUT_PATH for origin in origins),
        "SignInDomain": DOMAIN,
        "TokensByPassword": "allowed",
    }
    parameters: list[ParameterTypeDef] = [
        {"ParameterKey": key, "ParameterValue": value} for key, value in values.items()
    ]
    template = DEFINITION.read_text(encoding="utf-8")
    client = boto3.client("cloudformation")
    try:
        client.create_stack(StackName=STACK, TemplateBody=template, Parameters=parameters)
        created = client.get_waiter("stack_create_complete")
        created.wait(StackName=STACK, WaiterConfig=POLL_SECONDS)
    except client.exceptions.AlreadyExistsException:
        _update(template, parameters)


def _update(template: str, parameters: list[ParameterTypeDef]) -> None:
    client = boto3.client("cloudformation")
    try:
        client.update_stack(StackName=STACK, TemplateBody=template, Parameters=parameters)
        updated = client.get_waiter("stack_update_complete")
        updated.wait(StackName=STACK, WaiterConfig=POLL_SECONDS)
    except ClientError as error:
        # This error has no code of its own.
        if "No updates are to be performed" not in str(error):
            raise


def load(stack: str = STACK) -> IdentityProvider:
    """Return the identity provider of a stack at the environment's endpoint.

    Raises:
        ClientError: there is no such stack.
    """
    cloudformation = boto3.client("cloudformation")
    described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described}
    pool_id, endpoint = outputs["UserPoolId"], cloudformation.meta.endpoint_url
    return IdentityProvider(
        url=outputs["Issuer"],
        discovery_url=f"{endpoint}/{pool_id}/.well-known/openid-configuration",
        pool_id=pool_id,
        page=_client(pool_id, outputs["PageClientId"]),
        booking_site=_client(pool_id, outputs["BookingSiteClientId"]),
        reading_site=_client(pool_id, outputs["ReadingSiteClientId"]),
    )


def _client(pool_id: str, client_id: str) -> OAuthClient:
    client = boto3.client("cognito-idp").describe_user_pool_client(
        UserPoolId=pool_id, ClientId=client_id
    )["UserPoolClient"]
    return OAuthClient(
        client_id,
        secret=client.get("ClientSecret"),
        scopes=frozenset(client.get("AllowedOAuthScopes", ())),
        callbacks=tuple(client.get("CallbackURLs", ())),
    )
