"""Making doctors known, and changing how they offer their time."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.errors import (
    ConcurrentModificationError,
    ConflictError,
    DoctorModifiedError,
    DoctorNotFoundError,
    OutcomeUnknownError,
    StoreBusyError,
)
from chalicelib.domain.violations import FieldViolation
from chalicelib.use_cases.retry import retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from chalicelib.domain.doctor import Doctor, DoctorSettings
    from chalicelib.domain.permissions import Caller
    from chalicelib.storage.availability_index import AvailabilityIndex
    from chalicelib.storage.doctor_cache import DoctorCache
    from chalicelib.storage.doctor_repository import DoctorRepository


class SavedDoctor(Struct, frozen=True, kw_only=True):
    """A doctor as she is stored; ``is_new`` where this very request made her known."""

    doctor: Doctor
    created: bool


class ManageDoctors:
    """``now`` tells the time; ``pause`` waits before another attempt (see ``until_settled``)."""

    def __init__(
        self,
        doctors: DoctorRepository,
        doctor_cache: DoctorCache,
        index: AvailabilityIndex,
        now: Callable[[], datetime],
        pause: Callable[[int], None],
    ) -> None:
        """Nothing is read before somebody asks."""
        self._doctors = doctors
        self._doctor_cache = doctor_cache
        self._index = index
        self._now = now
        self._pause = pause

    def put(self, caller: Caller, settings: DoctorSettings) -> SavedDoctor:
        """Make the doctor known, or give her these settings in place of those she has.

        Where her specialty or location changes, her coming days are found under the new one when
        this returns; sent again after a failure, it goes on with that. Raises ``Refused``,
        ``NotAllowed``, ``Conflict`` for another time zone, ``Unavailable``, ``OutcomeUnknown``.
        """
        wanted = settings.to_doctor()
        may_be_made = False

        def attempt() -> SavedDoctor:
            nonlocal may_be_made
            known = self._existing(wanted.doctor_id)
            try:
                kept = self._save_attempt(caller, wanted, settings, known)
            except OutcomeUnknownError:
                may_be_made = known is None
                raise
            return SavedDoctor(doctor=kept.doctor, created=kept.created or may_be_made)

        try:
            kept = retry_on_conflict(attempt, self._pause)
            if not kept.doctor.reindex_pending:
                return kept
            return SavedDoctor(doctor=self._reindex_days(kept.doctor), created=kept.created)
        except ConcurrentModificationError as lost:
            raise StoreBusyError from lost

    def _existing(self, doctor_id: str) -> Doctor | None:
        try:
            return self._doctors.get(doctor_id)
        except DoctorNotFoundError:
            return None

    def _save_attempt(
        self, caller: Caller, requested: Doctor, settings: DoctorSettings, existing: Doctor | None
    ) -> SavedDoctor:
        caller.require_can_configure(existing, requested)
        if existing is None:
            return SavedDoctor(doctor=self._save(requested, None), created=True)
        if existing.zone.key != requested.zone.key:
            detail = (
                "A doctor's time zone can't be changed after it is set "
                f"({existing.zone.key}). Create a new doctor instead."
            )
            raise ConflictError(FieldViolation("time_zone", "invalid", detail))
        is_elsewhere = (existing.specialty, existing.location) != (
            requested.specialty,
            requested.location,
        )
        changed = replace(
            requested,
            delegates=existing.delegates if settings.delegates is None else settings.delegates,
            reindex_pending=existing.reindex_pending or is_elsewhere,
        )
        return SavedDoctor(doctor=self._save(changed, existing), created=False)

    def _reindex_days(self, doctor: Doctor) -> Doctor:
        """Have her coming days found where she is now, and give her as she is stored then."""
        today = local_time.local_date(self._now(), doctor.zone)
        for dates in self._index.stale_entries(doctor, start_date=today):
            if not retry_on_conflict(partial(self._try_reindex, doctor, dates), self._pause):
                return doctor
        try:
            return self._save(replace(doctor, reindex_pending=False), doctor)
        except DoctorModifiedError:
            return doctor

    def _try_reindex(self, doctor: Doctor, dates: Sequence[date]) -> bool:
        """Whether they are; where not, a later change found her relocating, and goes on with it."""
        try:
            self._index.reindex(doctor, dates)
        except DoctorModifiedError:
            return False
        return True

    def _save(self, doctor: Doctor, previous: Doctor | None) -> Doctor:
        saved = self._doctors.save(doctor, previous)
        return self._doctor_cache.put(saved, self._now())
