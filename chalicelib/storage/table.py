"""The table itself: finding it, asking whether it answers, making it for tests and laptops."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import DoesNotExist

from chalicelib.storage.failures import reading
from chalicelib.storage.records import Item

if TYPE_CHECKING:
    from pynamodb.connection.base import Connection


def connect(table_name: str) -> None:
    """Use that table from now on, at the endpoint, region and keys that the environment names."""
    Item.Meta.table_name = table_name
    models: list[Any] = [Item, *Item.__subclasses__()]
    for model in models:
        model._connection = None  # noqa: SLF001  PynamoDB keeps one per model, and has no way to say so
    # Made here, so that all models inherit it: a client of its own for each costs a cold start.
    Item._get_connection()  # noqa: SLF001


def connection() -> Connection:
    """The one connection, shared by models and transactions."""
    shared: Connection = Item._get_connection().connection  # noqa: SLF001  as above
    return shared


def ping() -> None:
    """Return when the table answers; raise ``Unavailable`` when it does not."""
    with reading(), suppress(DoesNotExist):
        Item.get("PING", "PING")


def create_if_absent() -> None:
    """Make the table and its index, and wait until both can be used."""
    if not Item.exists():
        Item.create_table(wait=True)
