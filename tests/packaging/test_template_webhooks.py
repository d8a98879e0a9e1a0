"""Webhooks in the CloudFormation template: the queue, its function, and what that may do."""

from __future__ import annotations

from typing import Any


def test_stream_function_gets_days_events_and_bookings(resources: dict[str, Any]) -> None:
    (source,) = resources["SlotsChanged"]["Events"].values()

    patterns = [each["Pattern"] for each in source["Properties"]["FilterCriteria"]["Filters"]]
    assert [pattern.split('"')[-2] for pattern in patterns] == ["DAY#", "EVENT#", "BOOKING#"]


def test_queue_feeds_one_message_at_a_time_to_some_functions(resources: dict[str, Any]) -> None:
    (event,) = resources["DeliverWebhooks"]["Events"].values()
    assert event["Type"] == "SQS"
    assert event["Properties"] == {
        "BatchSize": 1,
        "MaximumBatchingWindowInSeconds": 0,
        "Queue": {"Fn::GetAtt": ["WebhookQueue", "Arn"]},
        "ScalingConfig": {"MaximumConcurrency": 20},
    }


def test_a_message_that_fails_is_handled_again_and_then_kept(resources: dict[str, Any]) -> None:
    queue = resources["WebhookQueue"]
    dead_letters = {"Fn::GetAtt": ["WebhookDeadLetters", "Arn"]}
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == dead_letters
    assert queue["VisibilityTimeout"] >= 6 * resources["DeliverWebhooks"]["Timeout"]
    (dimension,) = resources["WebhooksUndelivered"]["Dimensions"]
    assert dimension["Value"] == {"Fn::GetAtt": ["WebhookDeadLetters", "QueueName"]}


def test_function_that_sends_reads_and_writes_webhooks_alone(resources: dict[str, Any]) -> None:
    actions = {
        action: statement
        for policy in resources["WebhooksRole"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        for action in statement["Action"]
    }
    of_table = {action for action in actions if action.startswith("dynamodb:")}
    assert of_table == {"dynamodb:GetItem", "dynamodb:PutItem"}
    for action in of_table:
        condition = actions[action]["Condition"]
        assert condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"] == [
            "WEBHOOK#*",
            "WEBHOOKS",
        ]
    assert actions["sqs:SendMessage"]["Resource"] == {"Fn::GetAtt": ["WebhookQueue", "Arn"]}


def test_only_a_rehearsal_sends_to_its_own_machine(resources: dict[str, Any]) -> None:
    for function in ("APIHandler", "DeliverWebhooks"):
        variables = resources[function]["Environment"]["Variables"]
        assert variables["WEBHOOK_LOOPBACK"] == {"Fn::If": ["IsRehearsal", "on", "off"]}
    assert "VpcConfig" not in resources["DeliverWebhooks"]
