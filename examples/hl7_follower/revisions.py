"""The last revision that was sent of each slot, in a file of SQLite."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class SentRevisions:
    """Kept by slot, because an event that arrives late can have slots that no later event has."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with closing(self._connect()) as database, database:
            database.execute(
                "CREATE TABLE IF NOT EXISTS sent (slot_id TEXT PRIMARY KEY, revision INTEGER)"
            )

    def is_stale(self, slot_id: str, revision: int) -> bool:
        """Whether a later change of the slot was sent."""
        query = "SELECT 1 FROM sent WHERE slot_id = ? AND revision > ?"
        with closing(self._connect()) as database:
            return database.execute(query, (slot_id, revision)).fetchone() is not None

    def record(self, slot_id: str, revision: int) -> None:
        """Remember that this change of the slot was accepted."""
        with closing(self._connect()) as database, database:
            database.execute("INSERT OR REPLACE INTO sent VALUES (?, ?)", (slot_id, revision))

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path)
