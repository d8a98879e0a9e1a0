"""Another DynamoDB that counts what it is asked by size, to check our own counting by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import TracebackType
    from typing import Self

    from mypy_boto3_dynamodb.type_defs import TableDescriptionTypeDef

    from benchmarks.capacity_model import Item, Request, Write


class CapacityEmulator:
    """Told a request, it does the like on a table of its own, which is gone after the block.

    It need know neither transactions nor what an index consumes when it is written.
    """

    def __init__(self, url: str, table_description: TableDescriptionTypeDef) -> None:
        """``like`` describes the table of the app."""
        self._client = boto3.client("dynamodb", endpoint_url=url)
        self._table_description = table_description
        self._name = table_description["TableName"]
        self._stored_keys: list[Item] = []

    def __enter__(self) -> Self:
        index = self._table_description["GlobalSecondaryIndexes"][0]
        self._client.create_table(
            TableName=self._name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=self._table_description["KeySchema"],
            AttributeDefinitions=self._table_description["AttributeDefinitions"],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": index["IndexName"],
                    "KeySchema": index["KeySchema"],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        )
        self._client.get_waiter("table_exists").wait(
            TableName=self._name, WaiterConfig={"Delay": 1}
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._client.delete_table(TableName=self._name)

    def read_units(self, request: Request) -> float:
        """The read units of the same request where the same items are found."""
        if not request.items_read:
            return 0
        self._replace_items(item for item in request.items_read if item)
        ask: Any = {
            "GetItem": self._client.get_item,
            "BatchGetItem": self._client.batch_get_item,
            "Query": self._client.query,
        }[request.operation]
        answer = ask(**{**request.parameters, "ReturnConsumedCapacity": "TOTAL"})
        consumed = answer["ConsumedCapacity"]
        each = consumed if isinstance(consumed, list) else [consumed]
        return sum(float(one["CapacityUnits"]) for one in each)

    def write_units(self, request: Request) -> float:
        """The write units of the table if each item were put alone, twice that of a transaction."""
        units = sum(self._write_item(write) for write in request.writes)
        return 2 * units if request.operation == "TransactWriteItems" else units

    def _write_item(self, write: Write) -> float:
        self._replace_items([write.before] if write.before else [])
        consumed: Mapping[str, Any]
        if write.after:
            consumed = self._client.put_item(
                TableName=self._name, Item=write.after, ReturnConsumedCapacity="TOTAL"
            )["ConsumedCapacity"]
            self._stored_keys.append(write.key)
        else:
            consumed = self._client.delete_item(
                TableName=self._name, Key=write.key, ReturnConsumedCapacity="TOTAL"
            )["ConsumedCapacity"]
        return float(consumed["CapacityUnits"])

    def _replace_items(self, items: Iterable[Item]) -> None:
        """Have these in the table and no others."""
        for key in self._stored_keys:
            self._client.delete_item(TableName=self._name, Key=key)
        self._stored_keys = []
        for item in items:
            self._client.put_item(TableName=self._name, Item=item)
            self._stored_keys.append({name: item[name] for name in ("PK", "SK")})
