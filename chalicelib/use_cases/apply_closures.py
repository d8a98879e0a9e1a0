"""Use case of the queue of closures: give every doctor a closure of the practice, or lift it."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain import local_time
from chalicelib.domain.audit_log import ChangeKind
from chalicelib.domain.errors import DoctorNotFoundError
from chalicelib.domain.plan_days import apply_time_off
from chalicelib.domain.plan_errors import PlanModifiedError, TimeOffReplacedError
from chalicelib.storage.write_units import save_write_units
from chalicelib.use_cases.retry import retry_on_conflict
from chalicelib.use_cases.save_days import DayUpdate, DayWithDoctor
from chalicelib.use_cases.save_series_dates import NoSaveNeededError
from chalicelib.use_cases.save_time_off_dates import save_with_rest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from chalicelib.domain.closure import Closure
    from chalicelib.domain.day import PlannedChanges
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.time_off import TimeOff
    from chalicelib.storage.closure_repository import ClosureRepository
    from chalicelib.storage.doctor_repository import DoctorRepository
    from chalicelib.storage.pagination import DoctorIdPage
    from chalicelib.use_cases.pace import Pace
    from chalicelib.use_cases.plan_previews import PlanStores
    from chalicelib.use_cases.save_days import SaveDays

_PAGE_SIZE = 100
_ONE_DAY = timedelta(days=1)


class ApplyClosures:
    """Each date of a doctor is one save, so what is repeated after a crash has no second effect."""

    def __init__(
        self,
        closures: ClosureRepository,
        doctors: DoctorRepository,
        stores: PlanStores,
        save_days: SaveDays,
        start_pace: Callable[[], Pace],
        now: Callable[[], datetime],
        pause: Callable[[int], None],
    ) -> None:
        self._closures = closures
        self._doctors = doctors
        self._stores = stores
        self._save_days = save_days
        self._start_pace = start_pace
        self._now = now
        self._pause = pause

    def apply_everywhere(self, closure_id: str) -> None:
        """Apply the closure to all doctors, one after the other, without a queue."""
        cursor, is_last = None, False
        while not is_last:
            page = self.list_doctors(closure_id, cursor)
            for doctor_id in page.doctor_ids:
                while not self.apply(closure_id, doctor_id):
                    pass
            cursor, is_last = page.cursor, page.cursor is None

    def list_doctors(self, closure_id: str, cursor: str | None = None) -> DoctorIdPage:
        """Return a page of the doctors, and count them for the closure.

        Raises ``ClosureNotFoundError``, ``StoreUnavailableError``.
        """
        closure = self._read(closure_id)
        page = retry_on_conflict(lambda: self._doctors.list_ids(_PAGE_SIZE, cursor), self._pause)
        if closure.cursor == cursor and not closure.has_all_doctors:
            with suppress(PlanModifiedError):  # a repeated message: the page is counted
                self._closures.count_page(closure, len(page.doctor_ids), page.cursor)
        return page

    def apply(self, closure_id: str, doctor_id: str) -> bool:
        """Apply the latest version of the closure to a doctor, for at most the time of a step.

        Return whether nothing is left to do. Raises ``ClosureNotFoundError``,
        ``StoreUnavailableError``, ``OutcomeUnknownError``.
        """
        closure, pace = self._read(closure_id), self._start_pace()
        cache = self._stores.doctor_cache
        try:
            doctor = retry_on_conflict(lambda: cache.refresh(doctor_id), self._pause)
        except DoctorNotFoundError:
            return True  # a repair has deleted the doctor
        time_off = closure.time_off
        try:
            self._store_version(doctor_id, time_off)
            is_done = self._apply_dates(doctor, closure, time_off, pace)
        except (PlanModifiedError, TimeOffReplacedError):
            return False  # a later version, or the same in another process: look again
        if is_done:
            with suppress(PlanModifiedError):  # counted before
                self._closures.count_doctor(closure, doctor_id)
        return is_done

    def apply_to_doctor(self, doctor_id: str) -> None:
        """Apply the closures that are not over to a doctor, who may be new."""
        today = local_time.dates_anywhere(self._now())[0]
        closures = retry_on_conflict(self._closures.list_all, self._pause)
        for closure in closures:
            if not closure.is_lifted and closure.last >= today:
                self.apply(closure.closure_id, doctor_id)

    def list_to_repeat(self) -> tuple[str, ...]:
        """Return the ids of closures that may not have reached every doctor.

        Those that are not finished, and those of the last day: a doctor who was created at the same
        moment may have been missed.
        """
        closures = retry_on_conflict(self._closures.list_all, self._pause)
        since = self._now() - _ONE_DAY
        return tuple(
            closure.closure_id
            for closure in closures
            if not closure.is_finished or closure.changed_at >= since
        )

    def _read(self, closure_id: str) -> Closure:
        return retry_on_conflict(lambda: self._closures.get(closure_id), self._pause)

    def _store_version(self, doctor_id: str, time_off: TimeOff) -> None:
        """Store the doctor's version, which rejects saves of another one from then on."""
        stored = retry_on_conflict(
            lambda: self._stores.time_off.get(doctor_id, time_off.time_off_id), self._pause
        )
        if stored is None or stored.version < time_off.version:
            replaced = stored.version if stored else None
            self._stores.time_off.put(doctor_id, time_off, replaced=replaced)

    def _apply_dates(self, doctor: Doctor, closure: Closure, time_off: TimeOff, pace: Pace) -> bool:
        """Save each date; return whether all are done."""
        today = local_time.local_date(self._now(), doctor.zone)
        for on in time_off.dates_from(today):
            if pace.is_over:
                return False
            for units in self._save(doctor, closure, time_off, on):
                pace.spend(units)
        return True

    def _save(self, doctor: Doctor, closure: Closure, time_off: TimeOff, on: date) -> Iterator[int]:
        def decide(view: DayWithDoctor) -> PlannedChanges:
            changes = apply_time_off(time_off, view.day, view.doctor.zone, now=view.now)
            if changes is None:
                raise NoSaveNeededError
            return changes

        update = DayUpdate(
            doctor_id=doctor.doctor_id,
            date=on,
            request_id=closure.request_id,
            fingerprint=closure.request_id,
            decide=decide,
            # What it opens again may be off the grid.
            may_overlap_adjacent=lambda _: time_off.is_lifted,
            kind=ChangeKind.TIME_OFF,
            actor=closure.author,
            time_off=time_off,
        )
        for saved in save_with_rest(self._save_days, None, update, time_off.time_off_id):
            yield save_write_units(saved.previous, saved.day)
