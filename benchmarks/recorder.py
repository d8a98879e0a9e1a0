"""What the app asks of DynamoDB, and the items that each request touches."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from benchmarks.capacity_rules import Item, Request, Write
from chalicelib.storage import table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.model import OperationModel
    from mypy_boto3_dynamodb import DynamoDBClient

_WANTED = "wanted"


class Recorder:
    """Looks on by botocore's events; ``behind`` is another client, which nobody looks at."""

    def __init__(self, behind: DynamoDBClient, table_name: str) -> None:
        self._behind = behind
        self._table_name = table_name
        self._requests: list[Request] = []

    @contextmanager
    def recording(self) -> Iterator[list[Request]]:
        """The requests that the app sends meanwhile, in the order of their answers."""
        self._requests = []
        events = table.connection().client.meta.events
        hooks: dict[str, Callable[..., None]] = {
            "before-parameter-build.dynamodb.*": self._before,
            "after-call.dynamodb.*": self._after,
        }
        for name, hook in hooks.items():
            events.register(name, hook)
        try:
            yield self._requests
        finally:
            for name, hook in hooks.items():
                events.unregister(name, hook)

    def _before(self, params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
        keys = _written(params)
        context[_WANTED] = params, [(key, self._stored(key)) for key in keys]

    def _after(
        self, parsed: dict[str, Any], model: OperationModel, context: dict[str, Any], **_: object
    ) -> None:
        params, before = context[_WANTED]
        batch = params.get("RequestItems", {}).get(self._table_name, params)
        self._requests.append(
            Request(
                operation=model.name,
                asked=params,
                is_consistent=batch.get("ConsistentRead", False),
                read=self._read(model.name, batch, parsed),
                written=[
                    Write(key=key, before=item, after=self._stored(key)) for key, item in before
                ],
            )
        )

    def _read(
        self, operation: str, batch: dict[str, Any], parsed: dict[str, Any]
    ) -> list[Item | None]:
        if operation == "GetItem":
            return [parsed.get("Item")]
        if operation == "BatchGetItem":
            found: list[Item] = parsed["Responses"][self._table_name]
            return [*found, *[None] * (len(batch["Keys"]) - len(found))]
        return [*parsed.get("Items", [])]

    def _stored(self, key: Item) -> Item | None:
        answer: Any = self._behind.get_item(
            TableName=self._table_name, Key=key, ConsistentRead=True
        )
        stored: Item | None = answer.get("Item")
        return stored


def _written(params: dict[str, Any]) -> list[Item]:
    """The keys of the items that a request writes, or puts a condition on."""
    actions = [action for each in params.get("TransactItems", []) for action in each.values()]
    if "Item" in params:
        actions = [params]
    return [
        {name: (action.get("Key") or action["Item"])[name] for name in ("PK", "SK")}
        for action in actions
    ]
