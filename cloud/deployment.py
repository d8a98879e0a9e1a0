"""Deploys a build artifact with the AWS SAM CLI (ADR 0015), to AWS or to an emulator."""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from chalicelib.storage import table
from chalicelib.storage.doctor_repository import DoctorRepository
from cloud.package import PROJECT, BuildArtifact, current_arch
from local import CommandError, demo_data, identity_provider
from local.servers import MiniStack

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

STACK = "medilink-slots-rehearsal"
_SETTING_PREFIXES = (
    "AWS_",
    "EVENT_BUS_",
    "LOCAL_CALLER",
    "OIDC_",
    "SESSION_KEY",
    "STAGE",
    "TABLE_NAME",
)
# Slots on that date are bookable in every time zone.
_DAYS_AHEAD = timedelta(days=40)
_EVENT_PATTERN = {"source": ["medilink.slots"], "detail-type": ["SlotsChanged"]}
_POLL_SECONDS = 0.02


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


def get_outputs(name: str) -> dict[str, str]:
    """Return the outputs of the stack by their keys; empty if there is no stack."""
    stack = get_stack(name)
    outputs = stack.get("Outputs", []) if stack else []
    return {output["OutputKey"]: output["OutputValue"] for output in outputs}


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
    completed = subprocess.run(
        [*_SAM_DEPLOY, "--region", region, *options],
        env=os.environ | _SAM_SETTINGS,
        stdout=subprocess.PIPE if is_quiet else None,
        stderr=subprocess.STDOUT if is_quiet else None,
        text=True,
        check=False,
    )
    if completed.returncode:
        reason = f"sam deploy failed or was not confirmed (exit status {completed.returncode})."
        raise CommandError(f"{reason}\n{completed.stdout or ''}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """A stack on an emulator, with the demo doctors and users, and a ``date`` without slots.

    ``api_url`` has no trailing slash. ``wait_for_event`` returns the next change event, or None
    after a timeout in seconds.
    """

    api_url: str
    page_url: str
    ministack: MiniStack
    date: date
    password: str
    service_token: str
    wait_for_event: Callable[[float], dict[str, Any] | None]


@contextmanager
def deployed_to_emulator(artifact: BuildArtifact) -> Iterator[Rehearsal]:
    """Deploy the artifact to a new emulator, and point this process's AWS clients at it."""
    arch = artifact.read_manifest()["arch"]
    if arch != current_arch():
        raise CommandError(
            f"{artifact.folder} is for {arch}, which this machine cannot run: "
            f"run scripts/package --stage {artifact.folder.name}"
        )
    _clean_environment()
    with (
        TemporaryDirectory(prefix="rehearsal-") as folder,
        MiniStack(Path(folder), keeps_state=False) as ministack,
    ):
        os.environ.update(ministack.environment)
        # Under localhost, MiniStack gives the API a host name of its own, as in AWS.
        endpoint = f"http://localhost:{ministack.port}"
        # MiniStack has no firewall.
        parameters = {"RehearsalEndpoint": endpoint, "Firewall": "off"}
        deploy(artifact, STACK, parameters, is_quiet=True)
        yield _fill_stack(ministack)


def _clean_environment() -> None:
    """Remove the settings of an AWS account or a local server, which the emulator would inherit.

    Proxy settings are removed too: all requests stay on this machine.
    """
    for name in list(os.environ):
        if name.startswith(_SETTING_PREFIXES) or name.lower().endswith("_proxy"):
            del os.environ[name]


def _fill_stack(ministack: MiniStack) -> Rehearsal:
    """Add the demo doctors, the demo users and an event subscriber to the stack."""
    outputs = get_outputs(STACK)
    table.connect(outputs["TableName"])
    for doctor in demo_data.DOCTORS:
        DoctorRepository().add(doctor)
    provider = identity_provider.load(STACK)
    for user in identity_provider.DEMO_USERS:
        identity_provider.create_user(provider, user)
    scopes = sorted(provider.booking_site.scopes)
    return Rehearsal(
        api_url=outputs["ApiUrl"],
        page_url=outputs["PageUrl"],
        ministack=ministack,
        date=datetime.now(UTC).date() + _DAYS_AHEAD,
        password=identity_provider.PASSWORD,
        service_token=identity_provider.service_token(provider, scopes),
        wait_for_event=_subscribe(outputs["EventBusName"]),
    )


def _subscribe(bus: str) -> Callable[[float], dict[str, Any] | None]:
    """Send the bus's change events to a queue; return a function that waits for the next one."""
    name = "subscriber"
    queue = boto3.resource("sqs").create_queue(QueueName=name)
    events = boto3.client("events")
    events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps(_EVENT_PATTERN))
    target: Any = {"Id": name, "Arn": queue.attributes["QueueArn"]}
    events.put_targets(Rule=name, EventBusName=bus, Targets=[target])

    def wait_for_event(seconds: float) -> dict[str, Any] | None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for message in queue.receive_messages():
                message.delete()
                event: dict[str, Any] = json.loads(message.body)
                return event
            # MiniStack would delay all other requests for a long poll.
            time.sleep(_POLL_SECONDS)
        return None

    return wait_for_event
