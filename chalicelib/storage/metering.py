"""What the calls of DynamoDB cost: each answer is asked to say it, and it is passed on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib import observation

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.model import OperationModel

_ASKED = "ReturnConsumedCapacity"
_READS = {"BatchGetItem", "GetItem", "Query"}


def attach(client: BaseClient) -> None:
    """Have that client's calls noted with the request that they are made for."""
    client.meta.events.register("before-parameter-build.dynamodb", _ask)
    client.meta.events.register("after-call.dynamodb", _note)


def _ask(params: dict[str, Any], model: OperationModel, **_: object) -> None:
    observation.current().calls.append(model.name)
    if model.input_shape and _ASKED in model.input_shape.members:
        params.setdefault(_ASKED, "TOTAL")


def _note(parsed: dict[str, Any], model: OperationModel, **_: object) -> None:
    """Of a transaction that is cancelled DynamoDB does not say what it has cost."""
    told = parsed.get("ConsumedCapacity", [])
    seen = observation.current()
    units = seen.read_units if model.name in _READS else seen.write_units
    units += [one["CapacityUnits"] for one in (told if isinstance(told, list) else [told])]
