"""Putting a package up where a stack is already, and where none is to be."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import boto3
import pytest

from cloud import bucket, deploy, putting_up, sources, stack
from cloud.artefact import Artefact
from cloud.bucket import BucketError
from cloud.rehearsal import STACK
from cloud.stack import StackError
from cloud.visitor import Page, Visitor
from local import cognito_stack, identity_provider
from local.identity_provider import PASSWORD

if TYPE_CHECKING:
    from pathlib import Path

    from cloud.rehearsal import Rehearsal

ACCOUNT = "000000000000"
BUCKET = "code-of-tests"


@pytest.fixture
def code(rehearsal: Rehearsal) -> str:
    """A bucket that is there."""
    bucket.make_if_absent(BUCKET, ACCOUNT)
    return BUCKET


def session_keys() -> list[str]:
    """What the function signs sessions with."""
    function = boto3.client("lambda").get_function_configuration(FunctionName=f"{STACK}-api")
    return function["Environment"]["Variables"]["SESSION_KEY"].split()


def sign_in_doctor(rehearsal: Rehearsal) -> Visitor:
    """A doctor with a session."""
    visitor = Visitor()
    asked = visitor.open(rehearsal.page_url)
    visitor.send(
        Page(asked.text).form_with("password"), asked.url, username="dr-lee", password=PASSWORD
    )
    return visitor


def is_signed_in(browser: Visitor, rehearsal: Rehearsal) -> bool:
    """Whether the page opens, rather than the way to sign-in."""
    return (
        browser.ask("GET", rehearsal.page_url, headers={"Accept": "text/html"}).status_code == 200
    )


def test_the_same_package_again_changes_nothing(
    rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = session_keys()
    deploy.main(["--stack", STACK, "--yes"])  # the code comes from another bucket now

    status = deploy.main(["--stack", STACK, "--yes"])

    told = capsys.readouterr()
    assert (status, told.err) == (0, "")
    assert "nothing to change" in told.out
    assert f"Ready: {rehearsal.page_url}" in told.out
    assert session_keys() == keys


def test_a_new_session_key_signs_nobody_out_and_the_one_after_it_forgets_the_first(
    rehearsal: Rehearsal,
) -> None:
    (first,) = session_keys()
    doctor = sign_in_doctor(rehearsal)

    deploy.main(["--stack", STACK, "--yes", "--rotate-session-key"])
    then = session_keys()
    is_believed = is_signed_in(doctor, rehearsal)
    deploy.main(["--stack", STACK, "--yes", "--rotate-session-key"])

    assert (then[0], len(then), is_believed) == (first, 2, True)
    assert session_keys()[0] == then[1]
    assert len({first, *then, *session_keys()}) == 3
    assert not is_signed_in(doctor, rehearsal)


def test_an_admin_who_got_a_token_by_password_makes_a_doctor_known(rehearsal: Rehearsal) -> None:
    deploy.main(["--stack", STACK, "--yes", "--tokens-by-password", "allowed"])
    token = identity_provider.user_token(cognito_stack.load(STACK), "alex")
    settings = {
        "name": "Dr Noor Haddad",
        "specialty": "cardiology",
        "location": "London",
        "time_zone": "Europe/London",
        "slot_minutes": 30,
        "sessions": [{"from": "09:00", "to": "12:00"}],
    }

    answer = Visitor().ask(
        "PUT",
        f"{rehearsal.api_url}/doctors/dr-haddad",
        json=settings,
        headers={"Authorization": f"Bearer {token}"},
    )

    assert (answer.status_code, answer.json()["doctor_id"]) == (201, "dr-haddad")


def test_nothing_is_changed_where_nobody_agrees(
    rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    status = deploy.main(["--stack", "another"])

    told = capsys.readouterr()
    assert status == 1
    assert "makes another" in told.out
    assert "Add     Table (AWS::DynamoDB::Table)" in told.out
    assert "Nothing was changed." in told.err
    assert stack.existing("another") is None


def test_a_stack_that_does_not_come_up_says_why(made: Artefact, code: str, tmp_path: Path) -> None:
    broken = Artefact(tmp_path)
    shutil.copytree(made.root, tmp_path, dirs_exist_ok=True)
    template = json.loads(made.template.read_text())
    template["Resources"]["PageClient"]["Properties"]["UserPoolId"] = "eu-west-2_nowhere"
    broken.template.write_text(json.dumps(template))
    wish = putting_up.Wish(artefact=broken, stack="broken", account=ACCOUNT, bucket=code)

    changes = putting_up.propose(wish)

    assert changes is not None
    with pytest.raises(StackError, match="PageClient: "):
        stack.apply(changes)
    with pytest.raises(StackError, match="broken never came up"):
        putting_up.propose(wish)


def test_the_bucket_is_closed_encrypted_and_over_tls_alone(code: str) -> None:
    s3 = boto3.client("s3")

    closed = s3.get_public_access_block(Bucket=code)["PublicAccessBlockConfiguration"]
    encrypted = s3.get_bucket_encryption(Bucket=code)["ServerSideEncryptionConfiguration"]
    policy = json.loads(s3.get_bucket_policy(Bucket=code)["Policy"])
    assert set(closed.values()) == {True}
    assert len(encrypted["Rules"]) == 1
    assert policy["Statement"][0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_a_bucket_that_is_not_there_is_told(rehearsal: Rehearsal, made: Artefact) -> None:
    with pytest.raises(BucketError, match="nowhere cannot be used"):
        bucket.upload(made, "nowhere", ACCOUNT, "any")


def test_a_session_key_of_a_stack_that_is_not_there_cannot_be_followed(
    rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    status = deploy.main(["--stack", "another", "--rotate-session-key"])

    assert (status, capsys.readouterr().err) == (
        1,
        "There is no stack another, so it has no session key to follow.\n",
    )


def test_a_name_of_which_no_other_names_can_be_made_is_refused(
    rehearsal: Rehearsal, capsys: pytest.CaptureFixture[str]
) -> None:
    statuses = [deploy.main(["--stack", name]) for name in ("Slots", "slots-", "s" * 51)]

    assert statuses == [1, 1, 1]
    assert "Slots is no name" in capsys.readouterr().err


def test_without_credentials_it_says_what_to_do(made: Artefact, tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "cloud.deploy"],
        cwd=sources.PROJECT,
        env={"HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 1
    assert ran.stderr.startswith("There are no AWS credentials")


def test_a_package_that_is_missing_or_not_of_this_code_is_told_with_the_command_that_makes_one(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    missing = deploy.main([], tmp_path)
    why_missing = capsys.readouterr().err
    Artefact(Artefact.folder(tmp_path, "dev")).start()
    half = deploy.main([], tmp_path)
    why_half = capsys.readouterr().err
    Artefact(Artefact.folder(tmp_path, "dev")).finish("of another code", "x86_64")
    other = deploy.main([], tmp_path)
    why_other = capsys.readouterr().err

    assert (missing, half, other) == (1, 1, 1)
    assert why_missing == why_half == "There is no package: scripts/package --stage dev\n"
    assert why_other.endswith("is not of the code as it is now: scripts/package --stage dev\n")


def test_a_package_for_another_kind_of_processor_is_not_rehearsed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    artefact = Artefact(Artefact.folder(tmp_path, "dev"))
    artefact.start()
    artefact.finish(sources.fingerprint(tmp_path), "none")

    status = deploy.main(["--rehearse"], tmp_path)

    assert status == 1
    assert "is for none, which this machine cannot run" in capsys.readouterr().err
