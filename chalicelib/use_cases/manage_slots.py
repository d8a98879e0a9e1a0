"""A doctor's side: looking at a day and saving it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import changes as saving
from chalicelib.domain import local_time
from chalicelib.domain.day import ChangeLogEntry
from chalicelib.domain.errors import (
    ConcurrentModificationError,
    DayModifiedError,
    IdempotencyKeyReusedError,
    RequestRejectedError,
    StoreBusyError,
    VersionMismatchError,
)
from chalicelib.use_cases.retry import retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from chalicelib.domain.changes import SlotChange
    from chalicelib.domain.day import Day, SlotChanges
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller, Role
    from chalicelib.storage.day_repository import DayRepository
    from chalicelib.storage.doctor_cache import DoctorCache


class SaveRequest(Struct, frozen=True, kw_only=True):
    """What a client sends. ``if_versions`` are the versions it insists on; None: any."""

    doctor_id: str
    date: date
    changes: Sequence[SlotChange]
    request_id: str
    expected_versions: frozenset[int] | None = None

    @property
    def fingerprint(self) -> str:
        """The same for the same request, another for any other."""
        told = repr([(str(tick.start), tick.status) for tick in self.changes])
        return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()


class DayView(Struct, frozen=True, kw_only=True):
    """A day as it stands ``now``, and whose it is."""

    doctor: Doctor
    day: Day
    now: datetime


class SavedDay(DayView, frozen=True, kw_only=True):
    """The day after a save; ``version`` is what this save made of it, perhaps not the last by now.

    ``before`` is the day that it was decided on.
    """

    version: int
    previous: Day

    @property
    def created(self) -> bool:
        """Whether this very request made that version, rather than an earlier one of the same."""
        return self.version > self.previous.version


class DayHistory(Struct, frozen=True, kw_only=True):
    """The saves of a date, the newest first."""

    doctor: Doctor
    date: date
    entries: tuple[ChangeLogEntry, ...]


class ManageSlots:
    """``now`` tells the time; ``pause`` waits before another attempt (see ``until_settled``)."""

    def __init__(
        self,
        days: DayRepository,
        doctor_cache: DoctorCache,
        now: Callable[[], datetime],
        pause: Callable[[int], None],
    ) -> None:
        """Nothing is read before somebody asks."""
        self._days = days
        self._doctor_cache = doctor_cache
        self._now = now
        self._pause = pause

    def get_day(self, caller: Caller, doctor_id: str, date: date | None) -> DayView:
        """The day as it stands, ``on`` being today in the doctor's zone unless given.

        Raises ``DoctorNotFound``, ``NotAllowed``, ``Unavailable``.
        """
        if date is None:
            date = local_time.local_date(self._now(), self._doctor_cache.get_zone(doctor_id))
        return retry_on_conflict(lambda: self._load_day(caller, doctor_id, date), self._pause)

    def get_day_cached(self, caller: Caller, doctor_id: str, date: date) -> DayView:
        """As ``look_at``, with settings of the doctor that may be ten seconds old.

        One read of one item, but for the first of every ten seconds: what a page asks that looks
        for changes every few seconds.
        """
        doctor = self._doctor_cache.peek(doctor_id)
        if doctor is None:
            return self.get_day(caller, doctor_id, date)
        caller.require_role_for(doctor)
        now = self._now()
        day = retry_on_conflict(lambda: self._days.get(doctor_id, date), self._pause)
        return DayView(doctor=doctor, day=day.as_of(now), now=now)

    def _load_day(self, caller: Caller, doctor_id: str, date: date) -> DayView:
        now = self._now()
        doctor, day, _ = self._days.get_with_change(doctor_id, date)
        self._doctor_cache.put(doctor, now)
        caller.require_role_for(doctor)
        return DayView(doctor=doctor, day=day.as_of(now), now=now)

    def get_history(self, caller: Caller, doctor_id: str, date: date) -> DayHistory:
        """Who changed that date of hers, and when, the newest first.

        Raises ``DoctorNotFound``, ``NotAllowed``, ``Unavailable``.
        """

        def read() -> DayHistory:
            doctor = self._doctor_cache.refresh(doctor_id)
            caller.require_role_for(doctor)
            return DayHistory(
                doctor=doctor, date=date, entries=tuple(self._days.list_changes(doctor_id, date))
            )

        return retry_on_conflict(read, self._pause)

    def save(self, caller: Caller, request: SaveRequest) -> SavedDay:
        """Tick and untick all that is asked, or nothing at all.

        A request that was carried out before is not carried out again, but answered alike. Raises
        ``Refused``, ``VersionMismatch``, ``KeyReused``, ``DoctorNotFound``, ``NotAllowed``,
        ``Unavailable``, ``OutcomeUnknown``.
        """
        try:
            return retry_on_conflict(lambda: self._save_attempt(caller, request), self._pause)
        except ConcurrentModificationError as lost:
            raise self._explain_conflict(request.doctor_id, lost) or StoreBusyError from lost

    def _save_attempt(self, caller: Caller, request: SaveRequest) -> SavedDay:
        doctor, stored, earlier = self._days.get_with_change(
            request.doctor_id, request.date, request.request_id
        )
        now = self._now()
        role = caller.require_role_for(doctor)
        day = stored.as_of(now)
        if earlier is not None:
            if earlier.fingerprint != request.fingerprint:
                raise IdempotencyKeyReusedError(earlier.version)
            if day.version < earlier.version:  # read before the change was
                raise DayModifiedError
            return SavedDay(doctor=doctor, day=day, now=now, version=earlier.version, previous=day)
        try:
            _require_expected_version(request, day)
            change = saving.plan_changes(request.changes, day, doctor.grid, now=now)
        except (RequestRejectedError, VersionMismatchError):
            # A batch of reads is no snapshot: what stands in the way may be this very request, sent
            # twice at once, if its change was read before it was carried out and the day after.
            if self._days.get_with_change(request.doctor_id, request.date, request.request_id)[-1]:
                raise DayModifiedError from None
            raise

        saved = _build_log_entry(caller, role, request, day, change, now)
        after = self._days.save(doctor, day, saved, now=now)
        return SavedDay(doctor=doctor, day=after, now=now, version=after.version, previous=day)

    def _explain_conflict(
        self, doctor_id: str, error: ConcurrentModificationError
    ) -> RequestRejectedError | None:
        """The slots that were in the way to the last, though the day never showed them there."""
        if not isinstance(error, DayModifiedError):
            return None
        zone = self._doctor_cache.get_zone(doctor_id)
        return saving.conflicting_slots_error(
            already_existing=error.already_existing, still_taken=error.still_taken, zone=zone
        )


def _require_expected_version(request: SaveRequest, day: Day) -> None:
    if request.expected_versions is not None and day.version not in request.expected_versions:
        raise VersionMismatchError(day.version)


def _build_log_entry(
    caller: Caller, role: Role, request: SaveRequest, day: Day, changes: SlotChanges, now: datetime
) -> ChangeLogEntry:
    return ChangeLogEntry(
        request_id=request.request_id,
        fingerprint=request.fingerprint,
        version=day.version + 1,
        saved_at=now,
        author=caller.name,
        role=role,
        client=caller.client,
        changes=changes,
    )
