"""The resources of the CloudFormation template."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.storage.models import BaseItem
from chalicelib.storage.table import TTL_ATTRIBUTE
from tests.support.profile import rounds

if TYPE_CHECKING:
    from cloud.package import BuildArtifact


PROJECT = Path(__file__).parents[2]
# Quiet: without it, checkov also prints what passes.
CHECKOV = ["--framework", "cloudformation", "--skip-download", "--quiet", "--compact"]
# Three quarters of the template are the paths of the API, which all call the same function: linters
# compute for seconds on them.
PATHS = rounds(daily=4, nightly=1_000)


@pytest.fixture(scope="module")
def linted_template(artifact: BuildArtifact, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template; by day with only a few paths of the API."""
    template = json.loads(artifact.template.read_text())
    body = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    body["paths"] = dict([*body["paths"].items()][:PATHS])
    path = tmp_path_factory.mktemp("linted") / artifact.template.name
    path.write_text(json.dumps(template, indent=1))
    return path


def test_template_has_no_cfn_lint_findings(linted_template: Path) -> None:
    checked = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), linted_template],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.stdout + checked.stderr == ""
    assert checked.returncode == 0


def test_template_has_no_checkov_findings(linted_template: Path) -> None:
    checked = subprocess.run(
        [PROJECT / ".venv-checkov" / "bin" / "checkov", "--file", linted_template, *CHECKOV],
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


def test_every_function_may_use_the_encryption_key(template: dict[str, Any]) -> None:
    """With an encryption key, a function that may not use it can't read the table."""
    resources = template["Resources"]
    roles = {
        each["Properties"]["Role"]["Fn::GetAtt"][0]
        for each in resources.values()
        if each["Type"] == "AWS::Serverless::Function"
    }

    assert len(roles) > 3
    assert {each["Ref"] for each in resources["KeyUse"]["Properties"]["Roles"]} == roles


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


def test_app_reserves_concurrency(template: dict[str, Any], resources: dict[str, Any]) -> None:
    _, reserved, _ = resources["APIHandler"]["ReservedConcurrentExecutions"]["Fn::If"]

    assert reserved == {"Ref": "ReservedConcurrency"}
    assert template["Parameters"]["ReservedConcurrency"]["Default"] == 100


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


def test_dashboard_shows_the_apps_metrics(resources: dict[str, Any]) -> None:
    body = json.loads(resources["Dashboard"]["DashboardBody"]["Fn::Sub"])

    metrics = [metric for widget in body["widgets"] for metric in widget["properties"]["metrics"]]
    own = {metric[1] for metric in metrics if metric[0] == "MediLinkSlots"}
    assert own == {"Saves", "Bookings", "ConflictsRetried", "Latency"}
    assert "{MediLinkSlots,stage,code}" in str(metrics)
