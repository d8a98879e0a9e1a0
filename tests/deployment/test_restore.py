"""``cloud.restore`` copies a restored table back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest

from cloud import restore
from cloud.rehearsal import STACK
from local.identity_provider import stack_outputs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from cloud.rehearsal import Rehearsal

CURRENT_TABLE, RESTORED_TABLE = "now", "then"


@pytest.fixture
def dynamodb(rehearsal: Rehearsal) -> Iterator[DynamoDBClient]:
    """Two empty tables: the stack's and the restored one."""
    dynamodb = boto3.client("dynamodb")
    for name in (CURRENT_TABLE, RESTORED_TABLE):
        dynamodb.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": "PK", "AttributeType": "S"},
                {"AttributeName": "SK", "AttributeType": "S"},
            ],
            KeySchema=[
                {"AttributeName": "PK", "KeyType": "HASH"},
                {"AttributeName": "SK", "KeyType": "RANGE"},
            ],
        )
    yield dynamodb
    for name in (CURRENT_TABLE, RESTORED_TABLE):
        dynamodb.delete_table(TableName=name)


def put_days(
    dynamodb: DynamoDBClient, table: str, doctor_id: str, *days: int, version: int
) -> None:
    for day in days:
        item: dict[str, Any] = {
            "PK": {"S": f"DOCTOR#{doctor_id}"},
            "SK": {"S": f"DAY#{day}"},
            "version": {"N": str(version)},
        }
        dynamodb.put_item(TableName=table, Item=item)


def table_content(dynamodb: DynamoDBClient, table: str) -> set[tuple[str, str, str]]:
    items = dynamodb.scan(TableName=table)["Items"]
    return {(item["PK"]["S"], item["SK"]["S"], item["version"]["N"]) for item in items}


def test_restore_reverts_changes_and_deletes_new_items(dynamodb: DynamoDBClient) -> None:
    put_days(dynamodb, RESTORED_TABLE, "dr-lee", *range(60), version=1)
    put_days(dynamodb, CURRENT_TABLE, "dr-lee", *range(30), version=1)
    put_days(dynamodb, CURRENT_TABLE, "dr-lee", *range(30, 90), version=2)

    status = restore.main(["--restored", RESTORED_TABLE, "--table", CURRENT_TABLE, "--write"])

    assert status == 0
    assert table_content(dynamodb, CURRENT_TABLE) == table_content(dynamodb, RESTORED_TABLE)


def test_restore_without_write_changes_nothing(
    dynamodb: DynamoDBClient, capsys: pytest.CaptureFixture[str]
) -> None:
    put_days(dynamodb, RESTORED_TABLE, "dr-lee", 1, 2, version=1)
    put_days(dynamodb, CURRENT_TABLE, "dr-lee", 2, 3, version=2)
    before = table_content(dynamodb, CURRENT_TABLE)

    restore.main(["--restored", RESTORED_TABLE, "--table", CURRENT_TABLE])

    assert "2 items to put, 1 to delete in now" in capsys.readouterr().out
    assert table_content(dynamodb, CURRENT_TABLE) == before


def test_restore_of_one_doctor_leaves_others_unchanged(dynamodb: DynamoDBClient) -> None:
    for doctor_id in ("dr-lee", "dr-okafor"):
        put_days(dynamodb, RESTORED_TABLE, doctor_id, 1, version=1)
        put_days(dynamodb, CURRENT_TABLE, doctor_id, 1, 2, version=2)

    restore.main(
        ["--restored", RESTORED_TABLE, "--table", CURRENT_TABLE, "--doctor", "dr-lee", "--write"]
    )

    assert table_content(dynamodb, CURRENT_TABLE) == {
        ("DOCTOR#dr-lee", "DAY#1", "1"),
        ("DOCTOR#dr-okafor", "DAY#1", "2"),
        ("DOCTOR#dr-okafor", "DAY#2", "2"),
    }


def test_restore_keeps_the_audit_log_and_ended_sessions(dynamodb: DynamoDBClient) -> None:
    kept = ("AUDIT#dr-lee", "PERSON#sub-1", "LOGIN#state-1")
    for pk in kept:
        for table, sk, version in (
            (RESTORED_TABLE, "lost", "1"),
            (RESTORED_TABLE, "both", "1"),
            (CURRENT_TABLE, "both", "2"),
            (CURRENT_TABLE, "new", "2"),
        ):
            item: dict[str, Any] = {"PK": {"S": pk}, "SK": {"S": sk}, "version": {"N": version}}
            dynamodb.put_item(TableName=table, Item=item)

    restore.main(["--restored", RESTORED_TABLE, "--table", CURRENT_TABLE, "--write"])

    assert table_content(dynamodb, CURRENT_TABLE) == {
        (pk, sk, version)
        for pk in kept
        for sk, version in (("lost", "1"), ("both", "2"), ("new", "2"))
    }


def test_missing_table_is_reported(
    rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    status = restore.main(["--restored", "nowhere", "--table", stack_outputs(STACK)["TableName"]])

    assert status == 1
    assert capsys.readouterr().err.startswith("AWS reports an error: ")
