"""The app on the DynamoDB of a test: its table, its services and a client."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from chalice.test import Client

from chalicelib import bootstrap
from chalicelib.settings import Settings
from chalicelib.storage import table
from local.local_config import use_local_stage
from tests.support.app_client import AppClient, build_services
from tests.support.clock import Clock
from tests.support.dynamodb_http import use_libcurl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalice.app import Chalice
    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.domain.doctor import Doctor


def connect_table(endpoint: str) -> Settings:
    """Connect the app to a DynamoDB endpoint and create its table; return the local settings."""
    use_local_stage()
    os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = endpoint
    settings = Settings.from_env(os.environ)
    table.connect(settings.table_name)
    table.create_if_absent()
    keep_expired_items(settings.table_name)
    return settings


def keep_expired_items(table_name: str) -> None:
    """Let the store delete nothing: it would go by its own clock, which tests don't set."""
    client: Any = table.connection().client
    expiry = {"Enabled": False, "AttributeName": table.TTL_ATTRIBUTE}
    client.update_time_to_live(TableName=table_name, TimeToLiveSpecification=expiry)


def import_app() -> Chalice:
    """Import the app, which needs the environment of ``use_local_stage`` and an endpoint."""
    from app import app  # noqa: PLC0415  it reads the environment when it is imported

    return app


def import_app_with_libcurl() -> Chalice:
    """Import the app, and let it call DynamoDB with libcurl."""
    app = import_app()  # which connects to the table once more, with another client
    use_libcurl(table.connection().client)
    return app


def create_client(settings: Settings, chalice_client: Client | None = None) -> AppClient:
    """Create a client of the app with new services, at Sunday noon."""
    clock = Clock()
    services = bootstrap.set_services(build_services(settings, clock))
    dynamodb = _dynamodb(os.environ["AWS_ENDPOINT_URL_DYNAMODB"])
    return AppClient(chalice_client or Client(import_app()), services, clock, dynamodb)


@cache  # creating a client takes as long as ten calls
def _dynamodb(endpoint: str) -> DynamoDBClient:
    return boto3.client("dynamodb", endpoint_url=endpoint)


def replace_doctors(client: AppClient, doctors: Iterable[Doctor]) -> None:
    """Empty the table, then add the doctors."""
    client.truncate()
    for doctor in doctors:
        client.services.doctors.add(doctor)
