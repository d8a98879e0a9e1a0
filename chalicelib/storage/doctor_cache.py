"""Doctors as they were read a moment ago: for those who can wait ten seconds for new settings."""

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
    """Doctors of which this process remembers what it read less than ten seconds ago."""

    def __init__(self, doctors: DoctorRepository, now: Callable[[], datetime]) -> None:
        """Nothing is remembered yet."""
        self._doctors = doctors
        self._now = now
        self._entries: dict[str, _Entry] = {}
        self._lock = Lock()

    def get(self, doctor_id: str) -> Doctor:
        """Raise ``DoctorNotFound``, ``Unavailable``."""
        return self.peek(doctor_id) or self.refresh(doctor_id)

    def refresh(self, doctor_id: str) -> Doctor:
        """As she is now; remembered for the others. Raise ``DoctorNotFound``, ``Unavailable``."""
        asked_at = self._now()
        return self.put(self._doctors.get(doctor_id), asked_at)

    def get_many(self, doctor_ids: Collection[str]) -> dict[str, Doctor]:
        """At most 100 of them by id, as far as they exist, in one read at most.

        Raises ``Unavailable``.
        """
        asked_at = self._now()
        known = {doctor_id: self.peek(doctor_id) for doctor_id in doctor_ids}
        found = self._doctors.get_many([key for key, doctor in known.items() if doctor is None])
        for doctor in found.values():
            self.put(doctor, asked_at)
        return found | {key: doctor for key, doctor in known.items() if doctor}

    def peek(self, doctor_id: str) -> Doctor | None:
        """Her settings, if they were read recently."""
        read = self._entries.get(doctor_id)
        return read.doctor if read is not None and self._is_fresh(read) else None

    def get_zone(self, doctor_id: str) -> ZoneInfo:
        """Her zone, which is set once and so may be remembered for ever. Raises as ``get``."""
        read = self._entries.get(doctor_id)
        return (read.doctor if read else self.get(doctor_id)).zone

    def put(self, doctor: Doctor, requested_at: datetime) -> Doctor:
        """What a read that was sent then has found, or a write done then has stored; gives it back.

        Threads share this: what is found or stored later may come here earlier. While an entry is
        recent, one of a lower version does not take its place.
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
