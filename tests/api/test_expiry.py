"""Items that DynamoDB deletes by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.app_client import AppClient


def test_table_deletes_items_that_have_expired(client: AppClient) -> None:
    name = client.services.settings.table_name

    described = client.dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]

    assert described == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}
