"""Use cases of doctors and their delegates: view a day, and save it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.audit_log import Actor, AuditLogEntry, ChangeKind, next_instant
from chalicelib.domain.changes import (
    conflicting_slots_error,
    may_overlap_adjacent_date,
    plan_changes,
)
from chalicelib.domain.errors import (
    ConcurrentModificationError,
    DayModifiedError,
    IdempotencyKeyReusedError,
    RequestRejectedError,
    StoreBusyError,
    VersionMismatchError,
)
from chalicelib.domain.save_record import SaveRecord
from chalicelib.use_cases.retry import attempts, retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime

    from chalicelib.domain.changes import InvalidChange, SlotChange
    from chalicelib.domain.day import Day, PlannedChanges, SlotChanges
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.storage.day_repository import DayRepository
    from chalicelib.storage.doctor_cache import DoctorCache


class SaveRequest(Struct, frozen=True, kw_only=True):
    """A save as the client requests it.

    ``fingerprint`` is a digest of what the client sent (``compute_fingerprint``).
    ``expected_versions`` are those of ``If-Match``; None means any.
    """

    doctor_id: str
    date: date
    changes: Sequence[SlotChange | InvalidChange]
    request_id: str
    fingerprint: str
    expected_versions: frozenset[int] | None = None


def compute_fingerprint(changes: Iterable[tuple[str, str]]) -> str:
    """Digest the starts and statuses that a client sent: equal only for an equal request."""
    return hashlib.blake2b(repr([*changes]).encode(), digest_size=16).hexdigest()


class DayWithDoctor(Struct, frozen=True, kw_only=True):
    """A day as of ``now``, and its doctor."""

    doctor: Doctor
    day: Day
    now: datetime


class SavedDay(DayWithDoctor, frozen=True, kw_only=True):
    """The day after a save, and ``previous``: the day that the save was planned on.

    ``version`` is the version that this save created. For a repeated request, the day may have a
    later version.
    """

    version: int
    previous: Day

    @property
    def created(self) -> bool:
        """Whether this request created the version, not an earlier request with the same key."""
        return self.version > self.previous.version


class SaveRejectedError(RequestRejectedError):
    """A save that the day does not allow; ``view`` is the day that the save was validated on.

    The page shows the violations on that day, without another read.
    """

    code = "save_rejected"

    def __init__(self, error: RequestRejectedError, view: DayWithDoctor) -> None:
        super().__init__(*error.violations, zone=error.zone)
        self.view = view


class ManageSlots:
    """A day's slots, for those who manage the doctor's schedule.

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

    def get_day(self, caller: Caller, doctor_id: str, date: date | None) -> DayWithDoctor:
        """Return the day; without ``date``, today in the doctor's time zone.

        Raises ``DoctorNotFoundError``, ``PermissionDeniedError``, ``StoreUnavailableError``.
        """
        if date is None:
            date = local_time.local_date(self._now(), self._doctor_cache.get_zone(doctor_id))
        return retry_on_conflict(lambda: self._load_day(caller, doctor_id, date), self._pause)

    def get_day_cached(self, caller: Caller, doctor_id: str, date: date) -> DayWithDoctor:
        """Like ``get_day``, but may use doctor settings that were cached up to ten seconds ago.

        A poll then reads one item. Never render the result: the page could show outdated settings.
        """
        doctor = self._doctor_cache.peek(doctor_id)
        if doctor is None:
            return self.get_day(caller, doctor_id, date)
        caller.require_role_for(doctor)
        now = self._now()
        day = retry_on_conflict(lambda: self._days.get(doctor_id, date), self._pause)
        return DayWithDoctor(doctor=doctor, day=day.as_of(now), now=now)

    def _load_day(self, caller: Caller, doctor_id: str, date: date) -> DayWithDoctor:
        now = self._now()
        doctor, day, _ = self._days.get_with_change(doctor_id, date)
        self._doctor_cache.put(doctor, now)
        caller.require_role_for(doctor)
        return DayWithDoctor(doctor=doctor, day=day.as_of(now), now=now)

    def save(self, caller: Caller, request: SaveRequest) -> SavedDay:
        """Make all requested changes, or none of them.

        Idempotent by ``request_id``: a repeated request changes nothing and returns the version
        that the first one made. Raises ``RequestRejectedError``, ``VersionMismatchError``,
        ``IdempotencyKeyReusedError``, ``DoctorNotFoundError``, ``PermissionDeniedError``,
        ``StoreUnavailableError``, ``OutcomeUnknownError``.
        """
        try:
            return self._save(caller, request)
        except ConcurrentModificationError as error:
            raise self._explain_conflict(request.doctor_id, error) or StoreBusyError from error

    def _save(self, caller: Caller, request: SaveRequest) -> SavedDay:
        last_change: datetime | None = None
        for attempt in attempts(self._pause):
            with attempt:
                try:
                    return self._save_attempt(caller, request, last_change)
                except DayModifiedError as error:
                    last_change = error.last_change or last_change
                    raise
        raise AssertionError  # pragma: no cover  the last attempt returns or raises

    def _save_attempt(
        self, caller: Caller, request: SaveRequest, last_change: datetime | None
    ) -> SavedDay:
        """Read, decide and write. ``last_change`` is a slot's that an earlier attempt ran into."""
        cached = self._doctor_cache.peek(request.doctor_id)
        doctor, stored, earlier = self._days.get_with_change(
            request.doctor_id,
            request.date,
            request.request_id,
            reads_adjacent=may_overlap_adjacent_date(
                request.changes, request.date, cached.grid if cached else None
            ),
        )
        now = self._now()
        role = caller.require_role_for(doctor)
        view = DayWithDoctor(doctor=doctor, day=stored.as_of(now), now=now)
        if earlier is not None:
            return _repeated_save(request, earlier, view)
        stored.require_complete()
        planned = self._plan(request, view)
        at = next_instant(now, view.day.changed_at, last_change)
        entry = _build_entry(Actor.of(caller, role), request, planned, at)
        record = SaveRecord(
            request_id=request.request_id,
            fingerprint=request.fingerprint,
            version=planned.day_after.version,
            change_id=entry.change_id,
        )
        self._days.save(doctor, view.day, entry, record, day_after=planned.day_after, now=now)
        return SavedDay(
            doctor=doctor, day=planned.day_after, now=now, version=record.version, previous=view.day
        )

    def _plan(self, request: SaveRequest, view: DayWithDoctor) -> PlannedChanges:
        try:
            _require_expected_version(request, view.day)
            return plan_changes(request.changes, view.day, view.doctor.grid, now=view.now)
        except (RequestRejectedError, VersionMismatchError) as error:
            if self._is_committed(request):
                raise DayModifiedError from None
            if isinstance(error, RequestRejectedError):
                raise SaveRejectedError(error, view) from None
            raise

    def _is_committed(self, request: SaveRequest) -> bool:
        """Return whether the request is committed, although no record was read with the day.

        A batch of reads is not a snapshot. If the same request runs twice at once, one may read the
        record before the other commits, and the day after: it then conflicts with itself.
        """
        if not request.changes:  # an empty request is never committed
            return False
        *_, record = self._days.get_with_change(request.doctor_id, request.date, request.request_id)
        return record is not None

    def _explain_conflict(
        self, doctor_id: str, error: ConcurrentModificationError
    ) -> RequestRejectedError | None:
        """Return an error with the slots that made the last attempt fail, or None if unknown."""
        if not isinstance(error, DayModifiedError):
            return None
        zone = self._doctor_cache.get_zone(doctor_id)
        return conflicting_slots_error(
            already_existing=error.already_existing, still_taken=error.still_taken, zone=zone
        )


def _repeated_save(request: SaveRequest, earlier: SaveRecord, view: DayWithDoctor) -> SavedDay:
    """Return the result of a request whose key was used before."""
    if earlier.fingerprint != request.fingerprint:
        raise IdempotencyKeyReusedError(earlier.version)
    if view.day.version < earlier.version:  # the day was read before the record was written
        raise DayModifiedError
    return SavedDay(
        doctor=view.doctor,
        day=view.day,
        now=view.now,
        version=earlier.version,
        previous=view.day,
    )


def _require_expected_version(request: SaveRequest, day: Day) -> None:
    if request.expected_versions is not None and day.version not in request.expected_versions:
        raise VersionMismatchError(day.version)


def _build_entry(
    actor: Actor, request: SaveRequest, changes: SlotChanges, at: datetime
) -> AuditLogEntry:
    return AuditLogEntry(
        doctor_id=request.doctor_id,
        at=at,
        kind=ChangeKind.SAVE,
        actor=actor,
        suffix=request.request_id,
        date=request.date,
        opened=changes.opened,
        closed=changes.closed,
    )
