"""What the calls of DynamoDB cost: each answer is asked to say it, and it is noted."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

from pynamodb.connection.base import Connection

from chalicelib import observation

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.model import OperationModel
    from pynamodb.connection._botocore_private import BotocoreBaseClientPrivate

_READS = {"BatchGetItem", "GetItem", "Query"}
_ASKED = {*_READS, "PutItem", "TransactWriteItems"}
_making = Lock()


class MeteredConnection(Connection):
    """Has its calls noted with the requests that they are made for.

    PynamoDB makes its client when the first call comes, in whatever thread, and perhaps another
    later; a request that makes no call shall not have to wait for one.
    """

    _listened_to: BaseClient | None = None

    @property
    def client(self) -> BotocoreBaseClientPrivate:
        """PynamoDB's own, listened to."""
        with _making:
            client = super().client
            if client is not self._listened_to:
                client.meta.events.register("before-parameter-build.dynamodb", _ask)
                client.meta.events.register("after-call.dynamodb", _note)
                self._listened_to = client
        return client


def _ask(params: dict[str, Any], model: OperationModel, **_: object) -> None:
    observation.current().calls.append(model.name)
    if model.name in _ASKED:
        params.setdefault("ReturnConsumedCapacity", "TOTAL")


def _note(parsed: dict[str, Any], model: OperationModel, **_: object) -> None:
    """Of a transaction that is cancelled DynamoDB does not say what it has cost."""
    told = parsed.get("ConsumedCapacity", [])
    seen = observation.current()
    units = seen.read_units if model.name in _READS else seen.write_units
    units += [one["CapacityUnits"] for one in (told if isinstance(told, list) else [told])]
