"""A table's items without boto3, for what every test does with all of them.

boto3 takes milliseconds to sign a call and to parse forty items.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec

from tests.support import dynamodb_http

if TYPE_CHECKING:
    from collections.abc import Sequence

RawItem = dict[str, Any]
"""An item in DynamoDB's JSON."""
_MAX_WRITES = 25


class RawTable:
    """A table of an emulator at that endpoint."""

    def __init__(self, endpoint: str, name: str) -> None:
        self._endpoint = endpoint
        self._name = name

    def scan(self) -> list[RawItem]:
        """Return every item."""
        page = self._call("Scan", {"TableName": self._name})
        items: list[RawItem] = page["Items"]
        while next_key := page.get("LastEvaluatedKey"):
            page = self._call("Scan", {"TableName": self._name, "ExclusiveStartKey": next_key})
            items += page["Items"]
        return items

    def write(self, writes: Sequence[object]) -> None:
        """Execute the write requests of ``BatchWriteItem``."""
        for first in range(0, len(writes), _MAX_WRITES):
            batch = writes[first : first + _MAX_WRITES]
            done = self._call("BatchWriteItem", {"RequestItems": {self._name: batch}})
            assert not done.get("UnprocessedItems")

    def _call(self, operation: str, request: object) -> dict[str, Any]:
        target = {"X-Amz-Target": f"DynamoDB_20120810.{operation}"}
        status, _, body = dynamodb_http.send_call(
            self._endpoint, target, msgspec.json.encode(request)
        )
        assert status == HTTPStatus.OK, body
        return dict(msgspec.json.decode(body))
