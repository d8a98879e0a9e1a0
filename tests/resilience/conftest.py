"""The app on MiniStack, and a table that is laid out anew in two calls."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from chalice.test import Client

from chalicelib import bootstrap
from chalicelib.settings import Settings
from chalicelib.storage import table
from local.local_config import use_local_stage
from tests.support import operations
from tests.support.app_client import AppClient, Clock
from tests.support.factories import make_doctor, make_grid
from tests.support.table_snapshot import TableSnapshot, _create_services

if TYPE_CHECKING:
    from collections.abc import Iterator

    RawItem = dict[str, Any]


DOCTORS = (
    make_doctor("dr-lee"),
    make_doctor("dr-twenty", make_grid(("09:00", "12:00"), minutes=20)),
)


@pytest.fixture(scope="session")
def snapshot(ministack: str) -> Iterator[TableSnapshot]:
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
        operations.seed_slots(site)
        yield TableSnapshot(site, site.export())
