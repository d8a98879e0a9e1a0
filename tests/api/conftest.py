"""The suite on MiniStack, and on moto too; each test begins with some doctors and nothing else."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from chalice.test import Client

from chalicelib import bootstrap
from chalicelib.settings import OidcSettings, Settings
from chalicelib.storage import table
from local import demo_data
from local.local_config import use_local_stage
from tests.support.app_client import AppClient, Clock
from tests.support.factories import make_doctor, make_grid
from tests.support.fake_oidc_provider import (
    PAGE_CLIENT_ID,
    SERVICE_CLIENT_ID,
    FakeOidcProvider,
    run_fake_oidc_provider,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

DOCTORS = (
    *demo_data.DOCTORS,
    make_doctor("dr-quarter", make_grid(("00:00", "24:00"), minutes=15)),
    make_doctor("dr-twenty", make_grid(("09:00", "12:00"), minutes=20)),
    make_doctor("dr-night", make_grid(("00:00", "04:00"))),
)
use_local_stage()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test on MiniStack, and on moto nightly.

    Tests marked ``both_stores`` depend on how DynamoDB behaves, so they always run on both.
    """
    if "dynamodb_endpoint" in metafunc.fixturenames:
        is_daily = metafunc.definition.get_closest_marker("both_stores")
        moto = pytest.param("moto", marks=() if is_daily else pytest.mark.nightly)
        metafunc.parametrize(
            "dynamodb_endpoint", [moto, "ministack"], indirect=True, scope="session"
        )


@pytest.fixture(scope="session")
def dynamodb_endpoint(request: pytest.FixtureRequest) -> str:
    """The endpoint of a DynamoDB."""
    endpoint: str = request.getfixturevalue(request.param)
    os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = endpoint
    return endpoint


@pytest.fixture(scope="session")
def chalice_client(dynamodb_endpoint: str) -> Iterator[Client]:
    """Chalice's own test client, which needs no port."""
    del dynamodb_endpoint  # the app wants a DynamoDB to be named when it is imported
    from app import app  # noqa: PLC0415

    table.connect(Settings.from_env(os.environ).table_name)
    table.create_if_absent()
    with Client(app) as client:
        yield client


@pytest.fixture(scope="session")
def dynamodb(dynamodb_endpoint: str) -> DynamoDBClient:
    """A second client, independent of the app's."""
    return boto3.client("dynamodb", endpoint_url=dynamodb_endpoint)


@pytest.fixture
def oidc_provider() -> Iterator[FakeOidcProvider]:
    """An issuer whose keys are ours."""
    with run_fake_oidc_provider() as issuer:
        yield issuer


@pytest.fixture
def authenticated_client(client: AppClient, oidc_provider: FakeOidcProvider) -> AppClient:
    """The app with sign-in at that issuer."""
    sign_in = OidcSettings(
        issuer=oidc_provider.url,
        discovery_url=oidc_provider.discovery_url,
        client_id=PAGE_CLIENT_ID,
        client_secret=None,
        machine_clients=frozenset({SERVICE_CLIENT_ID}),
        session_keys=("k" * 32,),
    )
    settings = Settings(table_name=client.services.settings.table_name, oidc=sign_in)
    services = bootstrap.build_services(settings, now=client.clock, pause=lambda _attempt: None)
    client.services = bootstrap.set_services(services)
    return client


@pytest.fixture(scope="session")
def doctor_items(chalice_client: Client, dynamodb: DynamoDBClient) -> list[dict[str, Any]]:
    """The items of a table that has the doctors and nothing else."""
    site = _create_client(chalice_client, dynamodb)
    site.truncate()
    for doctor in DOCTORS:
        site.services.doctors.add(doctor)
    return site.export()


@pytest.fixture
def client(
    chalice_client: Client, dynamodb: DynamoDBClient, doctor_items: list[dict[str, Any]]
) -> AppClient:
    """The app on a table with some doctors and nothing else, at Sunday noon."""
    site = _create_client(chalice_client, dynamodb)
    site.restore(doctor_items)
    return site


def _create_client(chalice_client: Client, dynamodb: DynamoDBClient) -> AppClient:
    clock = Clock()
    services = bootstrap.build_services(
        Settings.from_env(os.environ), now=clock, pause=lambda _attempt: None
    )
    return AppClient(chalice_client, bootstrap.set_services(services), clock, dynamodb)
