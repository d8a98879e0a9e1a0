"""Deploys an artifact to a rehearsal stack on an emulator, with demo doctors and users."""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3

from chalicelib.storage import table
from chalicelib.storage.doctor_repository import DoctorRepository
from cloud import stack
from cloud.package import BuildArtifact, current_arch
from local import CommandError, demo_data, identity_provider
from local.servers import MiniStack

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
        stack.deploy(artifact, STACK, parameters, is_quiet=True)
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
    outputs = stack.get_outputs(STACK)
    table.connect(outputs["TableName"])
    for doctor in demo_data.DOCTORS:
        DoctorRepository().add(doctor)
    provider = identity_provider.load(STACK)
    for user in identity_provider.DEMO_USERS:
        identity_provider.create_user(provider, user)
    return Rehearsal(
        api_url=outputs["ApiUrl"],
        page_url=outputs["PageUrl"],
        ministack=ministack,
        date=datetime.now(UTC).date() + _DAYS_AHEAD,
        password=identity_provider.PASSWORD,
        service_token=identity_provider.service_token(provider, provider.booking_site),
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
                return dict(json.loads(message.body))
            # MiniStack would delay all other requests for a long poll.
            time.sleep(_POLL_SECONDS)
        return None

    return wait_for_event
