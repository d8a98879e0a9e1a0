"""``cloud.erase`` removes a patient's reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest

from chalicelib.domain.booking import ERASED_REFERENCE
from cloud import erase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from cloud.rehearsal import Rehearsal

TABLE = "bookings"
RECORD = {"PK": "BOOKING#site#b-1", "SK": "BOOKING"}
OLD_SLOT = {"PK": "DOCTOR#dr-lee", "SK": "SLOT#2026-10-01T09:00Z", "end": "2026-10-01T09:30Z"}
NEW_SLOT = {"PK": "DOCTOR#dr-lee", "SK": "SLOT#2026-12-01T09:00Z", "end": "2026-12-01T09:30Z"}


@pytest.fixture
def dynamodb(rehearsal: Rehearsal) -> Iterator[DynamoDBClient]:
    """A table with a booking record, and with slots as an earlier release wrote them."""
    dynamodb = boto3.client("dynamodb")
    dynamodb.create_table(
        TableName=TABLE,
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
    for item, reference in ((RECORD, "ref-1"), (OLD_SLOT, "ref-2"), (NEW_SLOT, "ref-1")):
        attributes = item | {"booking_id": "b-1", "patient_reference": reference}
        dynamodb.put_item(
            TableName=TABLE, Item={name: {"S": value} for name, value in attributes.items()}
        )
    yield dynamodb
    dynamodb.delete_table(TableName=TABLE)


def references(dynamodb: DynamoDBClient) -> dict[str, str | None]:
    """Return the reference of each item, all of which still have their booking."""
    items: list[dict[str, Any]] = dynamodb.scan(TableName=TABLE)["Items"]
    assert [item["booking_id"]["S"] for item in items] == ["b-1", "b-1", "b-1"]
    return {item["SK"]["S"]: item.get("patient_reference", {}).get("S") for item in items}


def test_erase_removes_the_reference_everywhere(
    dynamodb: DynamoDBClient, capsys: pytest.CaptureFixture[str]
) -> None:
    status = erase.main(["--table", TABLE, "--reference", "ref-1", "--write"])

    assert status == 0
    assert references(dynamodb) == {
        RECORD["SK"]: ERASED_REFERENCE,
        OLD_SLOT["SK"]: "ref-2",
        NEW_SLOT["SK"]: None,
    }
    printed = capsys.readouterr().out
    assert "BOOKING#site#b-1 BOOKING\n" in printed
    assert "Removed from 2 items of bookings." in printed
    assert "ref-1" not in printed


def test_erase_without_write_changes_nothing(
    dynamodb: DynamoDBClient, capsys: pytest.CaptureFixture[str]
) -> None:
    erase.main(["--table", TABLE, "--reference", "ref-1"])

    assert None not in references(dynamodb).values()
    assert "2 items of bookings. Nothing was written" in capsys.readouterr().out


def test_erase_of_ended_slots_leaves_coming_ones(dynamodb: DynamoDBClient) -> None:
    erase.main(["--table", TABLE, "--ended-before", "2026-11-01", "--write"])

    assert references(dynamodb) == {
        RECORD["SK"]: "ref-1",
        OLD_SLOT["SK"]: None,
        NEW_SLOT["SK"]: "ref-1",
    }


def test_erase_of_one_item_says_so(
    dynamodb: DynamoDBClient, capsys: pytest.CaptureFixture[str]
) -> None:
    erase.main(["--table", TABLE, "--reference", "ref-2"])
    erase.main(["--table", TABLE, "--reference", "ref-2", "--write"])

    printed = capsys.readouterr().out
    assert "\n1 item of bookings. Nothing was written" in printed
    assert "Removed from 1 item of bookings." in printed
    assert references(dynamodb)[OLD_SLOT["SK"]] is None


def test_missing_table_is_reported(
    rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    status = erase.main(["--table", "nowhere", "--reference", "ref-1"])

    assert status == 1
    assert capsys.readouterr().err.startswith("AWS reports an error: ")
