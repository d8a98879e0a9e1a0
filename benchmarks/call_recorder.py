"""Recorder of the app's DynamoDB requests and of the items that each one touches."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from benchmarks.capacity_model import Item, Request, Write
from chalicelib.storage import table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.model import OperationModel
    from mypy_boto3_dynamodb import DynamoDBClient

_CONTEXT_KEY = "recorded_request"


class CallRecorder:
    """Records requests with botocore's event hooks.

    It reads the items before and after each write with ``unrecorded_client``, which has no hooks.
    """

    def __init__(self, unrecorded_client: DynamoDBClient, table_name: str) -> None:
        self._unrecorded_client = unrecorded_client
        self._table_name = table_name
        self._requests: list[Request] = []

    @contextmanager
    def record(self) -> Iterator[list[Request]]:
        """Record requests while the block runs, in the order of their responses."""
        self._requests = []
        events = table.connection().client.meta.events
        hooks: dict[str, Callable[..., None]] = {
            "before-parameter-build.dynamodb.*": self._before_call,
            "after-call.dynamodb.*": self._after_call,
        }
        for name, hook in hooks.items():
            events.register(name, hook)
        try:
            yield self._requests
        finally:
            for name, hook in hooks.items():
                events.unregister(name, hook)

    def _before_call(self, params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
        keys = _written_keys(params)
        context[_CONTEXT_KEY] = params, [(key, self._get_stored_item(key)) for key in keys]

    def _after_call(
        self, parsed: dict[str, Any], model: OperationModel, context: dict[str, Any], **_: object
    ) -> None:
        params, before = context[_CONTEXT_KEY]
        batch = params.get("RequestItems", {}).get(self._table_name, params)
        self._requests.append(
            Request(
                operation=model.name,
                parameters=params,
                is_consistent=batch.get("ConsistentRead", False),
                items_read=self._items_read(model.name, batch, parsed),
                writes=[
                    Write(key=key, before=item, after=self._get_stored_item(key))
                    for key, item in before
                ],
            )
        )

    def _items_read(
        self, operation: str, batch: dict[str, Any], parsed: dict[str, Any]
    ) -> list[Item | None]:
        if operation == "GetItem":
            return [parsed.get("Item")]
        if operation == "BatchGetItem":
            items: list[Item] = parsed["Responses"][self._table_name]
            return [*items, *[None] * (len(batch["Keys"]) - len(items))]
        return [*parsed.get("Items", [])]

    def _get_stored_item(self, key: Item) -> Item | None:
        response: Any = self._unrecorded_client.get_item(
            TableName=self._table_name, Key=key, ConsistentRead=True
        )
        stored_item: Item | None = response.get("Item")
        return stored_item


def _written_keys(params: dict[str, Any]) -> list[Item]:
    """The keys of the items that a request writes or has a condition on."""
    actions = [action for item in params.get("TransactItems", []) for action in item.values()]
    if "Item" in params:
        actions = [params]
    return [
        {name: (action.get("Key") or action["Item"])[name] for name in ("PK", "SK")}
        for action in actions
    ]
