"""Cache of people, so that most requests of a signed-in person read nothing more."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.domain.person import Person
    from chalicelib.storage.people_repository import PeopleRepository

# How long another process may accept a session that has ended.
TTL = timedelta(seconds=10)
MAX_ENTRIES = 4096


class _Entry(Struct, frozen=True):
    """``ticket`` orders reads and discards; a discarded person has no ``requested_at``."""

    ticket: int
    person: Person | None = None
    requested_at: datetime | None = None


class PeopleCache:
    """People that this process read less than ``TTL`` ago, and names that no account has."""

    def __init__(self, people: PeopleRepository, now: Callable[[], datetime]) -> None:
        self._people = people
        self._now = now
        self._entries: dict[str, _Entry] = {}
        self._tickets = count()
        self._lock = Lock()

    def get(self, name: str) -> Person | None:
        """Return the person of a name. Raises ``StoreUnavailableError``."""
        entry = self._entries.get(name)
        if entry is not None and self._is_fresh(entry):
            return entry.person
        ticket, requested_at = next(self._tickets), self._now()
        person = self._people.get(name)
        self._put(name, _Entry(ticket, person, requested_at))
        return person

    def discard(self, name: str) -> None:
        """Remove a person after a write. Reads that started before it are not cached."""
        self._put(name, _Entry(next(self._tickets)))

    def _put(self, name: str, entry: _Entry) -> None:
        with self._lock:
            present = self._entries.get(name)
            if present is not None and present.ticket > entry.ticket:
                return
            self._entries.pop(name, None)
            self._entries[name] = entry
            if len(self._entries) > MAX_ENTRIES:
                del self._entries[next(iter(self._entries))]

    def _is_fresh(self, entry: _Entry) -> bool:
        if entry.requested_at is None:
            return False
        return timedelta() <= self._now() - entry.requested_at < TTL
