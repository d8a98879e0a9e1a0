"""Making doctors known, and changing how they offer their time."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import wall_time
from chalicelib.domain.errors import (
    Busy,
    Conflict,
    DoctorChanged,
    DoctorNotFound,
    LostRace,
    OutcomeUnknown,
)
from chalicelib.domain.faults import FieldFault
from chalicelib.use_cases.attempts import until_settled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from chalicelib.domain.caller import Caller
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.doctor_settings import DoctorSettings
    from chalicelib.storage.doctors import DoctorRepository
    from chalicelib.storage.recent_doctors import DoctorCache
    from chalicelib.storage.search_index import AvailabilityIndex


class KeptDoctor(Struct, frozen=True, kw_only=True):
    """A doctor as she is stored; ``is_new`` where this very request made her known."""

    doctor: Doctor
    is_new: bool


class KeepDoctors:
    """``now`` tells the time; ``pause`` waits before another attempt (see ``until_settled``)."""

    def __init__(
        self,
        doctors: DoctorRepository,
        recent: DoctorCache,
        index: AvailabilityIndex,
        now: Callable[[], datetime],
        pause: Callable[[int], None],
    ) -> None:
        """Nothing is read before somebody asks."""
        self._doctors = doctors
        self._recent = recent
        self._index = index
        self._now = now
        self._pause = pause

    def put(self, caller: Caller, settings: DoctorSettings) -> KeptDoctor:
        """Make the doctor known, or give her these settings in place of those she has.

        Where her specialty or location changes, her coming days are found under the new one when
        this returns; sent again after a failure, it goes on with that. Raises ``Refused``,
        ``NotAllowed``, ``Conflict`` for another time zone, ``Unavailable``, ``OutcomeUnknown``.
        """
        wanted = settings.doctor()
        may_be_made = False

        def attempt() -> KeptDoctor:
            nonlocal may_be_made
            known = self._known(wanted.doctor_id)
            try:
                kept = self._put_once(caller, wanted, settings, known)
            except OutcomeUnknown:
                may_be_made = known is None
                raise
            return KeptDoctor(doctor=kept.doctor, is_new=kept.is_new or may_be_made)

        try:
            kept = until_settled(attempt, self._pause)
            if not kept.doctor.is_relocating:
                return kept
            return KeptDoctor(doctor=self._relocate(kept.doctor), is_new=kept.is_new)
        except LostRace as lost:
            raise Busy from lost

    def _known(self, doctor_id: str) -> Doctor | None:
        try:
            return self._doctors.get(doctor_id)
        except DoctorNotFound:
            return None

    def _put_once(
        self, caller: Caller, wanted: Doctor, settings: DoctorSettings, known: Doctor | None
    ) -> KeptDoctor:
        caller.require_may_configure(known, wanted)
        if known is None:
            return KeptDoctor(doctor=self._save(wanted, None), is_new=True)
        if known.zone.key != wanted.zone.key:
            detail = f"The time zone is set once, to {known.zone.key}: another is another doctor id"
            raise Conflict(FieldFault("time_zone", "invalid", detail))
        is_elsewhere = (known.specialty, known.location) != (wanted.specialty, wanted.location)
        changed = replace(
            wanted,
            delegates=known.delegates if settings.delegates is None else settings.delegates,
            is_relocating=known.is_relocating or is_elsewhere,
        )
        return KeptDoctor(doctor=self._save(changed, known), is_new=False)

    def _relocate(self, doctor: Doctor) -> Doctor:
        """Have her coming days found where she is now, and give her as she is stored then."""
        today = wall_time.local_date(self._now(), doctor.zone)
        for dates in self._index.stale_entries(doctor, start_date=today):
            if not until_settled(partial(self._placed, doctor, dates), self._pause):
                return doctor
        try:
            return self._save(replace(doctor, is_relocating=False), doctor)
        except DoctorChanged:
            return doctor

    def _placed(self, doctor: Doctor, dates: Sequence[date]) -> bool:
        """Whether they are; where not, a later change found her relocating, and goes on with it."""
        try:
            self._index.reindex(doctor, dates)
        except DoctorChanged:
            return False
        return True

    def _save(self, doctor: Doctor, before: Doctor | None) -> Doctor:
        saved = self._doctors.save(doctor, before)
        return self._recent.put(saved, self._now())
