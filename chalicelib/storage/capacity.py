"""What the calls of DynamoDB cost: each answer is asked to say it, and it is noted."""

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
    """Has its calls noted with the requests that they are made for.

    PynamoDB makes its client when the first call comes, in whatever thread, and perhaps another
    later; a request that makes no call shall not have to wait for one.
    """

    _instrumented_client: BaseClient | None = None

    @property
    def client(self) -> BotocoreBaseClientPrivate:
        """PynamoDB's own, listened to."""
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
    """Of a transaction that is cancelled DynamoDB does not say what it has cost."""
    told = parsed.get("ConsumedCapacity", [])
    seen = request_context.current_request()
    units = seen.read_units if model.name in _READ_OPERATIONS else seen.write_units
    units += [one["CapacityUnits"] for one in (told if isinstance(told, list) else [told])]
