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
from local.stage import use_local_stage
from tests.builders import a_doctor, a_grid
from tests.faults import deeds
from tests.site import Clock, Site

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    RawItem = dict[str, Any]

DOCTORS = (
    a_doctor("dr-lee"),
    a_doctor("dr-twenty", a_grid(("09:00", "12:00"), minutes=20)),
)


@dataclass
class Stage:
    """A table that can be brought back to how it was when a scene had been set on it."""

    site: Site
    scene: Sequence[RawItem]

    def reset(self) -> Site:
        """The scene, and the app as a process that has just started."""
        self.site.restore(self.scene)
        self.site.services = bootstrap.run(_as_started(self.site.clock))
        return self.site


def _as_started(clock: Clock) -> bootstrap.Services:
    return bootstrap.assemble(Settings.of(os.environ), now=clock, pause=lambda _attempt: None)


@pytest.fixture(scope="session")
def stage(ministack: str) -> Iterator[Stage]:
    """At Sunday noon, with ``deeds.scene``."""
    use_local_stage()
    os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = ministack
    from app import app  # noqa: PLC0415  it reads the environment when it is imported

    table.connect(Settings.of(os.environ).table_name)
    table.create_if_absent()
    clock = Clock()
    services = bootstrap.run(_as_started(clock))
    with Client(app) as client:
        site = Site(client, services, clock, boto3.client("dynamodb", endpoint_url=ministack))
        site.empty()
        for doctor in DOCTORS:
            services.doctors.add(doctor)
        site.put("/doctors/dr-lee", {**site.get("/doctors/dr-lee").json, "delegates": ["sam"]})
        deeds.scene(site)
        yield Stage(site, site.export())
