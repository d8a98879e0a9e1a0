"""The table itself: finding it, asking whether it answers, making it for tests and laptops."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from botocore.exceptions import NoRegionError
from pynamodb.exceptions import DoesNotExist

from chalicelib.domain.errors import StoreBusyError
from chalicelib.storage.capacity import CapacityTrackingConnection
from chalicelib.storage.errors import translate_read_errors
from chalicelib.storage.models import BaseItem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pynamodb.connection.base import Connection

Key = tuple[str, str]


def connect(table_name: str, *, track_capacity: bool = False) -> None:
    """Use that table from now on, at the endpoint, region and keys that the environment names.

    Where it ``is_metered`` each call is noted with the request that it is made for.
    """
    BaseItem.Meta.table_name = table_name
    # PynamoDB makes a connection for the model that is asked first, and its subclasses inherit it:
    # made for the base, there is one client for all, and one cold start.
    BaseItem._connection = None  # noqa: SLF001  there is no public way to connect anew
    if track_capacity:
        # PynamoDB makes its connections itself, and takes no class for them.
        connection().__class__ = CapacityTrackingConnection
    # The client, half as long in the making as all imports, belongs to the start: the first request
    # need not wait for it. Without a region (``chalice package``) it is made when it is needed.
    with suppress(NoRegionError):
        _ = connection().client


def connection() -> Connection:
    """The one connection, shared by models and transactions."""
    shared: Connection = BaseItem._get_connection().connection  # noqa: SLF001  as above
    return shared


def batch_get(keys: Sequence[Key]) -> dict[Key, BaseItem]:
    """Items of all kinds, at most 100, in one strongly consistent read, as far as they are there.

    Each is up to date, but they are not read at one instant. Raises ``Unavailable``; ``Busy``
    where DynamoDB left some of them unread (PynamoDB's own ``batch_get`` asks again at once,
    and for ever).
    """
    wanted: list[Any] = [{"PK": partition, "SK": sort_key} for partition, sort_key in keys]
    table = BaseItem._get_connection()  # noqa: SLF001  as above
    with translate_read_errors():
        answer = table.batch_get_item(wanted, consistent_read=True)
    if answer["UnprocessedKeys"]:
        raise StoreBusyError
    found = map(BaseItem.from_raw_data, answer["Responses"][table.table_name])
    return {(item.pk, item.sk): item for item in found}


def check_connection() -> None:
    """Return when the table answers; raise ``Unavailable`` when it does not."""
    with translate_read_errors(), suppress(DoesNotExist):
        BaseItem.get("PING", "PING")


def create_if_absent() -> None:
    """Make the table and its index, and wait until both can be used."""
    if not BaseItem.exists():
        BaseItem.create_table(wait=True)
