"""The app's services on MiniStack, for threads that stand for Lambda instances."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING

import boto3
import pytest

from chalicelib import bootstrap
from tests.support.app_setup import connect_table
from tests.support.factories import SUNDAY_NOON

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.services import Services


@pytest.fixture(scope="session")
def services(ministack: str) -> Services:
    """Services with real pauses between retries, whose clock ticks from Sunday noon on.

    With a clock that stands still, the order of writes alone would keep them apart.
    """
    ticks = count()
    return bootstrap.build_services(
        connect_table(ministack),
        now=lambda: SUNDAY_NOON + timedelta(microseconds=next(ticks)),
    )


@pytest.fixture(scope="session")
def dynamodb(ministack: str, services: Services) -> DynamoDBClient:
    """A DynamoDB client that is independent of the app's."""
    del services  # this fixture puts credentials and region into the environment
    return boto3.client("dynamodb", endpoint_url=ministack)
