"""The app on MiniStack, and a table that is laid out anew in two calls."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from chalice.test import Client

from chalicelib import bootstrap
from chalicelib.settings import Settings
from chalicelib.storage import table
from local.local_config import use_local_stage
from tests.builders import make_doctor, make_grid
from tests.faults import deeds
from tests.site import AppClient, Clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    RawItem = dict[str, Any]

DOCTORS = (
    make_doctor("dr-lee"),
    make_doctor("dr-twenty", make_grid(("09:00", "12:00"), minutes=20)),
)


@dataclass
class TableSnapshot:
    """A table that can be brought back to how it was when a scene had been set on it."""

    client: AppClient
    items: Sequence[RawItem]

    def restore(self) -> AppClient:
        """The scene, and the app as a process that has just started."""
        self.client.restore(self.items)
        self.client.services = bootstrap.set_services(_create_services(self.client.clock))
        return self.client


def _create_services(clock: Clock) -> bootstrap.Services:
    return bootstrap.build_services(
        Settings.from_env(os.environ), now=clock, pause=lambda _attempt: None
    )


@pytest.fixture(scope="session")
def stage(ministack: str) -> Iterator[TableSnapshot]:
    """At Sunday noon, with ``deeds.scene``."""
    use_local_stage()
    os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = ministack
    from app import app  # noqa: PLC0415  it reads the environment when it is imported

    table.connect(Settings.from_env(os.environ).table_name)
    table.create_if_absent()
    clock = Clock()
    services = bootstrap.set_services(_create_services(clock))
    with Client(app) as client:
        site = AppClient(client, services, clock, boto3.client("dynamodb", endpoint_url=ministack))
        site.truncate()
        for doctor in DOCTORS:
            services.doctors.add(doctor)
        site.put("/doctors/dr-lee", {**site.get("/doctors/dr-lee").json, "delegates": ["sam"]})
        deeds.seed_slots(site)
        yield TableSnapshot(site, site.export())
