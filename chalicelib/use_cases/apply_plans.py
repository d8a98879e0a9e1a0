"""Use case of doctors and their delegates: apply a plan in steps, and stop it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.audit_log import Actor
from chalicelib.domain.errors import ConflictError, StoreBusyError
from chalicelib.domain.plan import Plan, PlanState
from chalicelib.domain.plan_errors import PreviewChangedError
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation
from chalicelib.storage.write_units import save_write_units
from chalicelib.use_cases.pace import STEP_SECONDS
from chalicelib.use_cases.plan_updates import date_of_plan, undo_update
from chalicelib.use_cases.retry import busy_after_conflicts, retry_on_conflict
from chalicelib.use_cases.save_series_dates import save_if_needed, save_series_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.plan import PlanSources
    from chalicelib.domain.series import Series
    from chalicelib.use_cases.pace import Pace
    from chalicelib.use_cases.plan_previews import PlanPreviews, PlanStores, PlanView
    from chalicelib.use_cases.save_days import SaveDays, SavedDay


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
        """Start or continue the plan, and apply dates for so many seconds.

        On a plan that is done nothing happens; on a stopped one only if ``continues_stopped``.
        Raises ``PreviewChangedError`` if the plan would close slots that its preview did not show:
        it has a new preview then, which the next step applies. Raises ``ConflictError`` if the
        series was changed between proposal and start, and as ``view``, and ``OutcomeUnknownError``.
        """
        doctor, plan = self._read(caller, doctor_id, plan_id)
        is_halted = plan.state is PlanState.STOPPED and not continues_stopped
        if plan.state is PlanState.DONE or is_halted:
            return plan
        with busy_after_conflicts():
            author = Actor.of(caller, caller.require_role_for(doctor))
            plan = retry_on_conflict(lambda: self._run(author, doctor_id, plan_id), self._pause)
            sources = retry_on_conflict(lambda: self._previews.sources(plan), self._pause)
            try:
                self._apply(caller, doctor, plan, sources, self._start_pace(seconds))
            except PreviewChangedError:
                self._renew_preview(doctor, plan_id, sources)
                raise
            return self._stores.plans.get(doctor_id, plan_id)

    def stop(self, caller: Caller, doctor_id: str, plan_id: str) -> Plan:
        """Stop the plan before its next date; what is done stays. Raises as ``view``."""
        self._read(caller, doctor_id, plan_id)

        def stop() -> Plan:
            plan = self._stores.plans.get(doctor_id, plan_id)
            if plan.state in (PlanState.PROPOSED, PlanState.RUNNING):
                self._stores.plans.set_state(plan, PlanState.STOPPED)
                return replace(plan, state=PlanState.STOPPED)
            return plan

        with busy_after_conflicts():
            return retry_on_conflict(stop, self._pause)

    def _read(self, caller: Caller, doctor_id: str, plan_id: str) -> tuple[Doctor, Plan]:
        def read() -> tuple[Doctor, Plan]:
            doctor = self._stores.doctor_cache.refresh(doctor_id)
            caller.require_role_for(doctor)
            return doctor, self._stores.plans.get(doctor_id, plan_id)

        return retry_on_conflict(read, self._pause)

    def _run(self, author: Actor, doctor_id: str, plan_id: str) -> Plan:
        """Start the plan or continue it, whatever its state has become."""
        plans = self._stores.plans
        plan = plans.get(doctor_id, plan_id)
        if not plan.has_started:
            plans.start(plan, self._next_version(plan, author))
            return plans.get(doctor_id, plan_id)
        if plan.state is PlanState.STOPPED:
            plans.set_state(plan, PlanState.RUNNING)
            return replace(plan, state=PlanState.RUNNING)
        return plan

    def _next_version(self, plan: Plan, author: Actor) -> Series | None:
        """Return the version that the plan makes. Raises ``ConflictError`` if there is a later one.

        The preview of the plan knows nothing of a later version, and its dates may not be all that
        have to change.
        """
        if plan.series is None:
            return None
        latest = self._stores.series.list_versions(plan.doctor_id).latest(plan.series.series_id)
        if (latest.version if latest else None) != plan.replaced:
            detail = Text("The series has been changed since. Plan the change again.")
            raise ConflictError(FieldViolation("plan_id", "invalid", detail))
        return replace(plan.series, author=author)

    def _apply(
        self, caller: Caller, doctor: Doctor, plan: Plan, sources: PlanSources, pace: Pace
    ) -> None:
        if sources.is_replaced(plan.series):
            self._stores.plans.finish(plan, None)
            return
        through = self._apply_dates(caller, plan, sources, pace)
        if not plan.dates or through == plan.dates[-1]:
            self._stores.plans.finish(plan, doctor.last_bookable_date(plan.created_at))

    def _apply_dates(
        self, caller: Caller, plan: Plan, sources: PlanSources, pace: Pace
    ) -> date | None:
        """Apply dates until the time is over; return the last one that is applied.

        Many conflicts with other clients end the step early too: the next one has new retries.
        """
        through = plan.applied_through
        try:
            for on in plan.remaining:
                if pace.is_over or self._is_stopped(plan):
                    break
                for saved in self._saves(caller, plan, on, sources):
                    pace.spend(save_write_units(saved.previous, saved.day))
                through = on
        except StoreBusyError:
            if through == plan.applied_through:
                raise
        finally:
            if through != plan.applied_through and through is not None:
                self._stores.plans.record_progress(plan, through)
        return through

    def _is_stopped(self, plan: Plan) -> bool:
        state = self._stores.plans.get_state(plan.doctor_id, plan.plan_id)
        return state is PlanState.STOPPED

    def _saves(
        self, caller: Caller, plan: Plan, on: date, sources: PlanSources
    ) -> Iterator[SavedDay]:
        """Make the saves of a date, and yield each that was not made before."""
        for entry in sources.undone.get(on, ()):
            yield from save_if_needed(self._save_days, caller, undo_update(plan, on, entry))
        if plan.series or plan.imported:
            yield from save_series_date(self._save_days, caller, date_of_plan(plan, on, sources))

    def _renew_preview(self, doctor: Doctor, plan_id: str, sources: PlanSources) -> None:
        plans = self._stores.plans
        plan = plans.get(doctor.doctor_id, plan_id)
        plans.set_preview(self._previews.renew(doctor, plan, sources, self._now()).plan)
