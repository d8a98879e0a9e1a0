"""``python -m cloud.restore`` copies a restored table back, all of it or one doctor's items.

DynamoDB restores into a new table, but the stack uses its own table.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

import boto3
from boto3.dynamodb.conditions import Key
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.storage import keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mypy_boto3_dynamodb.service_resource import Table

Item = dict[str, Any]


def main(arguments: Sequence[str]) -> int:
    """Print the number of differences, and with ``--write`` apply them; return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        dynamodb = boto3.resource("dynamodb")
        table = dynamodb.Table(options.table)
        puts, deletes = compare(dynamodb.Table(options.restored), table, options.doctor)
        print(f"{len(puts)} items to put, {len(deletes)} to delete in {options.table}")
        if options.write:
            write(table, puts, deletes)
            print("Done.")
        else:
            print("Nothing was written: add --write to write.")
    except (BotoCoreError, ClientError) as error:
        print(f"AWS reports an error: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m cloud.restore", description=__doc__)
    parser.add_argument("--restored", required=True, help="the table that was restored")
    parser.add_argument("--table", required=True, help="the stack's table")
    parser.add_argument("--doctor", help="a doctor id: restore only this doctor's items")
    parser.add_argument("--write", action="store_true", help="write, instead of a dry run")
    return parser


def compare(restored: Table, table: Table, doctor_id: str | None) -> tuple[list[Item], list[Item]]:
    """Return the items to put into the table and those to delete, of one doctor or of all.

    Nothing else may write to either table meanwhile.
    """
    then = {(item["PK"], item["SK"]): item for item in _items(restored, doctor_id)}
    now = {(item["PK"], item["SK"]): item for item in _items(table, doctor_id)}
    puts = [item for key, item in then.items() if now.get(key) != item]
    return puts, [item for key, item in now.items() if key not in then]


def write(table: Table, puts: Iterable[Item], deletes: Iterable[Item]) -> None:
    """Make the table equal to the restored one. Idempotent."""
    with table.batch_writer() as batch:
        for item in puts:
            batch.put_item(Item=item)
        for item in deletes:
            batch.delete_item(Key={"PK": item["PK"], "SK": item["SK"]})


def _items(table: Table, doctor_id: str | None) -> Iterator[Item]:
    operation, condition = "scan", {}
    if doctor_id is not None:
        partition = Key("PK").eq(keys.doctor_pk(doctor_id))
        operation, condition = "query", {"KeyConditionExpression": partition}
    paginator: Any = table.meta.client.get_paginator(operation)  # type: ignore[call-overload]
    for page in paginator.paginate(TableName=table.name, ConsistentRead=True, **condition):
        yield from page["Items"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
