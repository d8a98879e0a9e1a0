"""``python -m cloud.restore`` copies a restored table back, all of it or one doctor's items.

DynamoDB restores into a new table, but the stack uses its own table. Nothing else may write to
either table meanwhile.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import boto3
from boto3.dynamodb.conditions import Key

from chalicelib.storage import keys
from local.command import reports_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

Items = dict[tuple[Any, Any], dict[str, Any]]
# What happened stays on record, and ended login sessions stay ended.
_ONLY_ADDED = ("AUDIT#", "LOGIN#", "PERSON#")


@reports_errors()
def main(arguments: Sequence[str]) -> int:
    """Print the number of differences, and with ``--write`` apply them; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m cloud.restore", description=__doc__)
    parser.add_argument("--restored", required=True, help="the table that was restored")
    parser.add_argument("--table", required=True, help="the stack's table")
    parser.add_argument("--doctor", help="a doctor id: restore only this doctor's items")
    parser.add_argument("--write", action="store_true", help="write, instead of a dry run")
    options = parser.parse_args(arguments)
    dynamodb = boto3.resource("dynamodb")
    tables = dynamodb.Table(options.restored), dynamodb.Table(options.table)
    restore(*tables, options.doctor, writes=options.write)
    return 0


def restore(restored: "Table", table: "Table", doctor_id: str | None, *, writes: bool) -> None:
    """Make the table equal to the restored one, for one doctor or for all. Idempotent.

    Items of the audit log and of login sessions are only added where they are missing.
    """
    then, now = _read_by_key(restored, doctor_id), _read_by_key(table, doctor_id)
    kept = {key for key in now if key[0].startswith(_ONLY_ADDED)}
    puts = [item for key, item in then.items() if now.get(key) != item and key not in kept]
    deletes = [{"PK": pk, "SK": sk} for pk, sk in now.keys() - then.keys() - kept]
    print(f"{len(puts)} items to put, {len(deletes)} to delete in {table.name}")
    if not writes:
        print("Nothing was written: add --write to write.")
        return
    with table.batch_writer() as batch:
        for item in puts:
            batch.put_item(Item=item)
        for key in deletes:
            batch.delete_item(Key=key)
    print("Done.")


def _read_by_key(table: "Table", doctor_id: str | None) -> Items:
    operation, condition = "scan", {}
    if doctor_id is not None:
        partition = Key("PK").eq(keys.doctor_pk(doctor_id))
        operation, condition = "query", {"KeyConditionExpression": partition}
    return {(item["PK"], item["SK"]): item for item in read_items(table, operation, **condition)}


def read_items(table: "Table", operation: str = "scan", **condition: Any) -> Iterator[Any]:  # noqa: ANN401  those of boto3
    """Yield the items of a scan or a query, page by page."""
    paginator: Any = table.meta.client.get_paginator(operation)  # type: ignore[call-overload]
    for page in paginator.paginate(TableName=table.name, ConsistentRead=True, **condition):
        yield from page["Items"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
