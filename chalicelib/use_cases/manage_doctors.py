"""Create doctors, change their settings, and reindex their days."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import local_time, time_zones
from chalicelib.domain.audit_log import Actor, AuditLogEntry, ChangeKind
from chalicelib.domain.doctor import require_day_can_be_saved, require_few_delegates
from chalicelib.domain.errors import (
    ConflictError,
    DoctorModifiedError,
    DoctorNotFoundError,
    OutcomeUnknownError,
)
from chalicelib.domain.settings_changes import changed_settings
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation
from chalicelib.use_cases.preconditions import Precondition
from chalicelib.use_cases.retry import attempts, busy_after_conflicts, retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from chalicelib.domain.doctor import Doctor, DoctorSettings
    from chalicelib.domain.permissions import Caller
    from chalicelib.storage.availability_index import AvailabilityIndex
    from chalicelib.storage.doctor_cache import DoctorCache
    from chalicelib.storage.doctor_repository import DoctorRepository


class SavedDoctor(Struct, frozen=True, kw_only=True):
    """A doctor as stored; ``created`` if this request created them."""

    doctor: Doctor
    created: bool


class ManageDoctors:
    """Doctors and their settings.

    ``now`` returns the current time; ``pause`` waits before a further attempt (see ``attempts``).
    ``on_saved`` is called after each save.
    """

    def __init__(
        self,
        doctors: DoctorRepository,
        doctor_cache: DoctorCache,
        index: AvailabilityIndex,
        now: Callable[[], datetime],
        pause: Callable[[int], None],
        on_saved: Callable[[], None],
    ) -> None:
        self._doctors = doctors
        self._doctor_cache = doctor_cache
        self._index = index
        self._now = now
        self._pause = pause
        self._on_saved = on_saved

    @busy_after_conflicts()
    def put(
        self,
        caller: Caller,
        settings: DoctorSettings,
        precondition: Precondition = Precondition(),  # noqa: B008  immutable
    ) -> SavedDoctor:
        """Create the doctor, or replace their settings.

        If the specialty or location changes, the doctor's coming days are reindexed before this
        returns; the same request continues that after a failure. Raises ``RequestRejectedError``,
        ``PermissionDeniedError``, ``SettingsMismatchError``, ``ConflictError`` for another time
        zone, ``StoreUnavailableError``, ``OutcomeUnknownError``.
        """
        saved = self._save_settings(caller, settings, precondition)
        if not saved.doctor.reindex_pending:
            return saved
        return SavedDoctor(doctor=self._reindex_days(saved.doctor), created=saved.created)

    def _save_settings(
        self, caller: Caller, settings: DoctorSettings, precondition: Precondition
    ) -> SavedDoctor:
        valid = settings.to_doctor()
        is_outcome_unknown = may_have_created = False
        for attempt in attempts(self._pause):
            with attempt:
                existing = self._existing(valid.doctor_id)
                changed = _changed_doctor(valid, settings, existing)
                caller.require_can_configure(existing, changed)
                if is_outcome_unknown and existing and _is_saved(changed, existing):
                    # The attempt without a response: its own write may not fail the precondition.
                    return SavedDoctor(doctor=self._cache(existing), created=may_have_created)
                precondition.require(existing.version if existing else 0)
                self._require_valid_change(existing, changed)
                try:
                    saved = self._save(
                        changed, existing, self._build_entry(caller, existing, changed)
                    )
                except OutcomeUnknownError:
                    is_outcome_unknown = True
                    may_have_created = existing is None
                    raise
                return SavedDoctor(doctor=saved, created=existing is None or may_have_created)
        raise AssertionError  # pragma: no cover  the last attempt returns or raises

    @busy_after_conflicts()
    def set_active(self, caller: Caller, doctor_id: str, *, is_active: bool) -> Doctor:
        """Set whether a doctor takes bookings; the change is in the audit log.

        Has no effect if that is the stored value already. Raises ``DoctorNotFoundError``,
        ``PermissionDeniedError``, ``StoreUnavailableError``, ``OutcomeUnknownError``.
        """
        caller.require_admin()
        return self._change(caller, doctor_id, lambda doctor: replace(doctor, is_active=is_active))

    @busy_after_conflicts()
    def add_delegate(self, caller: Caller, doctor_id: str, name: str) -> Doctor:
        """Let a person manage the doctor's schedule; the change is in the audit log.

        Has no effect if they do already. Raises as ``set_active``, and ``RequestRejectedError`` if
        the doctor has too many delegates.
        """

        def with_delegate(doctor: Doctor) -> Doctor:
            changed = replace(doctor, delegates=doctor.delegates | {name})
            require_few_delegates(changed)
            return changed

        return self._change(caller, doctor_id, with_delegate)

    def _change(self, caller: Caller, doctor_id: str, edit: Callable[[Doctor], Doctor]) -> Doctor:
        """Save an edit of the doctor as stored, unless it changes nothing."""

        def attempt() -> Doctor:
            existing = self._doctors.get(doctor_id)
            changed = edit(existing)
            caller.require_can_configure(existing, changed)
            entry = self._build_entry(caller, existing, changed)
            return self._save(changed, existing, entry) if entry else existing

        return retry_on_conflict(attempt, self._pause)

    def _existing(self, doctor_id: str) -> Doctor | None:
        try:
            return self._doctors.get(doctor_id)
        except DoctorNotFoundError:
            return None

    def _require_valid_change(self, existing: Doctor | None, changed: Doctor) -> None:
        if existing and time_zones.canonical_name(existing.zone.key) != changed.zone.key:
            detail = Text(
                "A doctor's time zone can't be changed after it is set (%(zone)s). "
                "Create a new doctor instead.",
                zone=existing.zone.key,
            )
            raise ConflictError(FieldViolation("time_zone", "invalid", detail))
        if existing is None or not changed.grid.has_same_slots(existing.grid):
            require_day_can_be_saved(changed, local_time.local_date(self._now(), changed.zone))

    def _reindex_days(self, doctor: Doctor) -> Doctor:
        """Reindex the doctor's coming days, and return the doctor as stored afterwards.

        Stops if the settings have changed meanwhile: that later request continues the reindex.
        """
        today = local_time.local_date(self._now(), doctor.zone)
        for dates in self._index.iter_stale_dates(doctor, start_date=today):
            if not retry_on_conflict(partial(self._try_reindex, doctor, dates), self._pause):
                return doctor
        try:
            return self._save(replace(doctor, reindex_pending=False), doctor, None)
        except DoctorModifiedError:
            return doctor

    def _try_reindex(self, doctor: Doctor, dates: Sequence[date]) -> bool:
        """Return False if the settings have changed meanwhile."""
        try:
            self._index.reindex(doctor, dates)
        except DoctorModifiedError:
            return False
        return True

    def _build_entry(
        self, caller: Caller, existing: Doctor | None, changed: Doctor
    ) -> AuditLogEntry | None:
        """Return the entry of the settings that change; None if none of them does."""
        settings = changed_settings(existing, changed)
        if not settings:
            return None
        return AuditLogEntry(
            doctor_id=changed.doctor_id,
            at=self._now(),
            kind=ChangeKind.SETTINGS,
            actor=Actor.of(caller, caller.require_role_for(existing or changed)),
            # Each version is saved once.
            suffix=f"v{existing.version + 1 if existing else 1}",
            settings=settings,
        )

    def _save(self, doctor: Doctor, previous: Doctor | None, entry: AuditLogEntry | None) -> Doctor:
        """Save the doctor with their FHIR id, or with another one if that is taken."""
        from chalicelib.use_cases.assign_fhir_ids import (  # noqa: PLC0415  no other request needs it
            save_with_fhir_id,
        )

        return save_with_fhir_id(doctor, lambda chosen: self._try_save(chosen, previous, entry))

    def _try_save(
        self, doctor: Doctor, previous: Doctor | None, entry: AuditLogEntry | None
    ) -> Doctor:
        saved = self._cache(self._doctors.save(doctor, previous, entry))
        self._on_saved()
        return saved

    def _cache(self, doctor: Doctor) -> Doctor:
        return self._doctor_cache.put(doctor, self._now())


def _changed_doctor(requested: Doctor, settings: DoctorSettings, existing: Doctor | None) -> Doctor:
    """Return the doctor to save: with the stored delegates and state, if the request has none."""
    if existing is None:
        return requested
    is_relocated = (existing.specialty, existing.location) != (
        requested.specialty,
        requested.location,
    )
    return replace(
        requested,
        version=existing.version,
        fhir_id=existing.fhir_id,
        delegates=existing.delegates if settings.delegates is None else requested.delegates,
        is_active=existing.is_active if settings.is_active is None else requested.is_active,
        reindex_pending=existing.reindex_pending or is_relocated,
    )


def _is_saved(changed: Doctor, existing: Doctor) -> bool:
    return replace(changed, version=existing.version) == existing
