"""Deploys an artifact to a rehearsal stack on an emulator, with demo doctors and users."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from chalicelib.storage import table
from chalicelib.storage.doctor_repository import DoctorRepository
from cloud import stack
from cloud.package import BuildArtifact, current_arch
from local import CommandError, demo_data, identity_provider, local_config
from local.servers import MiniStack

STACK = "medilink-slots-rehearsal"
# With those of the app's local stage, the settings of an AWS account or of a local server.
_FOREIGN = ("AWS_", "EVENT_BUS_", "OIDC_", "SESSION_KEY")
# Slots on that date are bookable in every time zone.
_DAYS_AHEAD = timedelta(days=40)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """A stack on an emulator, with the demo doctors and users, and a ``date`` without slots.

    ``api_url`` has no trailing slash. The first event is on the bus within ``event_seconds``.
    """

    api_url: str
    page_url: str
    ministack: MiniStack
    date: date
    password: str
    service_token: str
    event_bus: str
    event_seconds: float = 15.0  # the function's cold start


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
    """Remove settings that the emulator would inherit, and proxies: requests stay here."""
    foreign = (*_FOREIGN, *local_config.variables())
    for name in list(os.environ):
        if name.startswith(foreign) or name.lower().endswith("_proxy"):
            del os.environ[name]


def _fill_stack(ministack: MiniStack) -> Rehearsal:
    """Add the demo doctors and the demo users to the stack."""
    outputs = identity_provider.stack_outputs(STACK)
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
        event_bus=outputs["EventBusName"],
    )
