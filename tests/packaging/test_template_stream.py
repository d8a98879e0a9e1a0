"""What reads the table's stream in the CloudFormation template: events and audit copies."""

from __future__ import annotations

from typing import Any


def test_only_the_app_sends_events(resources: dict[str, Any]) -> None:
    (statement,) = resources["EventBus"]["Policy"]["Statement"]

    assert (statement["Effect"], statement["Action"]) == ("Deny", "events:PutEvents")
    assert statement["Condition"] == {
        "ArnNotEquals": {"aws:PrincipalArn": {"Fn::GetAtt": ["EventsRole", "Arn"]}}
    }


def test_audit_copies_cannot_be_changed(
    template: dict[str, Any], resources: dict[str, Any]
) -> None:
    bucket = resources["AuditCopies"]

    assert bucket["ObjectLockEnabled"]
    retention = bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert retention == {"Mode": {"Ref": "AuditLock"}, "Years": {"Ref": "AuditYears"}}
    assert template["Parameters"]["AuditYears"]["Default"] == 6
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert template["Resources"]["AuditCopies"]["DeletionPolicy"] == "Retain"


def test_audit_role_reads_stream_and_copies_only(resources: dict[str, Any]) -> None:
    actions = {
        action: statement["Resource"]
        for policy in resources["AuditRole"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        for action in statement["Action"]
    }

    assert actions["s3:PutObject"] == {"Fn::Sub": "${AuditCopies.Arn}/AUDIT#*"}
    assert {action for action in actions if not action.startswith(("dynamodb:", "logs:"))} == {
        "s3:PutObject",
        "sqs:SendMessage",
    }


def test_events_role_reads_stream_and_publishes_only(resources: dict[str, Any]) -> None:
    policies = resources["EventsRole"]["Policies"]
    permissions = {
        action: statement["Resource"]
        for policy in policies
        for statement in policy["PolicyDocument"]["Statement"]
        for action in statement["Action"]
    }

    assert permissions == {
        "dynamodb:DescribeStream": {"Fn::GetAtt": ["Table", "StreamArn"]},
        "dynamodb:GetRecords": {"Fn::GetAtt": ["Table", "StreamArn"]},
        "dynamodb:GetShardIterator": {"Fn::GetAtt": ["Table", "StreamArn"]},
        "dynamodb:ListStreams": {"Fn::Sub": "${Table.Arn}/stream/*"},
        "events:PutEvents": resources["EventBus"]["Policy"]["Statement"][0]["Resource"],
        "logs:CreateLogStream": {"Fn::GetAtt": ["EventsLog", "Arn"]},
        "logs:PutLogEvents": {"Fn::GetAtt": ["EventsLog", "Arn"]},
        "dynamodb:Query": {"Fn::GetAtt": ["Table", "Arn"]},
        "sqs:SendMessage": [
            {"Fn::GetAtt": ["DeadLetters", "Arn"]},
            {"Fn::GetAtt": ["WebhookQueue", "Arn"]},
        ],
    }


def test_stream_failures_retry_then_reach_the_dead_letters(resources: dict[str, Any]) -> None:
    (source,) = resources["SlotsChanged"]["Events"].values()
    mapping = source["Properties"]

    assert mapping["Stream"] == {"Fn::GetAtt": ["Table", "StreamArn"]}
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["BisectBatchOnFunctionError"]
    assert mapping["MaximumRetryAttempts"] > 0
    assert mapping["MaximumRecordAgeInSeconds"] > 0
    dead_letters = mapping["DestinationConfig"]["OnFailure"]
    assert dead_letters == {"Type": "SQS", "Destination": {"Fn::GetAtt": ["DeadLetters", "Arn"]}}
    (dimension,) = resources["EventsUndelivered"]["Dimensions"]
    assert dimension["Value"] == {"Fn::GetAtt": ["DeadLetters", "QueueName"]}
