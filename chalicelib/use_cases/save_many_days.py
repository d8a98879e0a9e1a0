"""Save several days in one request, each by itself: the dates of a week, or a date of doctors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.errors import (
    DomainError,
    IdempotencyKeyReusedError,
    OutcomeUnknownError,
    RequestRejectedError,
    StoreUnavailableError,
    VersionMismatchError,
)
from chalicelib.use_cases.retry import retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from chalicelib.domain.permissions import Caller
    from chalicelib.storage.day_repository import DayKey, DayRead, DayRepository
    from chalicelib.use_cases.manage_slots import ManageSlots, SaveRequest
    from chalicelib.use_cases.save_days import SavedDay

# After one of these no further day is tried: it is not about the slots of one day.
_REQUEST_ERRORS = (StoreUnavailableError, OutcomeUnknownError, IdempotencyKeyReusedError)


class DayOutcome(Struct, frozen=True, kw_only=True):
    """The result for one date: the saved day, or the error for which nothing of it is stored."""

    doctor_id: str
    date: date
    saved: SavedDay | None = None
    error: DomainError | None = None

    @classmethod
    def failed(cls, request: SaveRequest, error: DomainError) -> DayOutcome:
        """The outcome of a day of which nothing is stored."""
        return cls(doctor_id=request.doctor_id, date=request.date, error=error)


class SaveManyDays:
    """Saves days in turn, each in a transaction of its own; ``pause`` as in ``attempts``."""

    def __init__(
        self, manage_slots: ManageSlots, days: DayRepository, pause: Callable[[int], None]
    ) -> None:
        self._manage_slots = manage_slots
        self._days = days
        self._pause = pause

    def save(self, caller: Caller, requests: Sequence[SaveRequest]) -> tuple[DayOutcome, ...]:
        """Save each day by itself, in that order, and return the result of each.

        All days are read together, also to learn whether another request used the key for any of
        them; a day that has changed since is read again. If the store fails after a day was saved,
        or the key turns out to be of another request, the days that are left are not tried and have
        that error. Raises ``DoctorNotFoundError``, ``PermissionDeniedError``;
        ``IdempotencyKeyReusedError``, ``VersionMismatchError``, ``StoreUnavailableError`` and
        ``OutcomeUnknownError`` if no day was saved.
        """
        if not requests:
            return ()
        outcomes: list[DayOutcome] = []
        failure: DomainError | None = None
        read = self._read_days(caller, requests)
        for request in requests:
            if failure is not None:
                outcomes.append(DayOutcome.failed(request, failure))
                continue
            outcomes.append(self._save_day(caller, request, read[request.doctor_id, request.date]))
            error = outcomes[-1].error
            if isinstance(error, _REQUEST_ERRORS):
                failure = error
        _raise_if_nothing_saved(outcomes)
        return tuple(outcomes)

    def _read_days(
        self, caller: Caller, requests: Sequence[SaveRequest]
    ) -> Mapping[DayKey, DayRead]:
        days = [(request.doctor_id, request.date) for request in requests]
        read = retry_on_conflict(
            lambda: self._days.get_many_with_changes(days, requests[0].request_id), self._pause
        )
        for request in requests:
            doctor, _, record = read[request.doctor_id, request.date]
            caller.require_role_for(doctor)
            if record and record.fingerprint != request.fingerprint:
                raise IdempotencyKeyReusedError(record.version)
        return read

    def _save_day(self, caller: Caller, request: SaveRequest, known: DayRead) -> DayOutcome:
        try:
            saved = self._manage_slots.save(caller, request, known)
        except (
            RequestRejectedError,
            VersionMismatchError,
            IdempotencyKeyReusedError,
            StoreUnavailableError,
            OutcomeUnknownError,
        ) as error:
            return DayOutcome.failed(request, error)
        return DayOutcome(doctor_id=request.doctor_id, date=request.date, saved=saved)


def _raise_if_nothing_saved(outcomes: Sequence[DayOutcome]) -> None:
    """Raise an error that is not about the slots of one day, unless a day was saved."""
    if any(outcome.saved for outcome in outcomes):
        return
    for outcome in outcomes:
        if outcome.error and not isinstance(outcome.error, RequestRejectedError):
            raise outcome.error
