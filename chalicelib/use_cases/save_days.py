"""Change one date of a doctor: read the day, decide, and write if the day is unchanged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.audit_log import Actor, AuditLogEntry, ChangeKind, next_instant, origin_of
from chalicelib.domain.changes import conflicting_slots_error
from chalicelib.domain.day import SlotChanges
from chalicelib.domain.disruptions import affected_slots
from chalicelib.domain.errors import (
    ConcurrentModificationError,
    DayModifiedError,
    IdempotencyKeyReusedError,
    PermissionDeniedError,
    RequestRejectedError,
    StoreBusyError,
    VersionMismatchError,
)
from chalicelib.domain.save_record import SaveRecord
from chalicelib.domain.text import Text
from chalicelib.use_cases.retry import attempts

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from chalicelib.domain.day import Day, KeptSlot, PlannedChanges
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.grid import Grid
    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.slot import Slot
    from chalicelib.domain.time_off import BlockedStretch, TimeOff
    from chalicelib.storage.day_repository import DayRead, DayRepository
    from chalicelib.storage.doctor_cache import DoctorCache


class DayWithDoctor(Struct, frozen=True, kw_only=True):
    """A day as of ``now``, and its doctor."""

    doctor: Doctor
    day: Day
    now: datetime


class DayUpdate(Struct, frozen=True, kw_only=True):
    """A change of one date as a use case requests it.

    ``decide`` returns the changes for the day as it is, or raises ``RequestRejectedError`` or
    ``VersionMismatchError``. ``may_overlap_adjacent`` says whether a slot that is stored under the
    date before or after could matter; it gets the doctor's grid if that is known.
    ``fingerprint`` tells a repeated request from another one with the same ``request_id``;
    ``known`` is a read of the date that the first attempt takes instead of its own;
    ``is_empty`` if it has no changes, so that it is never committed. ``plan_id`` is the plan that
    makes the change. ``actor`` is who acts if there is no caller. ``stops_with_plan``: nothing is
    saved once the plan is stopped. ``time_off`` is the version that must be the latest of its time
    off in the moment of the save.
    """

    doctor_id: str
    date: date
    request_id: str
    fingerprint: str
    decide: Callable[[DayWithDoctor], PlannedChanges]
    may_overlap_adjacent: Callable[[Grid | None], bool]
    kind: ChangeKind = ChangeKind.SAVE
    undoes: str | None = None
    plan_id: str | None = None
    actor: Actor | None = None
    known: DayRead | None = None
    is_empty: bool = False
    stops_with_plan: bool = False
    time_off: TimeOff | None = None


class SavedDay(DayWithDoctor, frozen=True, kw_only=True):
    """The day after a save, and ``previous``: the day that the save was planned on.

    ``version`` is the version that this save created, and ``change_id`` its entry in the audit log;
    None if it is older than that. ``kept`` is what a plan or an undo left alone. For a repeated
    request, the day may have a later version, and ``kept`` is None.
    """

    version: int
    change_id: str | None
    previous: Day
    kept: tuple[KeptSlot, ...] | None = None

    @property
    def created(self) -> bool:
        """Whether this request created the version, not an earlier request with the same key."""
        return self.version > self.previous.version


class SaveDays:
    """Changes of days, each in one transaction.

    ``now`` returns the current time; ``pause`` waits before a further attempt (see ``attempts``).
    """

    def __init__(
        self,
        days: DayRepository,
        doctor_cache: DoctorCache,
        now: Callable[[], datetime],
        pause: Callable[[int], None],
    ) -> None:
        self._days = days
        self._doctor_cache = doctor_cache
        self._now = now
        self._pause = pause

    def save(self, caller: Caller | None, update: DayUpdate) -> SavedDay:
        """Make all changes of the date, or none of them; without a caller, as ``update.actor``.

        Idempotent by ``request_id``: a repeated request changes nothing and returns the version
        that the first one made. Raises what ``decide`` raises, ``IdempotencyKeyReusedError``,
        ``DoctorNotFoundError``, ``PermissionDeniedError``, ``StoreUnavailableError``,
        ``OutcomeUnknownError``; if it stops with a plan, also ``PlanStoppedError`` and
        ``PlanNotFoundError``; ``TimeOffReplacedError`` if there is a later version of ``time_off``.
        """
        try:
            return self._save(caller, update)
        except ConcurrentModificationError as error:
            raise self._explain_conflict(update, error) or StoreBusyError from error

    def _save(self, caller: Caller | None, update: DayUpdate) -> SavedDay:
        last_change: datetime | None = None
        known = update.known
        for attempt in attempts(self._pause):
            with attempt:
                try:
                    read, known = known or self._read(update), None
                    return self._save_attempt(caller, update, read, last_change)
                except DayModifiedError as error:
                    last_change = error.last_change or last_change
                    raise
        raise AssertionError  # pragma: no cover  the last attempt returns or raises

    def _read(self, update: DayUpdate) -> DayRead:
        cached = self._doctor_cache.peek(update.doctor_id)
        return self._days.get_with_change(
            update.doctor_id,
            update.date,
            update.request_id,
            reads_adjacent=update.may_overlap_adjacent(cached.grid if cached else None),
            running_plan=update.plan_id if update.stops_with_plan else None,
        )

    def _save_attempt(
        self,
        caller: Caller | None,
        update: DayUpdate,
        read: DayRead,
        last_change: datetime | None,
    ) -> SavedDay:
        """Decide and write. ``last_change`` is a slot's that an earlier attempt ran into."""
        doctor, stored, earlier = read
        now = self._now()
        actor = _require_actor(caller, update, doctor)
        view = DayWithDoctor(doctor=doctor, day=stored.as_of(now), now=now)
        if earlier:
            return _repeated_save(update, earlier, view)
        stored.require_complete()
        planned = self._plan(update, view)
        at = next_instant(now, view.day.changed_at, last_change)
        entry = _build_entry(actor, update, planned, at)
        day_after = _apply(entry, planned, view.day)
        record = SaveRecord(
            request_id=update.request_id,
            fingerprint=update.fingerprint,
            version=day_after.version,
            change_id=entry.change_id,
        )
        self._days.save(
            doctor, view.day, entry, record, day_after=day_after, now=now, time_off=update.time_off
        )
        return SavedDay(
            doctor=doctor,
            day=day_after,
            now=now,
            version=record.version,
            change_id=record.change_id,
            previous=view.day,
            kept=planned.kept,
        )

    def _plan(self, update: DayUpdate, view: DayWithDoctor) -> PlannedChanges:
        try:
            return update.decide(view)
        except (RequestRejectedError, VersionMismatchError):
            if self._is_committed(update):
                raise DayModifiedError from None
            raise

    def _is_committed(self, update: DayUpdate) -> bool:
        """Return whether the request is committed, although no record was read with the day.

        A batch of reads is not a snapshot. If the same request runs twice at once, one may read the
        record before the other commits, and the day after: it then conflicts with itself.
        """
        if update.is_empty:
            return False
        *_, record = self._days.get_with_change(update.doctor_id, update.date, update.request_id)
        return record is not None

    def _explain_conflict(
        self, update: DayUpdate, error: ConcurrentModificationError
    ) -> RequestRejectedError | None:
        """Return an error with the slots that made the last attempt fail, or None if unknown.

        Only the slots of a save were requested: a plan or an undo changes those that it can, and
        can try again.
        """
        if update.kind is not ChangeKind.SAVE or not isinstance(error, DayModifiedError):
            return None
        zone = self._doctor_cache.get_zone(update.doctor_id)
        return conflicting_slots_error(
            already_existing=error.already_existing, still_taken=error.still_taken, zone=zone
        )


