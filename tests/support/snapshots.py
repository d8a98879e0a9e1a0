"""Snapshots of a table, so that a test need not rebuild what the one before left as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import WriteRequestUnionTypeDef


RawItem = dict[str, Any]


def restore(
    dynamodb: DynamoDBClient, table_name: str, current: Sequence[RawItem], wanted: Sequence[RawItem]
) -> None:
    """Write and delete the items in which ``current`` differs from ``wanted``."""
    now, then = _by_key(current), _by_key(wanted)
    writes: list[WriteRequestUnionTypeDef] = [
        {"DeleteRequest": {"Key": {"PK": {"S": pk}, "SK": {"S": sk}}}}
        for pk, sk in now.keys() - then.keys()
    ]
    changed = [item for key, item in then.items() if now.get(key) != item]
    writes += [{"PutRequest": {"Item": item}} for item in changed]
    while writes:
        dynamodb.batch_write_item(RequestItems={table_name: writes[:25]})
        del writes[:25]


def _by_key(items: Sequence[RawItem]) -> dict[tuple[str, str], RawItem]:
    return {(item["PK"]["S"], item["SK"]["S"]): item for item in items}


def comparable_items(items: Sequence[RawItem]) -> list[RawItem]:
    """What is stored, apart from how often it was stored."""
    counted = {"day": "revision", "doctor": "version"}
    return [
        {name: value for name, value in item.items() if name != counted.get(item["type"]["S"])}
        for item in items
    ]
