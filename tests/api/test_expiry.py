"""Items that DynamoDB deletes by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chalicelib.storage import table
from tests.support.app_setup import keep_expired_items

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.app_client import AppClient


EXPIRY = {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}


@pytest.fixture
def table_name(client: AppClient) -> Iterator[str]:
    """The table as an earlier release has created it: expired items stay."""
    name = client.services.settings.table_name
    keep_expired_items(name)
    yield name
    keep_expired_items(name)


def test_time_to_live_is_enabled_on_table_of_earlier_release(
    client: AppClient, table_name: str
) -> None:
    table.create_if_absent()

    described = client.dynamodb.describe_time_to_live(TableName=table_name)
    assert described["TimeToLiveDescription"] == EXPIRY
