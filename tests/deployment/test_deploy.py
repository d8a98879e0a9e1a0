"""``scripts/deploy``: creating and updating a stack, and what it rejects."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from cloud import deploy, deployment
from cloud.deployment import STACK
from cloud.package import PROJECT, BuildArtifact, hash_sources
from cloud.smoke_test import HttpBrowser
from local import CommandError, identity_provider
from local.identity_provider import PASSWORD

if TYPE_CHECKING:
    from pathlib import Path

    import requests

    from cloud.deployment import Rehearsal


def session_keys() -> list[str]:
    """The keys that the function accepts; the last one signs."""
    function = boto3.client("lambda").get_function_configuration(FunctionName=f"{STACK}-api")
    return function["Environment"]["Variables"]["SESSION_KEY"].split()


def sign_in(rehearsal: Rehearsal) -> HttpBrowser:
    """Return the browser of a signed-in doctor."""
    browser = HttpBrowser()
    page = browser.get(rehearsal.page_url)
    browser.submit(page, "[name=password]", ("username", "dr-lee"), ("password", PASSWORD))
    return browser


def is_signed_in(browser: HttpBrowser, rehearsal: Rehearsal) -> bool:
    """Whether the page opens, instead of a redirect to sign-in."""
    return browser.get(rehearsal.page_url, allow_redirects=False).status_code == 200


def test_deploying_the_same_package_changes_nothing(
    rehearsal: Rehearsal, capfd: pytest.CaptureFixture[str]
) -> None:
    keys = session_keys()

    status = deploy.main(["--stack", STACK, "--yes"])

    printed = capfd.readouterr()
    assert status == 0
    assert "No changes to deploy" in printed.out
    assert f"Ready: {rehearsal.page_url}" in printed.out
    assert session_keys() == keys


def test_rotation_accepts_the_previous_session_key_only(rehearsal: Rehearsal) -> None:
    (first,) = session_keys()
    browser = sign_in(rehearsal)

    deploy.main(["--stack", STACK, "--yes", "--rotate-session-key"])
    rotated_once = session_keys()
    is_still_signed_in = is_signed_in(browser, rehearsal)
    deploy.main(["--stack", STACK, "--yes", "--rotate-session-key"])

    assert (rotated_once[0], len(rotated_once), is_still_signed_in) == (first, 2, True)
    assert session_keys()[0] == rotated_once[1]
    assert len({first, *rotated_once, *session_keys()}) == 3
    assert not is_signed_in(browser, rehearsal)


def test_options_choose_the_bucket_and_allow_an_admin_token(
    rehearsal: Rehearsal, artifact: BuildArtifact
) -> None:
    bucket = boto3.resource("s3").create_bucket(
        Bucket="own", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"}
    )
    options = ["--bucket", "own", "--tokens-by-password", "allowed"]

    status = deploy.main(["--stack", STACK, "--yes", *options])

    assert status == 0
    assert artifact.zip.stat().st_size in {each.size for each in bucket.objects.all()}
    assert put_doctor(rehearsal).status_code == 201


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


def test_unconfirmed_change_set_is_shown_and_not_executed(
    rehearsal: Rehearsal, capfd: pytest.CaptureFixture[str]
) -> None:
    status = deploy.main(["--stack", "another"])

    printed = capfd.readouterr()
    assert status == 1
    assert ["+", "Add", "Table", "AWS::DynamoDB::Table", "N/A"] in map(
        str.split, printed.out.splitlines()
    )
    assert "Deploy this changeset? [y/N]" in printed.out
    assert '"SessionKeys": "*****"' in printed.out
    assert "sam deploy failed or was not confirmed" in printed.err
    assert deployment.get_stack("another") is None


def test_failed_creation_reports_the_resource_and_blocks_updates(
    rehearsal: Rehearsal, artifact: BuildArtifact, tmp_path: Path
) -> None:
    broken = BuildArtifact(tmp_path / "dev")
    shutil.copytree(artifact.folder, broken.folder)
    template = json.loads(artifact.template.read_text())
    template["Resources"]["PageClient"]["Properties"]["UserPoolId"] = "eu-west-2_nowhere"
    broken.template.write_text(json.dumps(template))

    with pytest.raises(CommandError, match=r"CREATE_FAILED +\S+ +PageClient "):
        deployment.deploy(broken, "broken", {}, is_quiet=True)
    with pytest.raises(CommandError, match="broken failed to create"):
        deployment.deploy(broken, "broken", {}, is_quiet=True)


def test_code_bucket_is_private_encrypted_and_tls_only(rehearsal: Rehearsal) -> None:
    s3 = boto3.client("s3")
    code = deployment.get_outputs("aws-sam-cli-managed-default")["SourceBucket"]

    access = s3.get_public_access_block(Bucket=code)["PublicAccessBlockConfiguration"]
    encryption = s3.get_bucket_encryption(Bucket=code)["ServerSideEncryptionConfiguration"]
    policy = json.loads(s3.get_bucket_policy(Bucket=code)["Policy"])
    assert set(access.values()) == {True}
    assert len(encryption["Rules"]) == 1
    (denied,) = (each for each in policy["Statement"] if each["Effect"] == "Deny")
    assert (denied["Principal"], denied["Action"]) == ("*", ["s3:*"])
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_missing_bucket_is_reported(
    rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    status = deploy.main(["--stack", STACK, "--yes", "--bucket", "nowhere"])

    assert status == 1
    assert "The bucket nowhere cannot be used" in capsys.readouterr().err


def test_session_key_of_a_missing_stack_cannot_be_rotated(
    rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    status = deploy.main(["--stack", "another", "--rotate-session-key"])

    assert (status, capsys.readouterr().err) == (
        1,
        "There is no stack another, so it has no session key to rotate.\n",
    )


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


def test_missing_or_outdated_package_is_reported_with_the_command(
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
