"""Many savers at once, each with what a Lambda container of its own would have."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import boto3
import pytest

from chalicelib import bootstrap
from chalicelib.settings import Settings
from chalicelib.storage import table
from local.local_config import use_local_stage
from tests.support.factories import SUNDAY_NOON

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.bootstrap import Services


@pytest.fixture(scope="session")
def services(ministack: str) -> Services:
    """On MiniStack, with real pauses between attempts, at Sunday noon."""
    use_local_stage()
    os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = ministack
    settings = Settings.from_env(os.environ)
    table.connect(settings.table_name)
    table.create_if_absent()
    return bootstrap.build_services(settings, now=lambda: SUNDAY_NOON)


@pytest.fixture(scope="session")
def dynamodb(ministack: str, services: Services) -> DynamoDBClient:
    """A second client, independent of the app's."""
    del services  # the keys and the region are in the environment from then on
    return boto3.client("dynamodb", endpoint_url=ministack)
