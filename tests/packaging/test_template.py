"""The resources of the CloudFormation template."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from chalicelib.storage.models import BaseItem
from chalicelib.storage.table import TTL_ATTRIBUTE
from chalicelib.web.http.security_headers import (
    BASE_HEADERS,
    DEFAULT_HEADERS,
    DOCUMENT_HEADERS,
    HSTS_HEADERS,
)
from local import local_config

if TYPE_CHECKING:
    from cloud.package import BuildArtifact


PROJECT = Path(__file__).parents[2]
# Quiet: without it, checkov also prints what passes.
CHECKOV = ["--framework", "cloudformation", "--skip-download", "--quiet", "--compact"]


@pytest.fixture
def routes(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The app's paths."""
    for name, value in local_config.variables().items():
        monkeypatch.setenv(name, value)
    from app import app  # noqa: PLC0415  it reads the environment when it is imported

    return {*app.routes}


def test_template_has_no_cfn_lint_findings(artifact: BuildArtifact) -> None:
    checked = subprocess.run(  # noqa: S603
        [Path(sys.executable).with_name("cfn-lint"), artifact.template],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.stdout + checked.stderr == ""
    assert checked.returncode == 0


def test_template_has_no_checkov_findings(artifact: BuildArtifact) -> None:
    checked = subprocess.run(  # noqa: S603
        [PROJECT / ".venv-checkov" / "bin" / "checkov", "--file", artifact.template, *CHECKOV],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "Failed checks: 0" in checked.stdout


def test_checkov_skips_have_reasons(template: dict[str, Any]) -> None:
    skips = [
        skip
        for resource in template["Resources"].values()
        for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", [])
    ]

    assert len(skips) > 5
    assert [skip for skip in skips if len(skip["comment"]) < 20] == []


def test_table_has_keys_and_index_of_the_model(resources: dict[str, Any]) -> None:
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


def test_table_is_protected_and_recoverable(
    template: dict[str, Any], resources: dict[str, Any]
) -> None:
    table = resources["Table"]

    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["DeletionProtectionEnabled"]
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["SSESpecification"]["SSEEnabled"]
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    resource = template["Resources"]["Table"]
    assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"


def test_table_deletes_expired_items(resources: dict[str, Any]) -> None:
    assert resources["Table"]["TimeToLiveSpecification"] == {
        "AttributeName": TTL_ATTRIBUTE,
        "Enabled": True,
    }


def test_sign_in_redirects_to_the_api(template: dict[str, Any], resources: dict[str, Any]) -> None:
    url = template["Outputs"]["ApiUrl"]["Value"]

    assert resources["PageClient"]["CallbackURLs"] == [
        {"Fn::Sub": ["${Api}/sign-in/callback", {"Api": url}]}
    ]
    assert resources["PageClient"]["LogoutURLs"] == [{"Fn::Sub": ["${Api}/", {"Api": url}]}]


def test_sign_in_domain_is_unique_in_the_region(resources: dict[str, Any]) -> None:
    assert resources["SignInPages"]["Domain"] == {"Fn::Sub": "${AWS::StackName}-${AWS::AccountId}"}


def test_api_calls_function_by_name_without_reference(
    resources: dict[str, Any], routes: set[str]
) -> None:
    paths = resources["RestAPI"]["DefinitionBody"]["paths"]

    assert {*paths} == routes
    assert "APIHandler" not in json.dumps(resources["RestAPI"])
    for methods in paths.values():
        # API Gateway has no HEAD of its own.
        assert ("get" in methods) is ("head" in methods)
        for method in methods.values():
            _, names = method["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
            assert names["Name"] == resources["APIHandler"]["FunctionName"]


def test_api_has_head_wherever_it_has_get(resources: dict[str, Any]) -> None:
    paths = resources["RestAPI"]["DefinitionBody"]["paths"]

    assert {path for path in paths if "get" in paths[path]} == {
        path for path in paths if "head" in paths[path]
    }


def test_api_is_regional_compressed_and_throttled(resources: dict[str, Any]) -> None:
    api = resources["RestAPI"]

    assert api["EndpointConfiguration"] == "REGIONAL"
    assert api["MinimumCompressionSize"] == 1024
    (settings,) = api["MethodSettings"]
    assert (settings["ResourcePath"], settings["HttpMethod"]) == ("/*", "*")
    assert {"ThrottlingRateLimit", "ThrottlingBurstLimit"} < settings.keys()


def test_api_requires_tls_1_2_with_forward_secrecy(resources: dict[str, Any]) -> None:
    # By default API Gateway accepts TLS 1.0.
    assert resources["RestAPI"]["SecurityPolicy"].startswith("SecurityPolicy_TLS13_1_2_PFS_")
    assert resources["RestAPI"]["EndpointAccessMode"] == "BASIC"


def test_firewall_limits_addresses_and_tokens(
    template: dict[str, Any], resources: dict[str, Any]
) -> None:
    rules = {rule["Name"]: rule for rule in resources["WebAcl"]["Rules"]}

    limits = {
        name: rule["Statement"]["RateBasedStatement"]["Limit"]["Ref"]
        for name, rule in rules.items()
    }
    assert limits == {
        "anonymous-requests-per-address": "AnonymousRequestsPerAddress",
        "requests-per-address": "RequestsPerAddress",
        "requests-per-token": "RequestsPerToken",
    }
    for rule in rules.values():
        response = rule["Action"]["Block"]["CustomResponse"]
        assert response["ResponseCode"] == 429
        headers = {header["Name"]: header["Value"] for header in response["ResponseHeaders"]}
        assert headers == {
            "Retry-After": "300",
            **BASE_HEADERS,
            **DEFAULT_HEADERS,
            **DOCUMENT_HEADERS,
            **HSTS_HEADERS,
        }
    assert "RestAPI" in resources["WebAclOfApi"]["ResourceArn"]["Fn::Sub"]
    assert template["Conditions"]["HasFirewall"] == {"Fn::Equals": [{"Ref": "Firewall"}, "on"]}
    assert template["Parameters"]["Firewall"]["Default"] == "on"


def test_app_reserves_concurrency(template: dict[str, Any], resources: dict[str, Any]) -> None:
    _, reserved, _ = resources["APIHandler"]["ReservedConcurrentExecutions"]["Fn::If"]

    assert reserved == {"Ref": "ReservedConcurrency"}
    assert template["Parameters"]["ReservedConcurrency"]["Default"] == 100


def test_people_need_a_second_factor_and_choose_their_passwords(
    template: dict[str, Any], resources: dict[str, Any]
) -> None:
    pool = resources["UserPool"]

    assert (pool["MfaConfiguration"], pool["EnabledMfas"]) == ("ON", ["SOFTWARE_TOKEN_MFA"])
    password = pool["Policies"]["PasswordPolicy"]
    # ASVS 5.0: 6.2.1 recommends 15 characters, 6.2.5 forbids rules about kinds of characters.
    assert password["MinimumLength"] == 15
    assert [name for name, value in password.items() if name.startswith("Require") and value] == []
    assert password["TemporaryPasswordValidityDays"] <= 7
    assert pool["AccountRecoverySetting"]["RecoveryMechanisms"][0]["Name"] == "verified_email"
    assert pool["DeletionProtection"] == "ACTIVE"
    assert template["Resources"]["UserPool"]["DeletionPolicy"] == "Retain"


def test_each_booking_site_has_its_own_client(
    template: dict[str, Any], resources: dict[str, Any]
) -> None:
    sites = template["Metadata"]["BookingSites"]
    accepted = resources["APIHandler"]["Environment"]["Variables"]["OIDC_MACHINE_CLIENTS"]

    assert len(sites) > 1
    for key, site in sites.items():
        client = resources[f"{key}Client"]
        assert (client["ClientName"], client["GenerateSecret"]) == (site["name"], True)
        assert client["AllowedOAuthScopes"] == site["scopes"]
        assert template["Outputs"][f"{key}ClientId"]["Value"] == {"Ref": f"{key}Client"}
        assert f"${{{key}Client}}={quote(site['name'])}" in accepted["Fn::Sub"].split()


def test_session_key_is_generated_and_read_by_the_app_only(
    template: dict[str, Any], resources: dict[str, Any]
) -> None:
    assert resources["SessionKey"]["GenerateSecretString"]["PasswordLength"] >= 32
    readers = [
        name
        for name, each in template["Resources"].items()
        if each["Type"] == "AWS::IAM::Role" and "secretsmanager" in json.dumps(each)
    ]
    assert readers == ["AppRole"]
    users = [
        name
        for name, each in template["Resources"].items()
        if each["Type"] == "AWS::Serverless::Function" and "SessionKey" in json.dumps(each)
    ]
    assert users == ["APIHandler"]


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


def test_access_log_is_json_with_address_and_without_caller(resources: dict[str, Any]) -> None:
    line = resources["RestAPI"]["AccessLogSetting"]["Format"]

    assert json.loads(line)["status"] == "$context.status"
    assert json.loads(line)["source_address"] == "$context.identity.sourceIp"
    logged = set(re.findall(r"\$context\.([A-Za-z.]+)", line))
    assert logged == {
        "error.responseType",
        "httpMethod",
        "identity.sourceIp",
        "integrationLatency",
        "requestId",
        "requestTime",
        "resourcePath",
        "responseLatency",
        "responseLength",
        "status",
    }


def test_addresses_are_kept_for_90_days_at_most(
    template: dict[str, Any], resources: dict[str, Any]
) -> None:
    _, _, days = resources["AccessLog"]["RetentionInDays"]["Fn::FindInMap"]

    stages = template["Mappings"]["Stages"]
    assert {stage: values[days] for stage, values in stages.items()} == {"dev": 14, "prod": 90}


def test_gateway_errors_are_problem_details(resources: dict[str, Any]) -> None:
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


def test_logs_expire_and_alarms_notify(template: dict[str, Any], resources: dict[str, Any]) -> None:
    kinds = {name: each["Type"] for name, each in template["Resources"].items()}

    groups = [resources[name] for name, kind in kinds.items() if kind == "AWS::Logs::LogGroup"]
    alarms = [resources[name] for name, kind in kinds.items() if kind == "AWS::CloudWatch::Alarm"]
    assert [group for group in groups if "RetentionInDays" not in group] == []
    assert {alarm["MetricName"] for alarm in alarms} >= {
        "5XXError",
        "AuditItemsChanged",
        "ApproximateNumberOfMessagesVisible",
        "Conflicts",
        "ConflictsRetried",
        "Errors",
        "Forbidden",
        "Holds",
        "IteratorAge",
        "Latency",
        "ReadThrottleEvents",
        "Throttles",
        "TransactionConflict",
        "Unauthorized",
        "UnreadableItems",
        "WriteThrottleEvents",
    }
    for alarm in alarms:
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "Alarms"}]


def test_no_role_has_wildcard_permissions(
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
    prefixes = ("${Table.Arn}/stream/*", "${AuditCopies.Arn}/AUDIT#*")
    for statement in statements:
        text = json.dumps({**statement, "Condition": ""})
        for prefix in prefixes:
            text = text.replace(prefix, "")
        assert "*" not in text
        assert "dynamodb:Scan" not in statement["Action"]


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
        "sqs:SendMessage": {"Fn::GetAtt": ["DeadLetters", "Arn"]},
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


def test_dashboard_shows_the_apps_metrics(resources: dict[str, Any]) -> None:
    body = json.loads(resources["Dashboard"]["DashboardBody"]["Fn::Sub"])

    metrics = [metric for widget in body["widgets"] for metric in widget["properties"]["metrics"]]
    own = {metric[1] for metric in metrics if metric[0] == "MediLinkSlots"}
    assert own == {"Saves", "Bookings", "ConflictsRetried", "Latency"}
    assert "{MediLinkSlots,stage,code}" in str(metrics)
