"""A CloudFormation stack: what a template would change, changing it, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

import boto3
from botocore.exceptions import ClientError, WaiterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_cloudformation.literals import CapabilityType, ChangeSetTypeType
    from mypy_boto3_cloudformation.type_defs import (
        ParameterTypeDef,
        StackTypeDef,
        WaiterConfigTypeDef,
    )

# Roles, and the transform of SAM.
_CAPABILITIES: Sequence[CapabilityType] = ("CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")
_NOTHING_NEW = ("didn't contain changes", "No updates are to be performed")
_OFTEN: WaiterConfigTypeDef = {"Delay": 1, "MaxAttempts": 300}
_PATIENTLY: WaiterConfigTypeDef = {"Delay": 2, "MaxAttempts": 1800}
# There is a name, and nothing behind it.
_EMPTY = "REVIEW_IN_PROGRESS"


class StackError(RuntimeError):
    """CloudFormation does not do it: why, as sentences."""


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """What would be done; ``lines`` say it, a resource each."""

    stack: str
    id: str
    kind: ChangeSetTypeType
    lines: tuple[str, ...]


def existing(name: str) -> StackTypeDef | None:
    """Give the stack; None where there is none, or one in name only."""
    try:
        found = boto3.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        # There is no code of its own for it.
        if "does not exist" in str(error):
            return None
        raise
    return None if found["StackStatus"] == _EMPTY else found


def outputs(name: str) -> dict[str, str]:
    """Give what the template tells of the stack."""
    found = existing(name)
    told = found.get("Outputs", []) if found else []
    return {output["OutputKey"]: output["OutputValue"] for output in told}


def propose(
    name: str, template_url: str, parameters: Sequence[ParameterTypeDef]
) -> ChangeSet | None:
    """Ask what the template would change; None where that is nothing.

    Raises:
        StackError: the template or the state of the stack allows no change.
    """
    found = existing(name)
    if found and found["StackStatus"] == "ROLLBACK_COMPLETE":
        raise StackError(f"{name} never came up, and stands in the way: delete it, and try again.")
    kind: ChangeSetTypeType = "UPDATE" if found else "CREATE"
    cloudformation = boto3.client("cloudformation")
    made = cloudformation.create_change_set(
        StackName=name,
        ChangeSetName=f"deploy-{uuid4().hex}",
        ChangeSetType=kind,
        TemplateURL=template_url,
        Parameters=parameters,
        Capabilities=_CAPABILITIES,
    )["Id"]
    try:
        waiter = cloudformation.get_waiter("change_set_create_complete")
        waiter.wait(ChangeSetName=made, WaiterConfig=_OFTEN)
    except WaiterError as error:
        told = cloudformation.describe_change_set(ChangeSetName=made)
        why = told.get("StatusReason", str(error))
        discard(ChangeSet(name, made, kind, ()))
        if any(words in why for words in _NOTHING_NEW):
            return None
        raise StackError(f"CloudFormation does not take the template: {why}") from error
    return ChangeSet(name, made, kind, _lines(made))


def apply(changes: ChangeSet) -> None:
    """Do it, and wait until it is done.

    Raises:
        StackError: it failed, and the stack is as it was before.
    """
    cloudformation = boto3.client("cloudformation")
    cloudformation.execute_change_set(ChangeSetName=changes.id)
    try:
        if changes.kind == "CREATE":
            created = cloudformation.get_waiter("stack_create_complete")
            created.wait(StackName=changes.stack, WaiterConfig=_PATIENTLY)
        else:
            updated = cloudformation.get_waiter("stack_update_complete")
            updated.wait(StackName=changes.stack, WaiterConfig=_PATIENTLY)
    except WaiterError as error:
        raise StackError(f"It failed, and was rolled back:\n{_failures(changes.stack)}") from error


def discard(changes: ChangeSet) -> None:
    """Leave the stack as if nobody had asked."""
    cloudformation = boto3.client("cloudformation")
    cloudformation.delete_change_set(ChangeSetName=changes.id)
    if changes.kind == "CREATE":
        cloudformation.delete_stack(StackName=changes.stack)


def _lines(change_set: str) -> tuple[str, ...]:
    paginator = boto3.client("cloudformation").get_paginator("describe_change_set")
    changes = [
        change["ResourceChange"]
        for page in paginator.paginate(ChangeSetName=change_set)
        for change in page["Changes"]
    ]
    return tuple(
        f"{change['Action']:<7} {change['LogicalResourceId']} ({change['ResourceType']})"
        + (": REPLACED" if change.get("Replacement") == "True" else "")
        for change in changes
    )


def _failures(name: str) -> str:
    paginator = boto3.client("cloudformation").get_paginator("describe_stack_events")
    events = [event for page in paginator.paginate(StackName=name) for event in page["StackEvents"]]
    begun = next(
        (n for n, event in enumerate(events) if _begins(event.get("ResourceStatusReason"))),
        len(events),
    )
    return "\n".join(
        f"  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason given')}"
        for event in reversed(events[:begun])
        if event.get("ResourceStatus", "").endswith("_FAILED")
    )


def _begins(reason: str | None) -> bool:
    """Events come newest first; those before this one are of earlier deployments."""
    return reason == "User Initiated"
