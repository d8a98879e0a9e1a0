"""The table: connect to it, check it, read several items, create it for tests and laptops."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from botocore.exceptions import NoRegionError
from pynamodb.exceptions import DoesNotExist, PynamoDBException

from chalicelib.domain.errors import StoreBusyError, StoreUnavailableError
from chalicelib.storage.capacity import CapacityTrackingConnection
from chalicelib.storage.connection import DynamoDBConnection
from chalicelib.storage.errors import translate_read_errors
from chalicelib.storage.models import BaseItem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pynamodb.connection.base import Connection

Key = tuple[str, str]
MAX_BATCH_KEYS = 100
"""DynamoDB rejects a ``BatchGetItem`` with more keys."""
TTL_ATTRIBUTE = "expires_at"
"""DynamoDB deletes an item some time after the epoch seconds in it."""


def connect(table_name: str, *, track_capacity: bool = False) -> None:
    """Use that table, at the endpoint, region and with the credentials of the environment.

    With ``track_capacity``, calls and their consumed capacity go into the request context.
    """
    BaseItem.Meta.table_name = table_name
    # PynamoDB creates a connection for the model that is used first, and its subclasses inherit it:
    # created for the base class, there is one client for all, and one cold start.
    BaseItem._connection = None
    # PynamoDB creates its connections itself, and has no parameter for their class.
    connection_class = CapacityTrackingConnection if track_capacity else DynamoDBConnection
    connection().__class__ = connection_class
    # Creating the client takes half as long as all imports: done here, the first request does not
    # wait for it. Without a region (``chalice package``) it is created when it is needed.
    with suppress(NoRegionError):
        _ = connection().client


def connection() -> Connection:
    """Return the connection that models and transactions share."""
    shared: Connection = BaseItem._get_connection().connection
    return shared


def batch_get(keys: Sequence[Key]) -> dict[Key, Any]:
    """Return those of at most ``MAX_BATCH_KEYS`` items that exist, in one ``BatchGetItem``.

    Each item is strongly consistent, but together they are no snapshot. Raises
    ``StoreUnavailableError``, or ``StoreBusyError`` if DynamoDB leaves keys unprocessed (PynamoDB's
    own ``batch_get`` would retry those immediately and without end).
    """
    raw_keys: list[Any] = [{"PK": pk, "SK": sk} for pk, sk in keys]
    table = BaseItem._get_connection()
    with translate_read_errors():
        response = table.batch_get_item(raw_keys, consistent_read=True)
    if response["UnprocessedKeys"]:
        raise StoreBusyError
    items = map(BaseItem.from_raw_data, response["Responses"][table.table_name])
    return {(item.pk, item.sk): item for item in items}


def check_connection() -> None:
    """Read from the table. Raises ``StoreUnavailableError`` if DynamoDB can't be read."""
    try:
        with suppress(DoesNotExist):
            BaseItem.get("PING", "PING")
    except PynamoDBException as error:
        raise StoreUnavailableError from error


def create_if_absent() -> None:
    """Create the table and its index if it does not exist, and wait until they are active.

    Tables of earlier releases keep expired items: that ends here.
    """
    if not BaseItem.exists():
        BaseItem.create_table(wait=True)
    name = str(BaseItem.Meta.table_name)
    client: Any = connection().client  # PynamoDB has no call for this
    expiry = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    if expiry["TimeToLiveStatus"] == "DISABLED":
        connection().update_time_to_live(name, TTL_ATTRIBUTE)
