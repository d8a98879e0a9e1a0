"""Use case of doctors and their delegates: apply a plan in steps, and stop it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from msgspec import structs

from chalicelib.domain.audit_log import Actor
from chalicelib.domain.errors import StoreBusyError
from chalicelib.domain.plan import Plan, PlanKind, PlanState
from chalicelib.domain.plan_errors import (
    HoursChangedError,
    PlanNotFoundError,
    PlanStoppedError,
    PreviewChangedError,
    TimeOffReplacedError,
)
from chalicelib.storage.write_units import save_write_units
from chalicelib.use_cases.pace import STEP_SECONDS
from chalicelib.use_cases.plan_starter import PlanStarter
from chalicelib.use_cases.plan_updates import date_of_plan, time_off_update, undo_update
from chalicelib.use_cases.retry import busy_after_conflicts, retry_on_conflict
from chalicelib.use_cases.save_series_dates import save_if_needed, save_series_date
from chalicelib.use_cases.save_time_off_dates import save_with_rest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.plan import PlanSources
    from chalicelib.domain.time_off import BlockedStretch, TimeOff
    from chalicelib.use_cases.pace import Pace
    from chalicelib.use_cases.plan_previews import PlanPreviews, PlanStores, PlanView
    from chalicelib.use_cases.save_days import DayUpdate, SaveDays, SavedDay


class ApplyPlans:
    """A plan is applied date by date, and each date is one save.

    Anyone who manages the doctor may continue a plan: what is done is on record in the audit log.
    """

    def __init__(
        self,
        stores: PlanStores,
        previews: PlanPreviews,
        save_days: SaveDays,
        start_pace: Callable[[float], Pace],
        now: Callable[[], datetime],
        pause: Callable[[int], None],
    ) -> None:
        self._stores = stores
        self._previews = previews
        self._save_days = save_days
        self._start_pace = start_pace
        self._now = now
        self._pause = pause
        self._starter = PlanStarter(stores, pause)

    def view(self, caller: Caller, doctor_id: str, plan_id: str) -> PlanView:
        """Return the plan with what it did, and what it would do now.

        Raises ``PlanNotFoundError``, ``DoctorNotFoundError``, ``PermissionDeniedError``,
        ``StoreUnavailableError``.
        """
        doctor, plan = self._read(caller, doctor_id, plan_id)
        return retry_on_conflict(
            lambda: self._previews.view(doctor, plan, self._now()), self._pause
        )

    def step(
        self,
        caller: Caller,
        doctor_id: str,
        plan_id: str,
        *,
        continues_stopped: bool = True,
        seconds: float = STEP_SECONDS,
    ) -> Plan:
        """Do as ``step_and_view``, for at most so many seconds; return the plan alone."""
        *_, plan = self._step(
            caller, doctor_id, plan_id, continues_stopped=continues_stopped, seconds=seconds
        )
        return plan

    def step_and_view(
        self, caller: Caller, doctor_id: str, plan_id: str, *, only_applied: bool = False
    ) -> PlanView:
        """Start or continue the plan, apply dates for at most 2.5 seconds, and return it as it is.

        On a plan that is done nothing happens; on a stopped one, in ``step``, only if
        ``continues_stopped``. With ``only_applied`` the view has the dates that were applied by
        this step, and the totals of all.
        Raises ``PreviewChangedError`` if the plan would close slots that its preview did not show:
        it has a new preview then, which the next step applies. Raises ``HoursChangedError`` if it
        would open slots of former hours, ``ConflictError`` if the series was changed between
        proposal and start, and as ``view``, and ``OutcomeUnknownError``.
        """
        doctor, before, plan = self._step(caller, doctor_id, plan_id)
        view = retry_on_conflict(
            lambda: self._previews.view(doctor, plan, self._now()), self._pause
        )
        if not only_applied:
            return view
        applied = {*before.remaining} - {*plan.remaining}
        return structs.replace(view, days=tuple(day for day in view.days if day.date in applied))

    def _step(
        self,
        caller: Caller,
        doctor_id: str,
        plan_id: str,
        *,
        continues_stopped: bool = True,
        seconds: float = STEP_SECONDS,
    ) -> tuple[Doctor, Plan, Plan]:
        """Return the doctor, and the plan before and after the step."""
        doctor, before = self._read(caller, doctor_id, plan_id)
        plan = before
        is_halted = plan.state is PlanState.STOPPED and not continues_stopped
        if plan.state is PlanState.DONE or is_halted:
            return doctor, before, plan
        with busy_after_conflicts():
            author = Actor.of(caller, caller.require_role_for(doctor))
            plan, versions = self._starter.run(author, doctor, plan)
            sources = retry_on_conflict(lambda: self._previews.sources(plan, versions), self._pause)
            try:
                pace = self._start_pace(seconds)
                return doctor, before, self._apply(caller, doctor, plan, sources, pace)
            except PreviewChangedError:
                self._renew_preview(doctor, plan_id, sources)
                raise
            except HoursChangedError:
                self._stop(doctor_id, plan_id)
                raise

    def stop(self, caller: Caller, doctor_id: str, plan_id: str) -> Plan:
        """Stop the plan before its next date; what is done stays. Raises as ``view``."""
        self._read(caller, doctor_id, plan_id)
        with busy_after_conflicts():
            return self._stop(doctor_id, plan_id)

    def _stop(self, doctor_id: str, plan_id: str) -> Plan:
        def stop() -> Plan:
            plan = self._stores.plans.get(doctor_id, plan_id)
            if plan.state in (PlanState.PROPOSED, PlanState.RUNNING):
                self._stores.plans.set_state(plan, PlanState.STOPPED)
                return replace(plan, state=PlanState.STOPPED)
            return plan

        return retry_on_conflict(stop, self._pause)

    def _read(self, caller: Caller, doctor_id: str, plan_id: str) -> tuple[Doctor, Plan]:
        def read() -> tuple[Doctor, Plan]:
            requested_at = self._now()
            doctor, plan = self._stores.plans.get_with_doctor(doctor_id, plan_id)
            self._stores.doctor_cache.put(doctor, requested_at)
            caller.require_role_for(doctor)
            if plan is None:
                raise PlanNotFoundError
            return doctor, plan

        return retry_on_conflict(read, self._pause)

    def _apply(
        self, caller: Caller, doctor: Doctor, plan: Plan, sources: PlanSources, pace: Pace
    ) -> Plan:
        """Apply dates, and return the plan as it is then."""
        if sources.is_replaced(plan):
            return self._finish(plan, None)
        through = self._apply_dates(caller, plan, sources, pace)
        if not plan.dates or through == plan.dates[-1]:
            applied = replace(plan, applied_through=through)
            return self._finish(applied, doctor.last_bookable_date(plan.created_at))
        return self._stores.plans.get(plan.doctor_id, plan.plan_id)

    def _finish(self, plan: Plan, applied_to: date | None) -> Plan:
        self._stores.plans.finish(plan, applied_to)
        return replace(plan, state=PlanState.DONE)

    def _apply_dates(
        self, caller: Caller, plan: Plan, sources: PlanSources, pace: Pace
    ) -> date | None:
        """Apply dates until the time is over; return the last one that is applied.

        Many conflicts with other clients end the step early too: the next one has new retries.
        The progress is recorded, unless the last date of the plan is: then it is done.
        """
        through = plan.applied_through
        try:
            for on in plan.remaining:
                if pace.is_over:
                    break
                for saved in self._saves(caller, plan, on, sources):
                    pace.spend(save_write_units(saved.previous, saved.day))
                through = on
        except (PlanStoppedError, TimeOffReplacedError):
            return through
        except StoreBusyError:
            if through == plan.applied_through:
                raise
        finally:
            if through and through not in (plan.applied_through, *plan.dates[-1:]):
                self._stores.plans.record_progress(plan, through)
        return through

    def _saves(
        self, caller: Caller, plan: Plan, on: date, sources: PlanSources
    ) -> Iterator[SavedDay]:
        """Make the saves of a date, and yield each that was not made before.

        Raises ``PlanStoppedError`` before the first if the plan is stopped.
        """
        undone = sources.undone.get(on, ())
        for number, entry in enumerate(undone):
            update = undo_update(plan, on, entry, sources, is_first=number == 0)
            yield from self._save(caller, update, entry.blocked or entry.unblocked)
        if plan.time_off and plan.kind is not PlanKind.UNDO:
            update = time_off_update(plan, plan.time_off, on)
            yield from self._save(caller, update, plan.time_off)
        if plan.series or plan.kind in (PlanKind.IMPORT, PlanKind.HOURS):
            change = date_of_plan(plan, on, sources, is_first=not undone)
            yield from save_series_date(self._save_days, caller, change)

    def _save(
        self, caller: Caller, update: DayUpdate, time_off: TimeOff | BlockedStretch | None
    ) -> Iterator[SavedDay]:
        if time_off is None:
            return save_if_needed(self._save_days, caller, update)
        return save_with_rest(self._save_days, caller, update, time_off.time_off_id)

    def _renew_preview(self, doctor: Doctor, plan_id: str, sources: PlanSources) -> None:
        plans = self._stores.plans
        plan = plans.get(doctor.doctor_id, plan_id)
        plans.set_preview(self._previews.renew(doctor, plan, sources, self._now()).plan)
