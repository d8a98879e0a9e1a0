"""The suite on MiniStack, and on moto too; each test begins with some doctors and nothing else."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from chalice.test import Client

from chalicelib import bootstrap
from chalicelib.settings import Settings, SignIn
from chalicelib.storage import table
from local import demo
from local.stage import use_local_stage
from tests.an_issuer import MACHINE, PAGE, AnIssuer, an_issuer
from tests.builders import a_doctor, a_grid
from tests.site import Clock, Site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

DOCTORS = (
    *demo.DOCTORS,
    a_doctor("dr-quarter", a_grid(("00:00", "24:00"), minutes=15)),
    a_doctor("dr-twenty", a_grid(("09:00", "12:00"), minutes=20)),
    a_doctor("dr-night", a_grid(("00:00", "04:00"))),
)
use_local_stage()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test on MiniStack, and on moto nightly.

    Tests marked ``both_stores`` depend on how DynamoDB behaves, so they always run on both.
    """
    if "store" in metafunc.fixturenames:
        is_daily = metafunc.definition.get_closest_marker("both_stores")
        moto = pytest.param("moto", marks=() if is_daily else pytest.mark.nightly)
        metafunc.parametrize("store", [moto, "ministack"], indirect=True, scope="session")


@pytest.fixture(scope="session")
def store(request: pytest.FixtureRequest) -> str:
    """The endpoint of a DynamoDB."""
    endpoint: str = request.getfixturevalue(request.param)
    os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = endpoint
    return endpoint


@pytest.fixture(scope="session")
def client(store: str) -> Iterator[Client]:
    """Chalice's own test client, which needs no port."""
    del store  # the app wants a DynamoDB to be named when it is imported
    from app import app  # noqa: PLC0415

    table.connect(Settings.of(os.environ).table_name)
    table.create_if_absent()
    with Client(app) as client:
        yield client


@pytest.fixture(scope="session")
def dynamodb(store: str) -> DynamoDBClient:
    """A second client, independent of the app's."""
    return boto3.client("dynamodb", endpoint_url=store)


@pytest.fixture
def issuer() -> Iterator[AnIssuer]:
    """An issuer whose keys are ours."""
    with an_issuer() as issuer:
        yield issuer


@pytest.fixture
def guarded(site: Site, issuer: AnIssuer) -> Site:
    """The app with sign-in at that issuer."""
    sign_in = SignIn(
        issuer=issuer.url,
        discovery_url=issuer.discovery_url,
        client_id=PAGE,
        client_secret=None,
        machine_clients=frozenset({MACHINE}),
        session_keys=("k" * 32,),
    )
    settings = Settings(table_name=site.services.settings.table_name, sign_in=sign_in)
    services = bootstrap.assemble(settings, now=site.clock, pause=lambda _attempt: None)
    site.services = bootstrap.run(services)
    return site


@pytest.fixture(scope="session")
def only_doctors(client: Client, dynamodb: DynamoDBClient) -> list[dict[str, Any]]:
    """The items of a table that has the doctors and nothing else."""
    site = _started(client, dynamodb)
    site.empty()
    for doctor in DOCTORS:
        site.services.doctors.add(doctor)
    return site.export()


@pytest.fixture
def site(client: Client, dynamodb: DynamoDBClient, only_doctors: list[dict[str, Any]]) -> Site:
    """The app on a table with some doctors and nothing else, at Sunday noon."""
    site = _started(client, dynamodb)
    site.restore(only_doctors)
    return site


def _started(client: Client, dynamodb: DynamoDBClient) -> Site:
    clock = Clock()
    services = bootstrap.assemble(Settings.of(os.environ), now=clock, pause=lambda _attempt: None)
    return Site(client, bootstrap.run(services), clock, dynamodb)
