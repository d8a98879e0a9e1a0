"""What the template asks AWS for."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.storage.models import BaseItem
from local import local_config

if TYPE_CHECKING:
    from cloud.artefact import Artefact


@pytest.fixture
def routes(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The paths of the app."""
    for name, value in local_config.variables().items():
        monkeypatch.setenv(name, value)
    from app import app  # noqa: PLC0415  it reads the environment when it is imported

    return {*app.routes}


def test_cloudformation_would_find_nothing_to_say(made: Artefact) -> None:
    checked = subprocess.run(  # noqa: S603
        [Path(sys.executable).with_name("cfn-lint"), made.template],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.stdout + checked.stderr == ""
    assert checked.returncode == 0


def test_the_table_has_the_keys_and_the_index_of_the_codes_own_model(
    resources: dict[str, Any],
) -> None:
    table, model = resources["Table"], BaseItem._get_schema()

    assert table["KeySchema"] == model["key_schema"]
    assert table["AttributeDefinitions"] == model["attribute_definitions"]
    assert table["GlobalSecondaryIndexes"] == [
        {
            "IndexName": index["index_name"],
            "KeySchema": index["key_schema"],
            "Projection": index["projection"],
        }
        for index in model["global_secondary_indexes"]
    ]


def test_the_table_outlives_mistakes(template: dict[str, Any], resources: dict[str, Any]) -> None:
    table = resources["Table"]

    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["DeletionProtectionEnabled"]
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["SSESpecification"] == {"SSEEnabled": True}
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    stays = template["Resources"]["Table"]
    assert stays["DeletionPolicy"] == stays["UpdateReplacePolicy"] == "Retain"


def test_nothing_is_deleted_by_its_age_since_nothing_says_when(resources: dict[str, Any]) -> None:
    assert "TimeToLiveSpecification" not in resources["Table"]


def test_people_come_back_from_the_issuer_to_this_very_api(
    template: dict[str, Any], resources: dict[str, Any]
) -> None:
    url = template["Outputs"]["ApiUrl"]["Value"]

    assert resources["PageClient"]["CallbackURLs"] == [
        {"Fn::Sub": ["${Api}/sign-in/callback", {"Api": url}]}
    ]
    assert resources["PageClient"]["LogoutURLs"] == [{"Fn::Sub": ["${Api}/", {"Api": url}]}]


def test_the_api_knows_its_function_by_name_so_that_nothing_goes_round_in_a_circle(
    resources: dict[str, Any], routes: set[str]
) -> None:
    paths = resources["RestAPI"]["DefinitionBody"]["paths"]

    assert {*paths} == routes
    assert "APIHandler" not in json.dumps(resources["RestAPI"])
    for methods in paths.values():
        for method in methods.values():
            _, names = method["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
            assert names["Name"] == resources["APIHandler"]["FunctionName"]


def test_the_api_is_regional_compressed_and_throttled(resources: dict[str, Any]) -> None:
    api = resources["RestAPI"]

    assert api["EndpointConfiguration"] == "REGIONAL"
    assert api["MinimumCompressionSize"] == 1024
    (everywhere,) = api["MethodSettings"]
    assert (everywhere["ResourcePath"], everywhere["HttpMethod"]) == ("/*", "*")
    assert {"ThrottlingRateLimit", "ThrottlingBurstLimit"} < everywhere.keys()


def test_the_log_of_requests_is_json_without_personal_data(resources: dict[str, Any]) -> None:
    line = resources["RestAPI"]["AccessLogSetting"]["Format"]

    assert json.loads(line)["status"] == "$context.status"
    told = set(re.findall(r"\$context\.([A-Za-z.]+)", line))
    assert told == {
        "error.responseType",
        "httpMethod",
        "integrationLatency",
        "requestId",
        "requestTime",
        "resourcePath",
        "responseLatency",
        "responseLength",
        "status",
    }


def test_what_the_gateway_refuses_itself_has_the_shape_of_every_error(
    resources: dict[str, Any],
) -> None:
    responses = resources["RestAPI"]["GatewayResponses"]

    for response in responses.values():
        headers = response["ResponseParameters"]["Headers"]
        problem = json.loads(response["ResponseTemplates"]["application/json"])
        assert headers["Content-Type"] == "'application/problem+json'"
        assert headers["Cache-Control"] == "'no-store'"
        assert headers["X-Content-Type-Options"] == "'nosniff'"
        assert headers["Strict-Transport-Security"] == "'max-age=31536000'"
        assert problem.keys() == {"type", "title", "status", "detail", "errors"}
        assert str(problem["status"]) == response["StatusCode"]
    assert responses["MISSING_AUTHENTICATION_TOKEN"]["StatusCode"] == "404"
    statuses = {int(response["StatusCode"]) for response in responses.values()}
    assert statuses >= {400, 404, 413, 415, 429, 500, 504}
    assert responses["THROTTLED"]["ResponseParameters"]["Headers"]["Retry-After"] == "'1'"


def test_logs_end_and_every_alarm_is_told(
    template: dict[str, Any], resources: dict[str, Any]
) -> None:
    kinds = {name: each["Type"] for name, each in template["Resources"].items()}

    groups = [resources[name] for name, kind in kinds.items() if kind == "AWS::Logs::LogGroup"]
    alarms = [resources[name] for name, kind in kinds.items() if kind == "AWS::CloudWatch::Alarm"]
    assert [group for group in groups if "RetentionInDays" not in group] == []
    assert {alarm["MetricName"] for alarm in alarms} >= {
        "5XXError",
        "ApproximateNumberOfMessagesVisible",
        "ConflictsRetried",
        "Errors",
        "IteratorAge",
        "Latency",
        "ReadThrottleEvents",
        "Throttles",
        "TransactionConflict",
        "WriteThrottleEvents",
    }
    for alarm in alarms:
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "Alarms"}]


