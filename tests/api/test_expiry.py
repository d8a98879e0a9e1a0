"""Items that DynamoDB deletes by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.storage import table

if TYPE_CHECKING:
    from tests.support.app_client import AppClient


EXPIRY = {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}


def test_table_deletes_items_that_have_expired(client: AppClient) -> None:
    name = client.services.settings.table_name

    described = client.dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]

    assert described == EXPIRY


def test_table_of_an_earlier_release_gets_expiry(client: AppClient) -> None:
    name = client.services.settings.table_name
    client.dynamodb.update_time_to_live(
        TableName=name,
        TimeToLiveSpecification={"Enabled": False, "AttributeName": "expires_at"},
    )

    table.create_if_absent()

    described = client.dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    assert described == EXPIRY
