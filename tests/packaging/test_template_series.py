"""The nightly extension of series in the CloudFormation template."""

from __future__ import annotations

from typing import Any


def test_schedule_starts_the_extension_each_night(resources: dict[str, Any]) -> None:
    (event,) = resources["StartExtension"]["Events"].values()
    assert event == {"Type": "Schedule", "Properties": {"Schedule": "cron(30 1 * * ? *)"}}


def test_queue_feeds_one_message_at_a_time_to_few_functions(resources: dict[str, Any]) -> None:
    (event,) = resources["ExtendSeries"]["Events"].values()
    assert event["Type"] == "SQS"
    assert event["Properties"] == {
        "BatchSize": 1,
        "MaximumBatchingWindowInSeconds": 0,
        "Queue": {"Fn::GetAtt": ["SeriesQueue", "Arn"]},
        "ScalingConfig": {"MaximumConcurrency": 10},
    }


def test_a_message_that_fails_is_delivered_again_and_then_kept(resources: dict[str, Any]) -> None:
    queue = resources["SeriesQueue"]
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == {"Fn::GetAtt": ["DeadLetters", "Arn"]}
    assert queue["VisibilityTimeout"] >= 6 * resources["ExtendSeries"]["Timeout"]


def test_series_role_has_only_partitions_of_doctors_and_closures(resources: dict[str, Any]) -> None:
    statements = [
        statement
        for policy in resources["SeriesRole"]["Policies"]
        if policy["PolicyName"] == "table"
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    partitions = {
        partition
        for statement in statements
        for condition in statement["Condition"].values()
        if isinstance(condition["dynamodb:LeadingKeys"], list)
        for partition in condition["dynamodb:LeadingKeys"]
    }
    assert partitions == {"AUDIT#*", "CLOSURES", "DOCTOR#*", "DOCTORS", "SERIES"}
