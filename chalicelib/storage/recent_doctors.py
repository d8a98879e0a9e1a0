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
    from chalicelib.storage.doctors import Doctors

RECENT = timedelta(seconds=10)
_MOST_REMEMBERED = 4096


class _Read(Struct, frozen=True):
    doctor: Doctor
    asked_at: datetime


class RecentDoctors:
    """Doctors of which this process remembers what it read less than ten seconds ago."""

    def __init__(self, doctors: Doctors, now: Callable[[], datetime]) -> None:
        """Nothing is remembered yet."""
        self._doctors = doctors
        self._now = now
        self._read: dict[str, _Read] = {}
        self._lock = Lock()

    def get(self, doctor_id: str) -> Doctor:
        """Raise ``DoctorNotFound``, ``Unavailable``."""
        return self.known(doctor_id) or self.read(doctor_id)

    def read(self, doctor_id: str) -> Doctor:
        """As she is now; remembered for the others. Raise ``DoctorNotFound``, ``Unavailable``."""
        asked_at = self._now()
        return self.remember(self._doctors.get(doctor_id), asked_at)

    def get_together(self, doctor_ids: Collection[str]) -> dict[str, Doctor]:
        """At most 100 of them by id, as far as they exist, in one read at most.

        Raises ``Unavailable``.
        """
        asked_at = self._now()
        known = {doctor_id: self.known(doctor_id) for doctor_id in doctor_ids}
        found = self._doctors.get_together([key for key, doctor in known.items() if doctor is None])
        for doctor in found.values():
            self.remember(doctor, asked_at)
        return found | {key: doctor for key, doctor in known.items() if doctor}

    def known(self, doctor_id: str) -> Doctor | None:
        """Her settings, if they were read recently."""
        read = self._read.get(doctor_id)
        return read.doctor if read is not None and self._is_recent(read) else None

    def zone_of(self, doctor_id: str) -> ZoneInfo:
        """Her zone, which is set once and so may be remembered for ever. Raises as ``get``."""
        read = self._read.get(doctor_id)
        return (read.doctor if read else self.get(doctor_id)).zone

    def remember(self, doctor: Doctor, asked_at: datetime) -> Doctor:
        """What a read that was sent then has found, or a write done then has stored; gives it back.

        Threads share this: what is found or stored later may come here earlier. While an entry is
        recent, one of a lower version does not take its place.
        """
        with self._lock:
            before = self._read.pop(doctor.doctor_id, None)
            latest = _Read(doctor, asked_at)
            is_older = (
                before is not None
                and doctor.version < before.doctor.version
                and self._is_recent(before)
            )
            self._read[doctor.doctor_id] = before if before is not None and is_older else latest
            if len(self._read) > _MOST_REMEMBERED:
                del self._read[next(iter(self._read))]
        return doctor

    def _is_recent(self, read: _Read) -> bool:
        return timedelta() <= self._now() - read.asked_at < RECENT
