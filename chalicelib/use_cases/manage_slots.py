"""A doctor's side: looking at a day and saving it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import saving, wall_time
from chalicelib.domain.errors import (
    Busy,
    DayChanged,
    KeyReused,
    LostRace,
    Refused,
    VersionMismatch,
)
from chalicelib.domain.saved import Saved
from chalicelib.use_cases.attempts import until_settled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from chalicelib.domain.caller import Caller, Role
    from chalicelib.domain.day import Change, Day
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.ticks import Tick
    from chalicelib.storage.days import DayRepository
    from chalicelib.storage.recent_doctors import DoctorCache


class SaveRequest(Struct, frozen=True, kw_only=True):
    """What a client sends. ``if_versions`` are the versions it insists on; None: any."""

    doctor_id: str
    date: date
    asked: Sequence[Tick]
    request_id: str
    if_versions: frozenset[int] | None = None

    @property
    def fingerprint(self) -> str:
        """The same for the same request, another for any other."""
        told = repr([(str(tick.start), tick.status) for tick in self.asked])
        return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()


class DoctorsDay(Struct, frozen=True, kw_only=True):
    """A day as it stands ``now``, and whose it is."""

    doctor: Doctor
    day: Day
    now: datetime


class SavedDay(DoctorsDay, frozen=True, kw_only=True):
    """The day after a save; ``version`` is what this save made of it, perhaps not the last by now.

    ``before`` is the day that it was decided on.
    """

    version: int
    before: Day

    @property
    def is_new(self) -> bool:
        """Whether this very request made that version, rather than an earlier one of the same."""
        return self.version > self.before.version


class DoctorsHistory(Struct, frozen=True, kw_only=True):
    """The saves of a date, the newest first."""

    doctor: Doctor
    date: date
    changes: tuple[Saved, ...]


class ManageSlots:
    """``now`` tells the time; ``pause`` waits before another attempt (see ``until_settled``)."""

    def __init__(
        self,
        days: DayRepository,
        recent: DoctorCache,
        now: Callable[[], datetime],
        pause: Callable[[int], None],
    ) -> None:
        """Nothing is read before somebody asks."""
        self._days = days
        self._recent = recent
        self._now = now
        self._pause = pause

    def look_at(self, caller: Caller, doctor_id: str, on: date | None) -> DoctorsDay:
        """The day as it stands, ``on`` being today in the doctor's zone unless given.

        Raises ``DoctorNotFound``, ``NotAllowed``, ``Unavailable``.
        """
        if on is None:
            on = wall_time.local_date(self._now(), self._recent.get_zone(doctor_id))
        return until_settled(lambda: self._look(caller, doctor_id, on), self._pause)

    def glance_at(self, caller: Caller, doctor_id: str, on: date) -> DoctorsDay:
        """As ``look_at``, with settings of the doctor that may be ten seconds old.

        One read of one item, but for the first of every ten seconds: what a page asks that looks
        for changes every few seconds.
        """
        doctor = self._recent.peek(doctor_id)
        if doctor is None:
            return self.look_at(caller, doctor_id, on)
        caller.require_may_manage(doctor)
        now = self._now()
        day = until_settled(lambda: self._days.get(doctor_id, on), self._pause)
        return DoctorsDay(doctor=doctor, day=day.at(now), now=now)

    def _look(self, caller: Caller, doctor_id: str, on: date) -> DoctorsDay:
        now = self._now()
        doctor, day, _ = self._days.get_with_change(doctor_id, on)
        self._recent.put(doctor, now)
        caller.require_may_manage(doctor)
        return DoctorsDay(doctor=doctor, day=day.at(now), now=now)

    def history_of(self, caller: Caller, doctor_id: str, on: date) -> DoctorsHistory:
        """Who changed that date of hers, and when, the newest first.

        Raises ``DoctorNotFound``, ``NotAllowed``, ``Unavailable``.
        """

        def read() -> DoctorsHistory:
            doctor = self._recent.refresh(doctor_id)
            caller.require_may_manage(doctor)
            return DoctorsHistory(
                doctor=doctor, date=on, changes=tuple(self._days.list_changes(doctor_id, on))
            )

        return until_settled(read, self._pause)

    def save(self, caller: Caller, request: SaveRequest) -> SavedDay:
        """Tick and untick all that is asked, or nothing at all.

        A request that was carried out before is not carried out again, but answered alike. Raises
        ``Refused``, ``VersionMismatch``, ``KeyReused``, ``DoctorNotFound``, ``NotAllowed``,
        ``Unavailable``, ``OutcomeUnknown``.
        """
        try:
            return until_settled(lambda: self._save_once(caller, request), self._pause)
        except LostRace as lost:
            raise self._refusal(request.doctor_id, lost) or Busy from lost

    def _save_once(self, caller: Caller, request: SaveRequest) -> SavedDay:
        doctor, stored, earlier = self._days.get_with_change(
            request.doctor_id, request.date, request.request_id
        )
        now = self._now()
        role = caller.require_may_manage(doctor)
        day = stored.at(now)
        if earlier is not None:
            if earlier.fingerprint != request.fingerprint:
                raise KeyReused(earlier.version)
            if day.version < earlier.version:  # read before the change was
                raise DayChanged
            return SavedDay(doctor=doctor, day=day, now=now, version=earlier.version, before=day)
        try:
            _require_version(request, day)
            change = saving.decide(request.asked, day, doctor.grid, now=now)
        except (Refused, VersionMismatch):
            # A batch of reads is no snapshot: what stands in the way may be this very request, sent
            # twice at once, if its change was read before it was carried out and the day after.
            if self._days.get_with_change(request.doctor_id, request.date, request.request_id)[-1]:
                raise DayChanged from None
            raise

        saved = _saved(caller, role, request, day, change, now)
        after = self._days.save(doctor, day, saved, now=now)
        return SavedDay(doctor=doctor, day=after, now=now, version=after.version, before=day)

    def _refusal(self, doctor_id: str, lost: LostRace) -> Refused | None:
        """The slots that were in the way to the last, though the day never showed them there."""
        if not isinstance(lost, DayChanged):
            return None
        zone = self._recent.get_zone(doctor_id)
        return saving.refusal(exist=lost.exist, stay=lost.stay, zone=zone)


def _require_version(request: SaveRequest, day: Day) -> None:
    if request.if_versions is not None and day.version not in request.if_versions:
        raise VersionMismatch(day.version)


def _saved(
    caller: Caller, role: Role, request: SaveRequest, day: Day, change: Change, now: datetime
) -> Saved:
    return Saved(
        request_id=request.request_id,
        fingerprint=request.fingerprint,
        version=day.version + 1,
        at=now,
        by=caller.name,
        role=role,
        client=caller.client,
        change=change,
    )
