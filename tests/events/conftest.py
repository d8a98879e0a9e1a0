"""The app on MiniStack, its table's stream, and a subscriber to its events."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import boto3
import pytest
from chalice.test import Client

from chalicelib.settings import Settings
from local import demo_data
from local.local_config import use_local_stage
from tests.support import app_setup
from tests.support.stream_and_queue import Stream, subscribe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.app_client import AppClient
    from tests.support.stream_and_queue import Subscriber

BUS_NAME = "subscribers"
use_local_stage()


@pytest.fixture(scope="session")
def chalice_client(ministack: str) -> Client:
    """Chalice's test client; the app's table has a stream, as in the template of the cloud."""
    os.environ["AWS_ENDPOINT_URL_EVENTBRIDGE"] = ministack
    settings = app_setup.connect_table(ministack)
    boto3.client("dynamodb").update_table(
        TableName=settings.table_name,
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    return Client(app_setup.import_app_with_libcurl())


@pytest.fixture
def client(chalice_client: Client) -> AppClient:
    """The app with an event bus, on a table with the demo doctors, at Sunday noon."""
    settings = Settings.from_env({**os.environ, "EVENT_BUS_NAME": BUS_NAME})
    client = app_setup.create_client(settings, chalice_client)
    app_setup.replace_doctors(client, demo_data.DOCTORS)
    return client


@pytest.fixture
def stream(ministack: str, client: AppClient) -> Stream:
    """The table's stream from now on."""
    return Stream(
        boto3.client("dynamodbstreams", endpoint_url=ministack),
        client.services.settings.table_name,
    )


@pytest.fixture
def subscriber(ministack: str) -> Iterator[Subscriber]:
    """A queue with its own rule, as docs/how-to/subscribe-to-events.md describes."""
    events = boto3.client("events", endpoint_url=ministack)
    events.create_event_bus(Name=BUS_NAME)
    with subscribe(events, boto3.client("sqs", endpoint_url=ministack), BUS_NAME) as subscriber:
        yield subscriber
    events.delete_event_bus(Name=BUS_NAME)
