"""Snapshots of the table, so that each test starts from the same items without rebuilding them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tests.support.app_client import AppClient
    from tests.support.raw_table import RawItem, RawTable


@dataclass
class TableSnapshot:
    """The items and the instant that a test starts from, and the client of the app."""

    client: AppClient
    items: Sequence[RawItem]
    now: datetime

    def restore(self, current: Sequence[RawItem] | None = None) -> AppClient:
        """Restore items and clock, and return the client of an app without cached data.

        ``current`` are the items of now, if the test knows them.
        """
        self.client.restore(self.items, current)
        self.client.clock.now = self.now
        self.client.restart()
        return self.client


def restore_items(table: RawTable, current: Sequence[RawItem], wanted: Sequence[RawItem]) -> None:
    """Write and delete the items in which ``current`` differs from ``wanted``."""
    old, new = _by_key(current), _by_key(wanted)
    writes: list[object] = [
        {"DeleteRequest": {"Key": {"PK": {"S": pk}, "SK": {"S": sk}}}}
        for pk, sk in old.keys() - new.keys()
    ]
    changed = [item for key, item in new.items() if old.get(key) != item]
    writes += [{"PutRequest": {"Item": item}} for item in changed]
    table.write(writes)


def _by_key(items: Sequence[RawItem]) -> dict[tuple[str, str], RawItem]:
    return {(item["PK"]["S"], item["SK"]["S"]): item for item in items}


def comparable_items(items: Sequence[RawItem]) -> list[RawItem]:
    """Return the items without what grows with every write, such as the renewal of a hold."""
    counters = {"day": "revision", "doctor": "version", "holds": "version", "slot": "changed_at"}
    return [
        {name: value for name, value in item.items() if name != counters.get(item["type"]["S"])}
        for item in items
    ]
