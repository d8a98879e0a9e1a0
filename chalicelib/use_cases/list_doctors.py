"""List the doctors whose schedule the caller can manage."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.permissions import Role
from chalicelib.storage.doctor_cache import TTL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.storage.doctor_cache import DoctorCache
    from chalicelib.storage.doctor_repository import DoctorRepository

MAX_CHOICES = 50
"""How many doctors a list to choose from has at most; more are found by search."""
_MAX_ENTRIES = 1024


class ManageableDoctors(Struct, frozen=True, kw_only=True):
    """Doctors by name; ``is_complete`` is false if the caller can manage further ones."""

    doctors: tuple[Doctor, ...] = ()
    is_complete: bool = True


class _Entry(Struct, frozen=True):
    doctors: ManageableDoctors
    requested_at: datetime


class ListDoctors:
    """The doctors of a caller, to choose one from; ``now`` returns the current time."""

    def __init__(
        self, doctors: DoctorRepository, doctor_cache: DoctorCache, now: Callable[[], datetime]
    ) -> None:
        self._doctors = doctors
        self._doctor_cache = doctor_cache
        self._now = now
        self._entries: dict[str, _Entry] = {}

    def list_choices(self, caller: Caller) -> ManageableDoctors:
        """Return some doctors of the caller, as of at most ten seconds ago.

        Raises ``StoreUnavailableError``.
        """
        return self.peek(caller) or self._read(caller)

    def forget(self) -> None:
        """Read the lists again: this process has saved a doctor."""
        self._entries.clear()

    def peek(self, caller: Caller) -> ManageableDoctors | None:
        """Return what ``list_choices`` returns if that needs no read."""
        if not caller.roles & {Role.ADMIN, Role.DELEGATE}:
            own = self._doctor_cache.peek(caller.doctor_id) if caller.doctor_id else None
            return ManageableDoctors(doctors=(own,) if own else ())
        entry = self._entries.get(_key(caller))
        is_fresh = entry and timedelta() <= self._now() - entry.requested_at < TTL
        return entry.doctors if entry and is_fresh else None

    def list_assigned(self, caller: Caller, name: str = "") -> list[Doctor]:
        """Return the doctors whom a doctor or delegate manages, if the name contains the text.

        Reads them now, in order of their names; ``ViewDirectory`` has the pages of an admin. Raises
        ``PermissionDeniedError``, ``StoreUnavailableError``.
        """
        caller.require_can_manage_any()
        wanted = name.casefold().split()
        return _by_name(
            doctor
            for doctor in self._assigned(caller)
            if all(word in doctor.name.casefold() for word in wanted)
        )

    def _read(self, caller: Caller) -> ManageableDoctors:
        requested_at = self._now()
        if Role.ADMIN in caller.roles:
            page = self._doctors.list_page(
                specialty=None, location=None, limit=MAX_CHOICES, cursor=None
            )
            found, is_complete = _by_name(iter(page.doctors)), page.cursor is None
        else:
            found, is_complete = _by_name(self._choices_of_delegate(caller)), True
        manageable = ManageableDoctors(doctors=tuple(found), is_complete=is_complete)
        self._entries.pop(_key(caller), None)
        self._entries[_key(caller)] = _Entry(manageable, requested_at)
        if len(self._entries) > _MAX_ENTRIES:
            self._entries.pop(next(iter(self._entries)), None)
        return manageable

    def _choices_of_delegate(self, caller: Caller) -> Iterator[Doctor]:
        """As ``_assigned``, but doctors may be cached: the page has often just read its own."""
        ids = {*self._doctors.list_ids_for_delegate(caller.name), caller.doctor_id or ""} - {""}
        doctors = self._doctor_cache.get_many(sorted(ids))
        return (doctor for doctor in doctors.values() if caller.role_for(doctor))

    def _assigned(self, caller: Caller) -> Iterator[Doctor]:
        """Yield the caller, if they are a doctor, and the doctors who name them."""
        named_by = self._doctors.list_for_delegate(caller.name)
        by_id = {doctor.doctor_id: doctor for doctor in named_by}
        if caller.doctor_id and caller.doctor_id not in by_id:
            by_id |= self._doctor_cache.get_many([caller.doctor_id])
        return (doctor for doctor in by_id.values() if caller.role_for(doctor))


def _key(caller: Caller) -> str:
    """Return what the list depends on: all admins have the same one."""
    return "" if Role.ADMIN in caller.roles else f"{caller.name}/{caller.doctor_id or ''}"


def _by_name(doctors: Iterator[Doctor]) -> list[Doctor]:
    return sorted(doctors, key=lambda doctor: doctor.sort_key)
