"""An artefact becomes a stack, in AWS or in an emulator: parameters, changes, what it is then."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3

from cloud import bucket, session_keys, stack

if TYPE_CHECKING:
    from collections.abc import Collection

    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef

    from cloud.artefact import Artefact
    from cloud.stack import ChangeSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What to put up, as what; ``None`` leaves what there is, or what the template says."""

    artefact: Artefact
    stack: str
    account: str
    bucket: str
    alarm_email: str | None = None
    tokens_by_password: str | None = None
    rehearsal_endpoint: str | None = None
    rotates_session_key: bool = False


def propose(wish: Wish) -> ChangeSet | None:
    """Upload what the wish is about, and ask what it would change; None where that is nothing.

    Raises:
        BucketError: it cannot be uploaded.
        StackError: CloudFormation does not take it.
    """
    uploaded = bucket.upload(wish.artefact, wish.bucket, wish.account, wish.stack)
    given = {"CodeBucket": uploaded.bucket, "CodeKey": uploaded.code_key, **_decided(wish)}
    declared = json.loads(wish.artefact.template.read_text("utf-8"))["Parameters"].keys()
    parameters = _parameters(wish.stack, given, declared)
    return stack.propose(wish.stack, uploaded.template_url, parameters)


def _decided(wish: Wish) -> dict[str, str]:
    """What is known of this deployment alone."""
    wished = {
        "AlarmEmail": wish.alarm_email,
        "TokensByPassword": wish.tokens_by_password,
        "RehearsalEndpoint": wish.rehearsal_endpoint,
    }
    given = {name: value for name, value in wished.items() if value is not None}
    if stack.existing(wish.stack) is None:
        return given | {
            "SessionKeys": session_keys.first(),
            # Nobody else in the region may have it.
            "SignInDomain": f"{wish.stack}-{wish.account}",
            "GatewayLogsRole": "present" if _has_gateway_logs_role() else "made-here",
        }
    if wish.rotates_session_key:
        given["SessionKeys"] = session_keys.with_a_new_one(wish.stack)
    return given


def _has_gateway_logs_role() -> bool:
    return bool(boto3.client("apigateway").get_account().get("cloudwatchRoleArn"))


def _parameters(
    name: str, given: dict[str, str], declared: Collection[str]
) -> list[ParameterTypeDef]:
    """Give what is given, and for the rest what the stack has been given before."""
    found = stack.existing(name)
    had = [parameter["ParameterKey"] for parameter in found.get("Parameters", [])] if found else []
    # What it is for is said by the template that it was packaged with.
    kept = [key for key in had if key in declared and key not in given and key != "Stage"]
    new: list[ParameterTypeDef] = [
        {"ParameterKey": key, "ParameterValue": value} for key, value in given.items()
    ]
    return new + [{"ParameterKey": key, "UsePreviousValue": True} for key in kept]
