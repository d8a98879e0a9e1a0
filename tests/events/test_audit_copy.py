"""The write-once copy of the audit log: what the bucket keeps of audit items."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from msgspec import structs

from chalicelib import bootstrap
from chalicelib.settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3 import S3Client

    from tests.support.app_client import AppClient
    from tests.support.stream_and_queue import Stream

BUCKET = "audit-copies"
ITEM = {"PK": {"S": "AUDIT#dr-lee"}, "SK": {"S": "2026-11-23#20261122T120000000000Z#r-1"}}
KEY = "AUDIT#dr-lee/2026-11-23#20261122T120000000000Z#r-1"
BY_KIM, BY_SAM = {"by": {"S": "kim"}}, {"by": {"S": "sam"}}


@pytest.fixture
def s3(ministack: str) -> Iterator[S3Client]:
    """An empty bucket with Object Lock, as in the template."""
    s3 = boto3.client("s3", endpoint_url=ministack)
    s3.create_bucket(
        Bucket=BUCKET,
        ObjectLockEnabledForBucket=True,
        CreateBucketConfiguration={"LocationConstraint": "eu-west-2"},
    )
    s3.put_object_lock_configuration(
        Bucket=BUCKET,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Years": 6}},
        },
    )
    yield s3
    for version in s3.list_object_versions(Bucket=BUCKET).get("Versions", []):
        s3.delete_object(
            Bucket=BUCKET,
            Key=version["Key"],
            VersionId=version["VersionId"],
            BypassGovernanceRetention=True,
        )
    s3.delete_bucket(Bucket=BUCKET)


@pytest.fixture
def log(client: AppClient, ministack: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The log of a function that copies audit items."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", ministack)
    lines: list[str] = []
    settings = structs.replace(
        client.services.settings, stage="prod", audit_bucket=BUCKET, has_request_log=True
    )
    bootstrap.set_services(bootstrap.build_services(settings, now=client.clock, log=lines.append))
    return lines


def invoke_handler(client: AppClient, event: dict[str, Any]) -> dict[str, Any]:
    response: dict[str, Any] = client.chalice_client.lambda_.invoke(
        "copy_audit_items", event
    ).payload
    return response


def stored_versions(s3: S3Client) -> list[dict[str, Any]]:
    """Return the records in the bucket, oldest first."""
    versions = s3.list_object_versions(Bucket=BUCKET).get("Versions", [])
    return [
        json.loads(
            s3.get_object(Bucket=BUCKET, Key=version["Key"], VersionId=version["VersionId"])[
                "Body"
            ].read()
        )
        for version in reversed(versions)
    ]


def put_audit_item(client: AppClient, attributes: dict[str, Any]) -> None:
    client.dynamodb.put_item(TableName=client.services.settings.table_name, Item=ITEM | attributes)


def test_new_audit_item_is_copied_and_locked(
    client: AppClient, stream: Stream, s3: S3Client, log: list[str]
) -> None:
    put_audit_item(client, BY_KIM)

    assert invoke_handler(client, stream.read_event()) == {"batchItemFailures": []}

    (record,) = stored_versions(s3)
    assert (record["eventName"], record["dynamodb"]["NewImage"]) == ("INSERT", ITEM | BY_KIM)
    retention = s3.get_object_retention(Bucket=BUCKET, Key=KEY)["Retention"]
    assert retention["Mode"] == "GOVERNANCE"
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(
            Bucket=BUCKET,
            Key=KEY,
            VersionId=s3.head_object(Bucket=BUCKET, Key=KEY)["VersionId"],
        )
    assert "AuditItemsChanged" not in log[0]


def test_other_items_are_not_copied(
    client: AppClient, stream: Stream, s3: S3Client, log: list[str]
) -> None:
    client.save("09:00")
    event = stream.read_event()
    event["Records"] = [
        record
        for record in event["Records"]
        if not record["dynamodb"]["Keys"]["PK"]["S"].startswith("AUDIT#")
    ]

    invoke_handler(client, event)

    assert stored_versions(s3) == []


def test_changed_and_deleted_audit_items_are_copied_and_counted(
    client: AppClient, stream: Stream, s3: S3Client, log: list[str]
) -> None:
    put_audit_item(client, BY_KIM)
    put_audit_item(client, BY_SAM)
    client.dynamodb.delete_item(TableName=client.services.settings.table_name, Key=ITEM)

    invoke_handler(client, stream.read_event())

    records = stored_versions(s3)
    images = [
        (each["eventName"], each["dynamodb"].get("OldImage"), each["dynamodb"].get("NewImage"))
        for each in records
    ]
    assert images == [
        ("INSERT", None, ITEM | BY_KIM),
        ("MODIFY", ITEM | BY_KIM, ITEM | BY_SAM),
        ("REMOVE", ITEM | BY_SAM, None),
    ]
    line = json.loads(log[-1])
    assert (line["copied"], line["AuditItemsChanged"], line["stage"]) == (3, 2, "prod")
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Metrics"] == [{"Name": "AuditItemsChanged", "Unit": "Count"}]
    assert "kim" not in log[-1]


def test_failed_copy_is_retried_from_its_record(
    client: AppClient, stream: Stream, log: list[str]
) -> None:
    put_audit_item(client, BY_KIM)
    event = stream.read_event()

    response = invoke_handler(client, event)

    failed = event["Records"][0]["dynamodb"]["SequenceNumber"]
    assert response == {"batchItemFailures": [{"itemIdentifier": failed}]}
    line = json.loads(log[-1])
    assert (line["level"], line["retry_from"], line["error"]) == ("ERROR", failed, "NoSuchBucket")


def test_missing_bucket_setting_fails_and_is_named(client: AppClient, stream: Stream) -> None:
    put_audit_item(client, BY_KIM)

    with pytest.raises(SettingsError, match="AUDIT_BUCKET is not set"):
        invoke_handler(client, stream.read_event())
