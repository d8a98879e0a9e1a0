"""``scripts/deploy``: creating and updating a stack, and what it rejects."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from cloud import deploy, stack
from cloud.package import PROJECT, BuildArtifact, hash_sources
from cloud.rehearsal import STACK
from local import CommandError, identity_provider
from local.identity_provider import stack_outputs
from tests.support.http_browser import HttpBrowser

if TYPE_CHECKING:
    from pathlib import Path

    import requests

    from cloud.rehearsal import Rehearsal


def test_deploying_the_same_package_changes_nothing(
    rehearsal: Rehearsal, capfd: pytest.CaptureFixture[str]
) -> None:
    status = deploy.main(["--stack", STACK, "--yes"])

    printed = capfd.readouterr()
    assert status == 0
    assert "No changes to deploy" in printed.out
    assert f"Ready: {rehearsal.page_url}" in printed.out


def test_new_session_key_ends_no_session(rehearsal: Rehearsal) -> None:
    browser = HttpBrowser()
    page = browser.get(rehearsal.page_url)
    user = {"username": "dr-lee", "password": rehearsal.password}
    browser.submit(page, "form:has([name=password])", **user)

    boto3.client("secretsmanager").put_secret_value(
        SecretId=stack_outputs(STACK)["SessionKeySecret"], SecretString="n" * 64
    )

    assert browser.get(rehearsal.page_url, allow_redirects=False).status_code == 200


def test_options_choose_the_bucket_and_allow_an_admin_token(
    rehearsal: Rehearsal, artifact: BuildArtifact
) -> None:
    bucket = boto3.resource("s3").create_bucket(
        Bucket="own", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"}
    )
    bucket.Versioning().enable()
    settings = ["--set", "TokensByPassword=allowed", "--set", "AuditYears=7"]

    status = deploy.main(["--stack", STACK, "--yes", "--bucket", "own", *settings])

    assert status == 0
    assert artifact.zip.stat().st_size in {each.size for each in bucket.objects.all()}
    assert put_doctor(rehearsal).status_code == 201
    parameters = boto3.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    values = {each["ParameterKey"]: each["ParameterValue"] for each in parameters["Parameters"]}
    assert values["AuditYears"] == "7"


def put_doctor(rehearsal: Rehearsal) -> requests.Response:
    """Create a doctor as an admin, with a token for a user name and a password."""
    token = identity_provider.user_token(identity_provider.load(STACK), "alex")
    settings: Any = {
        "name": "Dr Noor Haddad",
        "specialty": "cardiology",
        "location": "London",
        "time_zone": "Europe/London",
        "slot_minutes": 30,
        "sessions": [{"from": "09:00", "to": "12:00"}],
    }
    return HttpBrowser().put(
        f"{rehearsal.api_url}/doctors/dr-haddad",
        json=settings,
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
    )


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("n\n", "another is not deployed, because you did not confirm it."),
        ("", "sam deploy failed or was not confirmed"),
    ],
    ids=["no", "no terminal"],
)
def test_unconfirmed_change_set_is_shown_and_not_executed(
    rehearsal: Rehearsal, answer: str, message: str
) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "cloud.deploy", "--stack", "another", "--set", "Firewall=off"],
        cwd=PROJECT,
        input=answer,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 1
    assert ["+", "Add", "Table", "AWS::DynamoDB::Table", "N/A"] in map(
        str.split, ran.stdout.splitlines()
    )
    assert "Deploy this changeset? [y/N]" in ran.stdout
    assert message in ran.stderr
    assert stack.get_stack("another") is None


def test_failed_creation_reports_the_resource_and_blocks_updates(
    rehearsal: Rehearsal, artifact: BuildArtifact, tmp_path: Path
) -> None:
    broken = BuildArtifact(tmp_path / "dev")
    shutil.copytree(artifact.folder, broken.folder)
    template = json.loads(artifact.template.read_text())
    template["Resources"]["PageClient"]["Properties"]["UserPoolId"] = "eu-west-2_nowhere"
    broken.template.write_text(json.dumps(template))

    with pytest.raises(CommandError, match=r"CREATE_FAILED +\S+ +PageClient "):
        stack.deploy(broken, "broken", {"Firewall": "off"}, is_quiet=True)
    with pytest.raises(CommandError, match="broken failed to create"):
        stack.deploy(broken, "broken", {"Firewall": "off"}, is_quiet=True)


def test_code_bucket_is_private_encrypted_and_versioned(rehearsal: Rehearsal) -> None:
    s3 = boto3.client("s3")
    code = stack_outputs("aws-sam-cli-managed-default")["SourceBucket"]

    access = s3.get_public_access_block(Bucket=code)["PublicAccessBlockConfiguration"]
    encryption = s3.get_bucket_encryption(Bucket=code)["ServerSideEncryptionConfiguration"]
    policy = json.loads(s3.get_bucket_policy(Bucket=code)["Policy"])
    assert set(access.values()) == {True}
    assert len(encryption["Rules"]) == 1
    (denied,) = (each for each in policy["Statement"] if each["Effect"] == "Deny")
    assert (denied["Principal"], denied["Action"]) == ("*", ["s3:*"])
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert s3.get_bucket_versioning(Bucket=code)["Status"] == "Enabled"


def test_missing_bucket_is_reported(
    rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    status = deploy.main(["--stack", STACK, "--yes", "--bucket", "nowhere"])

    assert status == 1
    assert "The bucket nowhere cannot be used" in capsys.readouterr().err


def test_bucket_without_versions_is_rejected(
    rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    boto3.client("s3").create_bucket(
        Bucket="unversioned", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"}
    )

    status = deploy.main(["--stack", STACK, "--yes", "--bucket", "unversioned"])

    assert status == 1
    assert "enable its versioning first" in capsys.readouterr().err


def test_malformed_parameter_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        deploy.main(["--set", "AuditYears"])

    assert "AuditYears is not NAME=VALUE" in capsys.readouterr().err


def test_invalid_stack_names_are_rejected(
    rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    statuses = [deploy.main(["--stack", name]) for name in ("Slots", "slots-", "s" * 51)]

    assert statuses == [1, 1, 1]
    assert "Slots is not a valid name" in capsys.readouterr().err


def test_missing_credentials_are_reported_with_a_remedy(
    artifact: BuildArtifact, tmp_path: Path
) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "cloud.deploy"],
        cwd=PROJECT,
        env={"HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 1
    assert ran.stderr.startswith("There are no AWS credentials")


def test_missing_or_outdated_package_is_reported_with_command(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    artifact = BuildArtifact.for_stage(tmp_path, "dev")

    missing = deploy.main([], tmp_path)
    missing_message = capsys.readouterr().err
    artifact.begin()
    incomplete = deploy.main([], tmp_path)
    incomplete_message = capsys.readouterr().err
    artifact.finish("of other sources", "x86_64")
    outdated = deploy.main([], tmp_path)
    outdated_message = capsys.readouterr().err

    command = "run scripts/package --stage dev\n"
    assert (missing, incomplete, outdated) == (1, 1, 1)
    assert missing_message == incomplete_message == f"There is no package: {command}"
    assert outdated_message.endswith(f"is outdated: {command}")


def test_package_for_another_processor_is_not_rehearsed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    artifact = BuildArtifact.for_stage(tmp_path, "dev")
    artifact.begin()
    artifact.finish(hash_sources(tmp_path), "none")

    status = deploy.main(["--rehearse"], tmp_path)

    assert status == 1
    assert "is for none, which this machine cannot run" in capsys.readouterr().err
