"""Use case of the queue of closures: give every doctor a closure of the practice, or lift it."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import structs

from chalicelib.domain import local_time
from chalicelib.domain.audit_log import ChangeKind
from chalicelib.domain.closure import ALL_DATES, ClosureRest
from chalicelib.domain.errors import DoctorNotFoundError
from chalicelib.domain.plan_days import apply_time_off
from chalicelib.domain.plan_errors import PlanModifiedError, TimeOffReplacedError
from chalicelib.storage.write_units import save_write_units
from chalicelib.use_cases.retry import retry_on_conflict
from chalicelib.use_cases.save_days import DayUpdate, DayWithDoctor
from chalicelib.use_cases.save_series_dates import NoSaveNeededError
from chalicelib.use_cases.save_time_off_dates import save_with_rest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
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
                self.finish(closure_id, doctor_id)
            cursor, is_last = page.cursor, page.cursor is None

    def list_doctors(self, closure_id: str, cursor: str | None = None) -> DoctorIdPage:
        """Return those of a page of the doctors who don't have the closure; count all of the page.

        Raises ``ClosureNotFoundError``, ``StoreUnavailableError``.
        """
        closure = self._read(closure_id)
        page = retry_on_conflict(lambda: self._doctors.list_ids(_PAGE_SIZE, cursor), self._pause)
        if closure.cursor == cursor and not closure.has_all_doctors:
            with suppress(PlanModifiedError):  # a repeated message: the page is counted
                self._closures.count_page(closure, len(page.doctor_ids), page.cursor)
        done = self._find_done([closure], page.doctor_ids)
        left = (each for each in page.doctor_ids if (closure_id, each) not in done)
        return structs.replace(page, doctor_ids=tuple(left))

    def finish(self, closure_id: str, doctor_id: str, rest: ClosureRest = ALL_DATES) -> None:
        """Apply the rest of the closure to a doctor, in as many steps as it takes.

        Raises as ``apply``.
        """
        left: ClosureRest | None = rest
        while left:
            left = self.apply(closure_id, doctor_id, left)

    def apply(
        self, closure_id: str, doctor_id: str, rest: ClosureRest = ALL_DATES
    ) -> ClosureRest | None:
        """Apply the latest version of the closure to a doctor, for at most the time of a step.

        Return what is left for the next step, None if that is nothing. A step that read all dates
        again could take all its time for those that are done. Raises ``ClosureNotFoundError``,
        ``StoreUnavailableError``, ``OutcomeUnknownError``.
        """
        return self._apply(closure_id, doctor_id, rest, self._start_pace())

    def apply_to_doctor(self, doctor_id: str) -> dict[str, ClosureRest]:
        """Apply the closures to come to a doctor, who may be new, for at most the time of a step.

        Return what is left to do, by closure. Raises as ``apply``.
        """
        closures = [each for each in self._list_all() if self._is_to_come(each)]
        done, pace = self._find_done(closures, [doctor_id]), self._start_pace()
        left: dict[str, ClosureRest] = {}
        for closure_id in (each.closure_id for each in closures):
            if (closure_id, doctor_id) in done:
                continue
            rest: ClosureRest | None = ALL_DATES
            if not pace.is_over:
                rest = self._apply(closure_id, doctor_id, ALL_DATES, pace)
            if rest:
                left[closure_id] = rest
        return left

    def list_to_repeat(self) -> tuple[str, ...]:
        """Return the ids of closures that may not have reached every doctor.

        Those that are not finished; those of the last day, as a doctor who was created at the same
        moment may have been missed; and those to come, as the creation of a doctor may have broken
        off before the doctor had them.
        """
        since = self._now() - _ONE_DAY
        return tuple(
            closure.closure_id
            for closure in self._list_all()
            if not closure.is_finished or closure.changed_at >= since or self._is_to_come(closure)
        )

    def _list_all(self) -> Sequence[Closure]:
        return retry_on_conflict(self._closures.list_all, self._pause)

    def _is_to_come(self, closure: Closure) -> bool:
        """Return whether the closure is neither lifted nor over for every doctor."""
        today = local_time.dates_anywhere(self._now())[0]
        return not closure.is_lifted and closure.last >= today

    def _find_done(
        self, closures: Sequence[Closure], doctor_ids: Sequence[str]
    ) -> set[tuple[str, str]]:
        return retry_on_conflict(
            lambda: self._closures.find_done(closures, doctor_ids), self._pause
        )

    def _apply(
        self, closure_id: str, doctor_id: str, rest: ClosureRest, pace: Pace
    ) -> ClosureRest | None:
        closure, cache = self._read(closure_id), self._stores.doctor_cache
        try:
            doctor = retry_on_conflict(lambda: cache.refresh(doctor_id), self._pause)
        except DoctorNotFoundError:
            return None  # a repair has deleted the doctor
        today = local_time.local_date(self._now(), doctor.zone)
        try:
            self._store_version(doctor_id, closure.time_off)
            for on in rest.dates_of(closure, today):
                if pace.is_over:
                    return ClosureRest(version=closure.version, first=on)
                for units in self._save(doctor, closure, on):
                    pace.spend(units)
        except (PlanModifiedError, TimeOffReplacedError):
            return ALL_DATES  # a later version, or the same in another process: look again
        with suppress(PlanModifiedError):  # counted before
            self._closures.count_doctor(closure, doctor_id)
        return None

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

    def _save(self, doctor: Doctor, closure: Closure, on: date) -> Iterator[int]:
        time_off = closure.time_off

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
