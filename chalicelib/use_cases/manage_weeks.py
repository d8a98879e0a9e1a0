"""Use cases of a doctor's week, for those who manage their schedule: view it, and save it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.day import Day
from chalicelib.domain.errors import (
    DomainError,
    IdempotencyKeyReusedError,
    OutcomeUnknownError,
    RequestRejectedError,
    StoreUnavailableError,
    VersionMismatchError,
)
from chalicelib.domain.month import week_dates
from chalicelib.use_cases.retry import retry_on_conflict
from chalicelib.use_cases.save_days import DayWithDoctor, SavedDay

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.storage.day_repository import DayRead, DayRepository
    from chalicelib.storage.doctor_cache import DoctorCache
    from chalicelib.use_cases.manage_slots import ManageSlots, SaveRequest

# After one of these no further date is tried: it is not about the slots of one date.
_OF_THE_WHOLE_REQUEST = (StoreUnavailableError, OutcomeUnknownError, IdempotencyKeyReusedError)


class Week(Struct, frozen=True, kw_only=True):
    """Monday to Sunday of a doctor, as of ``now``; a date without a save is an empty day."""

    doctor: Doctor
    days: tuple[Day, ...]
    now: datetime

    def views(self) -> tuple[DayWithDoctor, ...]:
        """Each day with the doctor, as the pages of a day take it."""
        return tuple(DayWithDoctor(doctor=self.doctor, day=day, now=self.now) for day in self.days)


class DateOutcome(Struct, frozen=True, kw_only=True):
    """What became of one date: the saved day, or the error for which nothing of it is stored."""

    date: date
    saved: SavedDay | None = None
    error: DomainError | None = None


class ManageWeeks:
    """A week's slots, for those who manage the doctor's schedule. Each date is saved by itself."""

    def __init__(
        self,
        manage_slots: ManageSlots,
        days: DayRepository,
        doctor_cache: DoctorCache,
        now: Callable[[], datetime],
        pause: Callable[[int], None],
    ) -> None:
        self._manage_slots = manage_slots
        self._days = days
        self._doctor_cache = doctor_cache
        self._now = now
        self._pause = pause

    def get_week(self, caller: Caller, doctor_id: str, date: date | None) -> Week:
        """Return the week of the date; without ``date``, of today in the doctor's time zone.

        The days are read in one strongly consistent query, the doctor before them. Raises
        ``DoctorNotFoundError``, ``PermissionDeniedError``, ``StoreUnavailableError``.
        """
        doctor = retry_on_conflict(lambda: self._doctor_cache.refresh(doctor_id), self._pause)
        return self._read_week(caller, doctor, date)

    def get_week_cached(self, caller: Caller, doctor_id: str, date: date) -> Week:
        """Like ``get_week``, but may use doctor settings that were cached up to ten seconds ago.

        A poll then is one query. Never render the result: the page could show outdated settings.
        """
        doctor = retry_on_conflict(lambda: self._doctor_cache.get(doctor_id), self._pause)
        return self._read_week(caller, doctor, date)

    def _read_week(self, caller: Caller, doctor: Doctor, date: date | None) -> Week:
        caller.require_role_for(doctor)
        now = self._now()
        dates = week_dates(date or local_time.local_date(now, doctor.zone))
        stored = retry_on_conflict(
            lambda: {
                day.date: day.as_of(now)
                for day in self._days.list_range(doctor.doctor_id, dates[0], dates[-1])
            },
            self._pause,
        )
        days = (stored.get(on) or Day(doctor_id=doctor.doctor_id, date=on) for on in dates)
        return Week(doctor=doctor, days=tuple(days), now=now)

    def save_week(self, caller: Caller, requests: Sequence[SaveRequest]) -> tuple[DateOutcome, ...]:
        """Save each date by itself, in date order, and return what became of each.

        All dates are read together, also to learn whether another request used the key for any of
        them; a date that has changed since is read again. If
        the store fails after a date was saved, or the key turns out to be of another request, the
        dates that are left are not tried and have that error. Raises ``DoctorNotFoundError``,
        ``PermissionDeniedError``; ``IdempotencyKeyReusedError``, ``StoreUnavailableError`` and
        ``OutcomeUnknownError`` if no date was saved.
        """
        if not requests:
            return ()
        outcomes: list[DateOutcome] = []
        failure: DomainError | None = None
        ordered = sorted(requests, key=lambda each: each.date)
        read = self._read_dates(caller, ordered)
        for request in ordered:
            if failure is not None:
                outcomes.append(DateOutcome(date=request.date, error=failure))
                continue
            outcomes.append(self._save_date(caller, request, read[request.date]))
            error = outcomes[-1].error
            if isinstance(error, _OF_THE_WHOLE_REQUEST):
                failure = error
        _raise_if_nothing_saved(outcomes)
        return tuple(outcomes)

    def _read_dates(
        self, caller: Caller, requests: Sequence[SaveRequest]
    ) -> Mapping[date, DayRead]:
        first = requests[0]
        read = retry_on_conflict(
            lambda: self._days.get_many_with_changes(
                first.doctor_id, [request.date for request in requests], first.request_id
            ),
            self._pause,
        )
        for request in requests:
            doctor, _, record = read[request.date]
            caller.require_role_for(doctor)
            if record and record.fingerprint != request.fingerprint:
                raise IdempotencyKeyReusedError(record.version)
        return read

    def _save_date(self, caller: Caller, request: SaveRequest, known: DayRead) -> DateOutcome:
        try:
            saved = self._manage_slots.save(caller, request, known)
        except (
            RequestRejectedError,
            VersionMismatchError,
            IdempotencyKeyReusedError,
            StoreUnavailableError,
            OutcomeUnknownError,
        ) as error:
            return DateOutcome(date=request.date, error=error)
        return DateOutcome(date=request.date, saved=saved)


def _raise_if_nothing_saved(outcomes: Sequence[DateOutcome]) -> None:
    """Raise an error that is not about the slots of one date, unless a date was saved."""
    if any(outcome.saved for outcome in outcomes):
        return
    for outcome in outcomes:
        if outcome.error and not isinstance(outcome.error, RequestRejectedError):
            raise outcome.error
