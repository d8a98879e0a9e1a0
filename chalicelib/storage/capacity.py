"""Consumed capacity of DynamoDB calls, recorded in the request context."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

from pynamodb.connection.base import Connection

from chalicelib import request_context

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.model import OperationModel
    from pynamodb.connection._botocore_private import BotocoreBaseClientPrivate

_READ_OPERATIONS = {"BatchGetItem", "GetItem", "Query"}
_TRACKED_OPERATIONS = {*_READ_OPERATIONS, "PutItem", "TransactWriteItems"}
_connection_lock = Lock()


class CapacityTrackingConnection(Connection):
    """PynamoDB connection that requests ``ReturnConsumedCapacity`` and records it.

    PynamoDB creates its client with the first call, in any thread, and may replace it later. So
    the event handlers are registered whenever there is another client, not when connecting.
    """

    _instrumented_client: BaseClient | None = None

    @property
    def client(self) -> BotocoreBaseClientPrivate:
        """Return PynamoDB's client with our event handlers."""
        with _connection_lock:
            client = super().client
            if client is not self._instrumented_client:
                client.meta.events.register("before-parameter-build.dynamodb", _request_capacity)
                client.meta.events.register("after-call.dynamodb", _record_capacity)
                self._instrumented_client = client
        return client


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
