"""CloudFormation stacks: deploy an artifact with the AWS SAM CLI (ADR 0015)."""

import json
import os
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from cloud.package import PROJECT, BuildArtifact
from local import CommandError
from local.command import run

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

_SAM_DEPLOY = (
    # The SAM CLI has its own virtual environment, because it pins another botocore than the app.
    os.fspath(PROJECT / ".venv-sam" / "bin" / "sam"),
    "deploy",
    "--no-fail-on-empty-changeset",
    *("--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"),
)
_SAM_SETTINGS = {"SAM_CLI_TELEMETRY": "0", "SAM_CLI_POLL_DELAY": "1"}


def get_stack(name: str) -> "StackTypeDef | None":
    """Return the stack, or None if there is none or only a change set that would create it."""
    try:
        stack = boto3.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        # CloudFormation has no error code for a stack that does not exist.
        if "does not exist" in str(error):
            return None
        raise
    return None if stack["StackStatus"] == "REVIEW_IN_PROGRESS" else stack


def require_own_bucket(bucket: str) -> str:
    """Return the bucket if it belongs to this account and keeps versions.

    The SAM CLI checks neither.
    """
    owner: Any = {"ExpectedBucketOwner": boto3.client("sts").get_caller_identity()["Account"]}
    try:
        versioning = boto3.client("s3").get_bucket_versioning(Bucket=bucket, **owner)
    except ClientError as error:
        raise CommandError(f"The bucket {bucket} cannot be used: {error}") from error
    if versioning.get("Status") != "Enabled":
        raise CommandError(f"The bucket {bucket} cannot be used: enable its versioning first.")
    return bucket


def deploy(
    artifact: BuildArtifact,
    stack: str,
    parameters: dict[str, str],
    *sam_options: str,
    is_quiet: bool = False,
) -> None:
    """Upload the artifact, create a change set, show it, execute it and wait.

    Other parameters keep their previous values, or get the template's defaults. The SAM CLI
    creates a bucket unless its options name one. With ``is_quiet``, its output is shown only on
    failure.
    """
    existing = get_stack(stack)
    if existing is None:
        has_logs_role = boto3.client("apigateway").get_account().get("cloudwatchRoleArn")
        logs_role = "existing" if has_logs_role else "create"
        parameters = {"GatewayLogsRole": logs_role, **parameters}
    elif existing["StackStatus"] == "ROLLBACK_COMPLETE":
        raise CommandError(
            f"The stack {stack} failed to create and cannot be updated: delete it, then try again."
        )
    bucket = [] if "--s3-bucket" in sam_options else ["--resolve-s3"]
    # A command line has no safe way to quote a value.
    with NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
        # Always set the stage: the template allows only the one that it was packaged for.
        json.dump({"Stage": artifact.folder.name, **parameters}, file)
        file.flush()
        files = ["-t", os.fspath(artifact.template), "--parameter-overrides", f"file://{file.name}"]
        _run_sam("--stack-name", stack, *files, *bucket, *sam_options, is_quiet=is_quiet)


def _run_sam(*options: str, is_quiet: bool) -> None:
    region = boto3.client("cloudformation").meta.region_name
    run(
        [*_SAM_DEPLOY, "--region", region, *options],
        "sam deploy failed or was not confirmed",
        is_quiet=is_quiet,
        env=_SAM_SETTINGS | os.environ,
    )