def _require_actor(caller: Caller | None, update: DayUpdate, doctor: Doctor) -> Actor:
    """Return who acts. Raises ``PermissionDeniedError`` if the caller may not."""
    if caller is not None:
        return Actor.of(caller, caller.require_role_for(doctor))
    if update.actor is None:
        raise PermissionDeniedError(Text("You can't manage slots"))
    return update.actor


def _repeated_save(update: DayUpdate, earlier: SaveRecord, view: DayWithDoctor) -> SavedDay:
    """Return the result of a request whose key was used before."""
    if earlier.fingerprint != update.fingerprint:
        raise IdempotencyKeyReusedError(earlier.version)
    if view.day.version < earlier.version:  # the day was read before the record was written
        raise DayModifiedError
    return SavedDay(
        doctor=view.doctor,
        day=view.day,
        now=view.now,
        version=earlier.version,
        change_id=earlier.change_id,
        previous=view.day,
    )


def _build_entry(
    actor: Actor, update: DayUpdate, changes: PlannedChanges, at: datetime
) -> AuditLogEntry:
    """Return the entry, in which each opened slot has an origin: by default the entry itself."""
    return AuditLogEntry(
        doctor_id=update.doctor_id,
        at=at,
        kind=update.kind,
        actor=actor,
        suffix=update.request_id,
        date=update.date,
        opened=tuple(_with_origin(slot, at, update.request_id) for slot in changes.opened),
        closed=changes.closed,
        affected=affected_slots(changes, at),
        reason=changes.reason,
        kept=changes.kept,
        plan_id=update.plan_id,
        undoes=update.undoes,
        blocked=changes.blocks,
        unblocked=changes.unblocks,
    )


def _with_origin(slot: Slot, at: datetime, request_id: str) -> Slot:
    """Return the slot with its change as origin, unless an undo opens it with its former one."""
    if slot.origin and slot.origin.change:
        return slot
    series_id = slot.origin.series_id if slot.origin else None
    return replace(slot, origin=origin_of(at, request_id, series_id))


def _apply(entry: AuditLogEntry, planned: PlannedChanges, day: Day) -> Day:
    """Return the day after the change: opened slots have their origins, disrupted ones a mark."""
    after = day.apply(SlotChanges(opened=entry.opened, closed=entry.closed))
    if entry.affected:
        marked = {slot.start: slot for slot in entry.affected}
        after = replace(after, slots={**after.slots, **marked})
    if after.blocked != planned.day_after.blocked:
        after = after.with_blocked(_record_marks(planned, entry.at))
    if planned.series_versions is None:
        return after
    return replace(after, series_versions=planned.series_versions)


def _record_marks(planned: PlannedChanges, at: datetime) -> tuple[BlockedStretch, ...]:
    from chalicelib.domain.blocking import record_marks  # noqa: PLC0415  few saves are of time off

    return record_marks(planned, at)
