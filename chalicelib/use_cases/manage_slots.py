"""Use cases of doctors and their delegates: view a day, and save it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.changes import may_overlap_adjacent_date, plan_changes
from chalicelib.domain.errors import RequestRejectedError, VersionMismatchError
from chalicelib.use_cases.retry import retry_on_conflict
from chalicelib.use_cases.save_days import DayUpdate, DayWithDoctor, SaveDays, SavedDay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime

    from chalicelib.domain.changes import InvalidChange, SlotChange
    from chalicelib.domain.day import Day, PlannedChanges
    from chalicelib.domain.permissions import Caller
    from chalicelib.storage.day_repository import DayRead, DayRepository
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
        self._save_days = SaveDays(days, doctor_cache, now, pause)
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

    def save(self, caller: Caller, request: SaveRequest, known: DayRead | None = None) -> SavedDay:
        """Make all requested changes, or none of them.

        Idempotent by ``request_id``: a repeated request changes nothing and returns the version
        that the first one made. ``known`` is a read of the date, from which a first attempt starts
        unless it has to read the dates beside it too. Raises
        ``RequestRejectedError``, ``VersionMismatchError``, ``IdempotencyKeyReusedError``,
        ``DoctorNotFoundError``, ``PermissionDeniedError``, ``StoreUnavailableError``,
        ``OutcomeUnknownError``.
        """
        if known and may_overlap_adjacent_date(request.changes, request.date, known[0].grid):
            known = None
        return self._save_days.save(
            caller,
            DayUpdate(
                doctor_id=request.doctor_id,
                date=request.date,
                request_id=request.request_id,
                fingerprint=request.fingerprint,
                known=known,
                is_empty=not request.changes,
                decide=lambda view: _plan(request, view),
                may_overlap_adjacent=lambda grid: may_overlap_adjacent_date(
                    request.changes, request.date, grid
                ),
            ),
        )


def _plan(request: SaveRequest, view: DayWithDoctor) -> PlannedChanges:
    _require_expected_version(request, view.day)
    try:
        return plan_changes(request.changes, view.day, view.doctor.grid, now=view.now)
    except RequestRejectedError as error:
        raise SaveRejectedError(error, view) from None


def _require_expected_version(request: SaveRequest, day: Day) -> None:
    if request.expected_versions is not None and day.version not in request.expected_versions:
        raise VersionMismatchError(day.version)