def test_no_role_may_do_anything_to_anything(
    template: dict[str, Any], resources: dict[str, Any]
) -> None:
    roles = [
        resources[name]
        for name, each in template["Resources"].items()
        if each["Type"] == "AWS::IAM::Role"
    ]

    statements = [
        statement
        for role in roles
        for policy in role.get("Policies", [])
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    assert len(statements) > 2
    all_streams_of_the_table = "${Table.Arn}/stream/*"
    for statement in statements:
        assert "*" not in json.dumps(statement).replace(all_streams_of_the_table, "")
        assert "dynamodb:Scan" not in statement["Action"]


def test_the_function_that_tells_followers_reads_the_stream_tells_one_bus_and_writes_nothing(
    resources: dict[str, Any],
) -> None:
    policies = resources["FollowersRole"]["Policies"]
    may = {
        action: statement["Resource"]
        for policy in policies
        for statement in policy["PolicyDocument"]["Statement"]
        for action in statement["Action"]
    }

    assert may == {
        "dynamodb:DescribeStream": {"Fn::GetAtt": ["Table", "StreamArn"]},
        "dynamodb:GetRecords": {"Fn::GetAtt": ["Table", "StreamArn"]},
        "dynamodb:GetShardIterator": {"Fn::GetAtt": ["Table", "StreamArn"]},
        "dynamodb:ListStreams": {"Fn::Sub": "${Table.Arn}/stream/*"},
        "events:PutEvents": {"Fn::GetAtt": ["EventBus", "Arn"]},
        "logs:CreateLogStream": {"Fn::GetAtt": ["FollowersLog", "Arn"]},
        "logs:PutLogEvents": {"Fn::GetAtt": ["FollowersLog", "Arn"]},
        "sqs:SendMessage": {"Fn::GetAtt": ["DeadLetters", "Arn"]},
    }


def test_the_stream_is_gone_on_with_after_a_failure_and_what_is_given_up_is_noticed(
    resources: dict[str, Any],
) -> None:
    (source,) = resources["SlotsChanged"]["Events"].values()
    listens = source["Properties"]

    assert listens["Stream"] == {"Fn::GetAtt": ["Table", "StreamArn"]}
    assert listens["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert listens["BisectBatchOnFunctionError"]
    assert listens["MaximumRetryAttempts"] > 0
    assert listens["MaximumRecordAgeInSeconds"] > 0
    dead_letters = listens["DestinationConfig"]["OnFailure"]
    assert dead_letters == {"Type": "SQS", "Destination": {"Fn::GetAtt": ["DeadLetters", "Arn"]}}
    (dimension,) = resources["ChangesGivenUp"]["Dimensions"]
    assert dimension["Value"] == {"Fn::GetAtt": ["DeadLetters", "QueueName"]}


def test_the_dashboard_shows_the_apps_own_metrics_of_its_stage(resources: dict[str, Any]) -> None:
    body = json.loads(resources["Dashboard"]["DashboardBody"]["Fn::Sub"])

    metrics = [metric for widget in body["widgets"] for metric in widget["properties"]["metrics"]]
    own = {metric[1] for metric in metrics if metric[0] == "MediLinkSlots"}
    assert own == {"Saves", "Bookings", "ConflictsRetried", "Latency"}
    assert "{MediLinkSlots,stage,code}" in str(metrics)
