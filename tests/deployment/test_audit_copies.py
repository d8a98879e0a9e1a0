"""The deployed stack copies its audit log."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import boto3

from cloud.rehearsal import STACK
from local.identity_provider import stack_outputs

if TYPE_CHECKING:
    from cloud.rehearsal import Rehearsal

TIMEOUT_SECONDS = 20
ITEM = {"PK": {"S": "AUDIT#dr-copied"}, "SK": {"S": "2026-11-23#at#r-1"}, "by": {"S": "kim"}}


def test_audit_item_is_copied_to_the_bucket(rehearsal: Rehearsal) -> None:
    outputs = stack_outputs(STACK)
    boto3.client("dynamodb").put_item(TableName=outputs["TableName"], Item=ITEM)

    bucket = boto3.resource("s3").Bucket(outputs["AuditBucket"])
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not (copies := [*bucket.objects.filter(Prefix="AUDIT#dr-copied/")]):
        assert time.monotonic() < deadline, "no copy was written"
        time.sleep(0.1)
    assert [copy.key for copy in copies] == ["AUDIT#dr-copied/2026-11-23#at#r-1"]
    record = json.loads(copies[0].get()["Body"].read())
    assert record["dynamodb"]["NewImage"] == ITEM
