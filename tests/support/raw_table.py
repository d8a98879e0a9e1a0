"""A table's items over plain HTTP, for what every test does with all of them.

boto3 takes milliseconds to sign a call and to parse forty items.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec
import urllib3

if TYPE_CHECKING:
    from collections.abc import Sequence

RawItem = dict[str, Any]
"""An item in DynamoDB's JSON."""
# Emulators check no signature. The scope has the account and the region.
_HEADERS = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=testing/20261123/eu-west-2/dynamodb/aws4_request",
    "Content-Type": "application/x-amz-json-1.0",
}
_MAX_WRITES = 25
_connections = urllib3.PoolManager(retries=False)


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
        response = _connections.request(
            "POST",
            self._endpoint,
            body=msgspec.json.encode(request),
            headers={**_HEADERS, "X-Amz-Target": f"DynamoDB_20120810.{operation}"},
        )
        assert response.status == HTTPStatus.OK, response.data
        return dict(msgspec.json.decode(response.data))
