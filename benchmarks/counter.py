"""Another DynamoDB that counts what it is asked by size, to check our own counting by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import TracebackType
    from typing import Self

    from mypy_boto3_dynamodb.type_defs import TableDescriptionTypeDef

    from benchmarks.capacity_rules import Item, Request, Write


class Counter:
    """Told a request, it does the like on a table of its own, which is gone after the block.

    It need know neither transactions nor what an index consumes when it is written.
    """

    def __init__(self, url: str, like: TableDescriptionTypeDef) -> None:
        """``like`` describes the table of the app."""
        self._client = boto3.client("dynamodb", endpoint_url=url)
        self._like = like
        self._name = like["TableName"]
        self._kept: list[Item] = []

    def __enter__(self) -> Self:
        index = self._like["GlobalSecondaryIndexes"][0]
        self._client.create_table(
            TableName=self._name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=self._like["KeySchema"],
            AttributeDefinitions=self._like["AttributeDefinitions"],
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

    def read(self, request: Request) -> float:
        """The read units of the same request where the same items are found."""
        if not request.read:
            return 0
        self._keep(item for item in request.read if item)
        ask: Any = {
            "GetItem": self._client.get_item,
            "BatchGetItem": self._client.batch_get_item,
            "Query": self._client.query,
        }[request.operation]
        answer = ask(**{**request.asked, "ReturnConsumedCapacity": "TOTAL"})
        consumed = answer["ConsumedCapacity"]
        each = consumed if isinstance(consumed, list) else [consumed]
        return sum(float(one["CapacityUnits"]) for one in each)

    def write(self, request: Request) -> float:
        """The write units of the table if each item were put alone, twice that of a transaction."""
        units = sum(self._put(write) for write in request.written)
        return 2 * units if request.operation == "TransactWriteItems" else units

    def _put(self, write: Write) -> float:
        self._keep([write.before] if write.before else [])
        consumed: Mapping[str, Any]
        if write.after:
            consumed = self._client.put_item(
                TableName=self._name, Item=write.after, ReturnConsumedCapacity="TOTAL"
            )["ConsumedCapacity"]
            self._kept.append(write.key)
        else:
            consumed = self._client.delete_item(
                TableName=self._name, Key=write.key, ReturnConsumedCapacity="TOTAL"
            )["ConsumedCapacity"]
        return float(consumed["CapacityUnits"])

    def _keep(self, items: Iterable[Item]) -> None:
        """Have these in the table and no others."""
        for key in self._kept:
            self._client.delete_item(TableName=self._name, Key=key)
        self._kept = []
        for item in items:
            self._client.put_item(TableName=self._name, Item=item)
            self._kept.append({name: item[name] for name in ("PK", "SK")})
