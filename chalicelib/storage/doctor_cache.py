"""Cache of doctors, for requests that may use settings up to ten seconds old."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from zoneinfo import ZoneInfo

    from chalicelib.domain.doctor import Doctor
    from chalicelib.storage.doctor_repository import DoctorRepository

TTL = timedelta(seconds=10)
MAX_ENTRIES = 4096


class _Entry(Struct, frozen=True):
    doctor: Doctor
    requested_at: datetime


class DoctorCache:
    """Doctors that this process read or saved less than ``TTL`` ago.

    ``requested_at`` is the time before a read or after a save. All lookups raise
    ``StoreUnavailableError``, and those of one doctor ``DoctorNotFoundError``.
    """

    def __init__(self, doctors: DoctorRepository, now: Callable[[], datetime]) -> None:
        self._doctors = doctors
        self._now = now
        self._entries: dict[str, _Entry] = {}
        self._lock = Lock()

    def get(self, doctor_id: str) -> Doctor:
        return self.peek(doctor_id) or self.refresh(doctor_id)

    def refresh(self, doctor_id: str) -> Doctor:
        """Read the doctor from the table, whether they are cached or not."""
        requested_at = self._now()
        return self.put(self._doctors.get(doctor_id), requested_at)

    def get_many(self, doctor_ids: Collection[str]) -> dict[str, Doctor]:
        """Return those of at most 100 doctors that exist, by id, with at most one read."""
        requested_at = self._now()
        known = {doctor_id: self.peek(doctor_id) for doctor_id in doctor_ids}
        found = self._doctors.get_many([key for key, doctor in known.items() if doctor is None])
        for doctor in found.values():
            self.put(doctor, requested_at)
        return found | {key: doctor for key, doctor in known.items() if doctor}

    def peek(self, doctor_id: str) -> Doctor | None:
        """Return the doctor if they are cached; never read."""
        entry = self._entries.get(doctor_id)
        return entry.doctor if entry is not None and self._is_fresh(entry) else None

    def get_zone(self, doctor_id: str) -> ZoneInfo:
        """Return the doctor's zone, which never changes, from an entry of any age."""
        entry = self._entries.get(doctor_id)
        return (entry.doctor if entry else self.get(doctor_id)).zone

    def put(self, doctor: Doctor, requested_at: datetime) -> Doctor:
        """Cache a doctor that was read or saved, and return them.

        Threads share the cache, and an older result may arrive later. So a fresh entry is never
        replaced by one of a lower version.
        """
        with self._lock:
            before = self._entries.pop(doctor.doctor_id, None)
            latest = _Entry(doctor, requested_at)
            is_older = (
                before is not None
                and doctor.version < before.doctor.version
                and self._is_fresh(before)
            )
            self._entries[doctor.doctor_id] = before if before is not None and is_older else latest
            if len(self._entries) > MAX_ENTRIES:
                del self._entries[next(iter(self._entries))]
        return doctor

    def _is_fresh(self, entry: _Entry) -> bool:
        return timedelta() <= self._now() - entry.requested_at < TTL
