"""``python -m cloud.restore``: a table made as a restored copy of it, whole or one doctor's part.

DynamoDB restores to a new table only, and the stack knows its own: this copies back.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.storage import keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]
Key = tuple[str, str]
_AT_ONCE = 25
"""The most that BatchWriteItem takes."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What has to be put, and what deleted, for the table to be as the restored one."""

    puts: tuple[Item, ...]
    deletes: tuple[Key, ...]


def main(arguments: Sequence[str]) -> int:
    """Say what differs, and with ``--write`` make it the same; gives the exit status."""
    asked = _parser().parse_args(arguments)
    try:
        dynamodb = boto3.client("dynamodb")
        found = difference(dynamodb, asked.restored, asked.table, asked.doctor)
        print(f"{len(found.puts)} items to put, {len(found.deletes)} to delete in {asked.table}")
        if asked.write:
            write(dynamodb, asked.table, found)
            print("Done.")
        else:
            print("Nothing was written: --write does it.")
    except (BotoCoreError, ClientError) as error:
        print(f"AWS says no: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m cloud.restore", description=__doc__)
    parser.add_argument("--restored", required=True, help="the table that was restored")
    parser.add_argument("--table", required=True, help="the stack's own")
    parser.add_argument("--doctor", help="her part alone, by her id")
    parser.add_argument("--write", action="store_true", help="do it, rather than say what")
    return parser


def difference(
    dynamodb: DynamoDBClient, restored: str, table: str, doctor_id: str | None
) -> Difference:
    """Compare two tables, or one doctor's partition of both.

    Nobody may write to either meanwhile.
    """
    then = {_key(item): item for item in _items(dynamodb, restored, doctor_id)}
    now = {_key(item): item for item in _items(dynamodb, table, doctor_id)}
    return Difference(
        puts=tuple(item for key, item in then.items() if now.get(key) != item),
        deletes=tuple(now.keys() - then.keys()),
    )


def write(dynamodb: DynamoDBClient, table: str, found: Difference) -> None:
    """Put and delete. Done twice it has the same effect as once."""
    puts: Iterator[Any] = ({"PutRequest": {"Item": item}} for item in found.puts)
    deletes: Iterator[Any] = (
        {"DeleteRequest": {"Key": {"PK": {"S": partition}, "SK": {"S": sort_key}}}}
        for partition, sort_key in found.deletes
    )
    for requests in (puts, deletes):
        while left := list(islice(requests, _AT_ONCE)):
            while left:
                answer = dynamodb.batch_write_item(RequestItems={table: left})
                left = list(answer["UnprocessedItems"].get(table, []))


def _items(dynamodb: DynamoDBClient, table: str, doctor_id: str | None) -> Iterable[Item]:
    pages: Iterable[Any]
    if doctor_id is None:
        pages = dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    else:
        pages = dynamodb.get_paginator("query").paginate(
            TableName=table,
            ConsistentRead=True,
            KeyConditionExpression="PK = :doctor",
            ExpressionAttributeValues={":doctor": {"S": keys.doctor_pk(doctor_id)}},
        )
    return (item for page in pages for item in page["Items"])


def _key(item: Item) -> Key:
    return item["PK"]["S"], item["SK"]["S"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
