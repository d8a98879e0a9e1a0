"""The app on MiniStack, its table's stream, and a queue that follows along."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import boto3
import pytest
from chalice.test import Client

from chalicelib import bootstrap
from chalicelib.settings import Settings
from chalicelib.storage import table
from local import demo_data
from local.local_config import use_local_stage
from tests.support.app_client import AppClient, Clock
from tests.support.stream_and_queue import Stream, Subscriber

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events.type_defs import TargetTypeDef

BUS_NAME = "followers"
use_local_stage()


@pytest.fixture(scope="session")
def chalice_client(ministack: str) -> Client:
    """Chalice's own test client, of an app that finds DynamoDB and EventBridge there."""
    os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = ministack
    os.environ["AWS_ENDPOINT_URL_EVENTBRIDGE"] = ministack
    from app import app  # noqa: PLC0415  it wants a DynamoDB to be named when it is imported

    return Client(app)


@pytest.fixture(scope="session")
def dynamodb(ministack: str, chalice_client: Client) -> DynamoDBClient:
    """A second client; the table has a stream, as the cloud's template gives it one."""
    del chalice_client
    table_name = Settings.from_env(os.environ).table_name
    table.connect(table_name)
    table.create_if_absent()
    dynamodb = boto3.client("dynamodb", endpoint_url=ministack)
    dynamodb.update_table(
        TableName=table_name,
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    return dynamodb


@pytest.fixture
def client(chalice_client: Client, dynamodb: DynamoDBClient) -> AppClient:
    """The demo doctors and nothing else, at Sunday noon, with somebody to tell of changes."""
    clock = Clock()
    settings = Settings.from_env({**os.environ, "EVENT_BUS_NAME": BUS_NAME})
    services = bootstrap.build_services(settings, now=clock, pause=lambda _attempt: None)
    site = AppClient(chalice_client, bootstrap.set_services(services), clock, dynamodb)
    site.truncate()
    for doctor in demo_data.DOCTORS:
        services.doctors.add(doctor)
    return site


@pytest.fixture
def stream(ministack: str, client: AppClient) -> Stream:
    """What is written to the table from now on."""
    return Stream(
        boto3.client("dynamodbstreams", endpoint_url=ministack),
        client.services.settings.table_name,
    )


@pytest.fixture
def subscriber(ministack: str) -> Iterator[Subscriber]:
    """A queue with its own rule, as docs/how-to/subscribe-to-events.md describes."""
    events = boto3.client("events", endpoint_url=ministack)
    sqs = boto3.client("sqs", endpoint_url=ministack)
    events.create_event_bus(Name=BUS_NAME)
    url = sqs.create_queue(QueueName="follower")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    pattern = {"source": ["medilink.slots"], "detail-type": ["SlotsChanged"]}
    events.put_rule(Name="follow", EventBusName=BUS_NAME, EventPattern=json.dumps(pattern))
    target: TargetTypeDef = {"Id": "queue", "Arn": attributes["QueueArn"]}
    events.put_targets(Rule="follow", EventBusName=BUS_NAME, Targets=[target])
    yield Subscriber(sqs, url)
    events.remove_targets(Rule="follow", EventBusName=BUS_NAME, Ids=["queue"])
    events.delete_rule(Name="follow", EventBusName=BUS_NAME)
    events.delete_event_bus(Name=BUS_NAME)
    sqs.delete_queue(QueueUrl=url)
