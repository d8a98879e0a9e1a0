"""A rehearsal: the built zip and template, deployed to an AWS emulator with demo data."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from chalicelib.storage import table
from chalicelib.storage.doctor_repository import DoctorRepository
from cloud import deployment, smoke_test
from cloud.deployment import DeploymentError
from cloud.event_subscriber import EventSubscriber
from cloud.package import current_arch
from local import cognito_stack, demo_data, identity_provider
from local.ministack import MiniStack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cloud.build_artifact import BuildArtifact

STACK = "medilink-slots-rehearsal"

_SETTINGS = ("AWS_", "EVENT_BUS_", "LOCAL_CALLER", "OIDC_", "SESSION_KEY", "STAGE", "TABLE_NAME")
# Bookable in every time zone.
_DAYS_AHEAD = timedelta(days=40)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """A stack on an emulator."""

    api_url: str
    page_url: str
    table_name: str
    ministack: MiniStack
    target: smoke_test.Target


@contextmanager
def deployed_to_emulator(artifact: BuildArtifact) -> Iterator[Rehearsal]:
    """Deploy the artifact to a new emulator, for a block in which AWS clients use that emulator.

    Raises:
        DeploymentError: the artifact is for another processor, or cannot be deployed.
    """
    arch = artifact.read_manifest()["arch"]
    if arch != current_arch():
        raise DeploymentError(
            f"{artifact.folder} is for {arch}, which this machine cannot run: "
            f"run scripts/package --stage {artifact.folder.name}"
        )
    with (
        _clean_environment(),
        TemporaryDirectory(prefix="rehearsal-") as folder,
        MiniStack(Path(folder), keeps_state=False) as ministack,
    ):
        os.environ.update(ministack.environment)
        # Below the name localhost the API has a host of its own, as in AWS.
        parameters = {"RehearsalEndpoint": f"http://localhost:{ministack.port}"}
        deployment.deploy(artifact, STACK, parameters, is_quiet=True)
        outputs = deployment.get_outputs(STACK)
        _add_doctors(outputs["TableName"])
        yield Rehearsal(
            api_url=outputs["ApiUrl"],
            page_url=outputs["PageUrl"],
            table_name=outputs["TableName"],
            ministack=ministack,
            target=_create_target(outputs),
        )


@contextmanager
def _clean_environment() -> Iterator[None]:
    """Remove settings of an AWS account or a local server, for a block.

    The emulator's functions would inherit them. Proxies are removed too: all requests stay on this
    machine.
    """
    before = dict(os.environ)
    for name in before:
        if name.startswith(_SETTINGS) or name.lower().endswith("_proxy"):
            del os.environ[name]
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _add_doctors(table_name: str) -> None:
    table.connect(table_name)
    doctors = DoctorRepository()
    for doctor in demo_data.DOCTORS:
        doctors.add(doctor)


def _create_target(outputs: Mapping[str, str]) -> smoke_test.Target:
    users = cognito_stack.load(STACK)
    for user in identity_provider.DEMO_USERS:
        identity_provider.create_user(users, user)
    return smoke_test.Target(
        api_url=outputs["ApiUrl"],
        date=datetime.now(UTC).date() + _DAYS_AHEAD,
        password=identity_provider.PASSWORD,
        service_token=identity_provider.service_token(users, sorted(users.booking_site.scopes)),
        wait_for_event=EventSubscriber(outputs["EventBusName"]).wait_for_event,
    )
