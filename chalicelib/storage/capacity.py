"""Consumed capacity of DynamoDB calls, recorded in the request context."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib import request_context
from chalicelib.storage.connection import DynamoDBConnection

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.model import OperationModel

_READ_OPERATIONS = {"BatchGetItem", "GetItem", "Query"}
_TRACKED_OPERATIONS = {*_READ_OPERATIONS, "TransactWriteItems"}


class CapacityTrackingConnection(DynamoDBConnection):
    """Connection that requests ``ReturnConsumedCapacity`` and records it."""

    def register_handlers(self, client: BaseClient) -> None:
        super().register_handlers(client)
        client.meta.events.register("before-parameter-build.dynamodb", _request_capacity)
        client.meta.events.register("after-call.dynamodb", _record_capacity)


def _request_capacity(params: dict[str, Any], model: OperationModel, **_: object) -> None:
    request_context.current_request().dynamodb_calls.append(model.name)
    if model.name in _TRACKED_OPERATIONS:
        params.setdefault("ReturnConsumedCapacity", "TOTAL")


def _record_capacity(parsed: dict[str, Any], model: OperationModel, **_: object) -> None:
    """Record the units of a response; that of a cancelled transaction has none."""
    consumed = parsed.get("ConsumedCapacity", [])
    request = request_context.current_request()
    units = request.read_units if model.name in _READ_OPERATIONS else request.write_units
    tables = consumed if isinstance(consumed, list) else [consumed]
    units += [table["CapacityUnits"] for table in tables]
