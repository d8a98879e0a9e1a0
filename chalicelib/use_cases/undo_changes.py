"""Use case of doctors and their delegates: undo a change of a date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.audit_log import ChangeId, ChangeKind
from chalicelib.domain.undo import (
    is_of_closure,
    may_be_undone,
    nothing_to_undo_error,
    undo_request_id,
)
from chalicelib.domain.undo_merge import undo_change
from chalicelib.use_cases.retry import retry_on_conflict
from chalicelib.use_cases.save_days import DayUpdate, DayWithDoctor, SavedDay

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.domain.audit_log import AuditLogEntry
    from chalicelib.domain.day import KeptSlot, PlannedChanges
    from chalicelib.domain.permissions import Caller
    from chalicelib.storage.audit_log import AuditLog
    from chalicelib.storage.doctor_cache import DoctorCache
    from chalicelib.use_cases.save_days import SaveDays


class UndoneChange(Struct, frozen=True, kw_only=True):
    """The day after an undo; ``kept`` is what could not be undone."""

    saved: SavedDay
    kept: tuple[KeptSlot, ...]


class UndoChanges:
    """Undo, for those who manage the doctor's schedule. An undo is a change itself."""

    def __init__(
        self,
        save_days: SaveDays,
        audit_log: AuditLog,
        doctor_cache: DoctorCache,
        pause: Callable[[int], None],
    ) -> None:
        self._save_days = save_days
        self._audit_log = audit_log
        self._doctor_cache = doctor_cache
        self._pause = pause

    def undo(self, caller: Caller, change: ChangeId) -> UndoneChange:
        """Close what the change opened and open what it closed, as far as the day allows it now.

        Idempotent: a second undo of the same change changes nothing. Raises ``ConflictError`` if
        nothing can be undone, ``ChangeNotFoundError``, ``DoctorNotFoundError``,
        ``PermissionDeniedError``, ``StoreUnavailableError``, ``OutcomeUnknownError``.
        """
        entry = self._read(caller, change)
        request_id = undo_request_id(entry.change_id)
        saved = self._save_days.save(
            caller,
            DayUpdate(
                doctor_id=change.doctor_id,
                date=change.date,
                request_id=request_id,
                fingerprint=request_id,
                decide=lambda view: _invert(entry, view),
                # What it opens again may be off the grid.
                may_overlap_adjacent=lambda _grid: bool(entry.closed or entry.blocked),
                kind=ChangeKind.UNDO,
                undoes=entry.change_id,
            ),
        )
        return UndoneChange(saved=saved, kept=self._kept(saved))

    def _read(self, caller: Caller, change: ChangeId) -> AuditLogEntry:
        def read() -> AuditLogEntry:
            caller.require_role_for(self._doctor_cache.get(change.doctor_id))
            entry = self._audit_log.get(change)
            if is_of_closure(entry):
                caller.require_admin()
            return entry

        return retry_on_conflict(read, self._pause)

    def _kept(self, saved: SavedDay) -> tuple[KeptSlot, ...]:
        """Return what the undo left alone: of a repeated one, what is on record."""
        if saved.kept is not None or saved.change_id is None:
            return saved.kept or ()
        undo = ChangeId.parse(saved.change_id)
        return retry_on_conflict(lambda: self._audit_log.get(undo), self._pause).kept


def _invert(entry: AuditLogEntry, view: DayWithDoctor) -> PlannedChanges:
    changes = undo_change(view.day, entry, now=view.now)
    has_effect = changes.opened or changes.closed or changes.blocks or changes.unblocks
    if not may_be_undone(entry, view.now) or not has_effect:
        raise nothing_to_undo_error(changes.kept, view.doctor.zone)
    return changes
