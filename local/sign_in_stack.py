"""Cognito on MiniStack, of the cloud's own definition: putting it up, and finding what it made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from local import loopback, stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef, WaiterConfigTypeDef

DEFINITION = stage.PROJECT / "infrastructure" / "sign_in.json"
STACK = "medilink-slots-sign-in"
DOMAIN = "medilink-slots-local"

CALLBACK_PATH = "/sign-in/callback"
SIGNED_OUT_PATH = "/"

EVERY_SECOND: WaiterConfigTypeDef = {"Delay": 1, "MaxAttempts": 30}


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """What asks for tokens: the page has no secret, a booking site no ``callbacks``."""

    client_id: str
    secret: str | None
    scopes: frozenset[str]
    callbacks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """``url`` is the ``iss`` of its tokens, an address of AWS; only ``discovery_url`` is reachable.

    All other addresses are in the document there.
    """

    url: str
    discovery_url: str
    pool_id: str
    page: Client
    booking_site: Client
    reading_site: Client


def deploy(port: int) -> None:
    """Put it up for the app at that port, or bring the one there is up to date."""
    origins = [f"http://{host}:{port}" for host in (loopback.HOST, "localhost")]
    parameters = {
        "CallbackUrls": ",".join(origin + CALLBACK_PATH for origin in origins),
        "LogoutUrls": ",".join(origin + SIGNED_OUT_PATH for origin in origins),
        "SignInDomain": DOMAIN,
        "TokensByPassword": "allowed",
    }
    definition = DEFINITION.read_text(encoding="utf-8")
    given: list[ParameterTypeDef] = [
        {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
    ]
    cloudformation = boto3.client("cloudformation")
    try:
        cloudformation.create_stack(StackName=STACK, TemplateBody=definition, Parameters=given)
    except cloudformation.exceptions.AlreadyExistsException:
        _update(definition, given)
    else:
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName=STACK, WaiterConfig=EVERY_SECOND
        )


def find(stack: str = STACK) -> Issuer:
    """Give the issuer that the environment's endpoint has, by default the laptop's.

    Raises:
        ClientError: it has none.
    """
    cloudformation = boto3.client("cloudformation")
    outputs = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
    made = {output["OutputKey"]: output["OutputValue"] for output in outputs}
    pool_id = made["UserPoolId"]
    endpoint = cloudformation.meta.endpoint_url
    return Issuer(
        url=made["Issuer"],
        discovery_url=f"{endpoint}/{pool_id}/.well-known/openid-configuration",
        pool_id=pool_id,
        page=_client(pool_id, made["PageClientId"]),
        booking_site=_client(pool_id, made["BookingSiteClientId"]),
        reading_site=_client(pool_id, made["ReadingSiteClientId"]),
    )


def _update(definition: str, parameters: Sequence[ParameterTypeDef]) -> None:
    cloudformation = boto3.client("cloudformation")
    try:
        cloudformation.update_stack(StackName=STACK, TemplateBody=definition, Parameters=parameters)
    except ClientError as error:
        # There is no code of its own for it.
        if "No updates are to be performed" not in str(error):
            raise
    else:
        cloudformation.get_waiter("stack_update_complete").wait(
            StackName=STACK, WaiterConfig=EVERY_SECOND
        )


def _client(pool_id: str, client_id: str) -> Client:
    told = boto3.client("cognito-idp").describe_user_pool_client(
        UserPoolId=pool_id, ClientId=client_id
    )["UserPoolClient"]
    return Client(
        client_id=client_id,
        secret=told.get("ClientSecret"),
        scopes=frozenset(told.get("AllowedOAuthScopes", ())),
        callbacks=tuple(told.get("CallbackURLs", ())),
    )
