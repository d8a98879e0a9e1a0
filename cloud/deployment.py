"""Deploys a build artifact as a CloudFormation stack, with the AWS SAM CLI (ADR 0015)."""

import json
import os
import secrets
import subprocess
from functools import partial
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from chalicelib.settings import MIN_SESSION_KEY_LENGTH
from cloud.package import PROJECT, BuildArtifact
from local import CommandError

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
_new_session_key = partial(secrets.token_urlsafe, MIN_SESSION_KEY_LENGTH)


def get_stack(name: str) -> "StackTypeDef | None":
    """Return the stack, or None if there is none or only a change set that would create it."""
    try:
        stack = boto3.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        # CloudFormation has no error code for it.
        if "does not exist" in str(error):
            return None
        raise
    return None if stack["StackStatus"] == "REVIEW_IN_PROGRESS" else stack


def get_outputs(name: str) -> dict[str, str]:
    """Return the outputs of the stack by their keys; empty if there is no stack."""
    stack = get_stack(name)
    outputs = stack.get("Outputs", []) if stack else []
    return {output["OutputKey"]: output["OutputValue"] for output in outputs}


def rotate_session_key(stack: str) -> str:
    """Return the stack's current session key and a new one, which signs from now on.

    Login sessions of any older key end. Only the function's configuration has the keys.
    """
    if get_stack(stack) is None:
        raise CommandError(f"There is no stack {stack}, so it has no session key to rotate.")
    function = boto3.client("lambda").get_function_configuration(FunctionName=f"{stack}-api")
    keys = function["Environment"]["Variables"]["SESSION_KEY"].split()
    return f"{keys[-1]} {_new_session_key()}"


def deploy(
    artifact: BuildArtifact,
    stack: str,
    parameters: dict[str, str],
    *sam_options: str,
    is_quiet: bool = False,
) -> None:
    """Upload the artifact, create a change set, show it, execute it and wait.

    Other parameters keep their previous values, or get the template's defaults. The SAM CLI
    creates a bucket unless its options name one. ``is_quiet`` shows its output only if it fails.
    """
    existing = get_stack(stack)
    if existing is None:
        has_logs_role = boto3.client("apigateway").get_account().get("cloudwatchRoleArn")
        logs_role = "existing" if has_logs_role else "create"
        parameters = {"SessionKeys": _new_session_key(), "GatewayLogsRole": logs_role, **parameters}
    elif existing["StackStatus"] == "ROLLBACK_COMPLETE":
        raise CommandError(
            f"The stack {stack} failed to create and cannot be updated: delete it, then try again."
        )
    bucket = [] if "--s3-bucket" in sam_options else ["--resolve-s3"]
    # Other users of this machine can read a command line, but not this file with the session key.
    with NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
        # Never the previous stage: the template allows only the one that it was packaged for.
        json.dump({"Stage": artifact.folder.name, **parameters}, file)
        file.flush()
        files = ["-t", os.fspath(artifact.template), "--parameter-overrides", f"file://{file.name}"]
        _run_sam("--stack-name", stack, *files, *bucket, *sam_options, is_quiet=is_quiet)


def _run_sam(*options: str, is_quiet: bool) -> None:
    region = boto3.client("cloudformation").meta.region_name
    ran = subprocess.run(
        [*_SAM_DEPLOY, "--region", region, *options],
        env=os.environ | _SAM_SETTINGS,
        stdout=subprocess.PIPE if is_quiet else None,
        stderr=subprocess.STDOUT if is_quiet else None,
        text=True,
        check=False,
    )
    if ran.returncode:
        reason = f"sam deploy failed or was not confirmed (exit status {ran.returncode})."
        raise CommandError(f"{reason}\n{ran.stdout or ''}")
