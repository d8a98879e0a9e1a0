"""Start a plan, or continue it after a stop."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.errors import ConflictError
from chalicelib.domain.plan import PlanState
from chalicelib.domain.plan_days import opens_other_hours
from chalicelib.domain.plan_errors import HoursChangedError, PlanModifiedError
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation
from chalicelib.use_cases.retry import retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.domain.audit_log import Actor
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.plan import Plan
    from chalicelib.domain.series import Series, SeriesVersions
    from chalicelib.use_cases.plan_previews import PlanStores


class PlanStarter:
    """A plan starts only on what its preview has seen: the series, the time off, the hours."""

    def __init__(self, stores: PlanStores, pause: Callable[[int], None]) -> None:
        self._stores = stores
        self._pause = pause

    def run(self, author: Actor, doctor: Doctor, plan: Plan) -> tuple[Plan, SeriesVersions]:
        """Start the plan or continue it; read it again only if another request changed it.

        Returns the plan as it is then, and the versions of the doctor's series.
        """
        read = iter([plan])

        def run() -> tuple[Plan, SeriesVersions]:
            latest = next(read, None) or self._stores.plans.get(plan.doctor_id, plan.plan_id)
            versions = self._stores.series.list_versions(plan.doctor_id)
            if not latest.has_started:
                return self._start(author, doctor, latest, versions)
            if latest.state is PlanState.STOPPED:
                self._stores.plans.set_state(latest, PlanState.RUNNING)
                latest = replace(latest, state=PlanState.RUNNING)
            return latest, versions

        return retry_on_conflict(run, self._pause)

    def _start(
        self, author: Actor, doctor: Doctor, plan: Plan, versions: SeriesVersions
    ) -> tuple[Plan, SeriesVersions]:
        series = self._next_version(plan, author, versions)
        self._require_expected_time_off(plan)
        former = versions.latest(series.series_id) if series else None
        if opens_other_hours(plan, former, doctor.grid):
            raise HoursChangedError
        self._stores.plans.start(plan, series)
        started = replace(plan, state=PlanState.RUNNING, has_started=True, series=series)
        return started, versions.with_version(series) if series else versions

    def _next_version(self, plan: Plan, author: Actor, versions: SeriesVersions) -> Series | None:
        """Return the version that the plan makes. Raises ``ConflictError`` if there is a later one.

        The preview of the plan knows nothing of a later version, and its dates may not be all that
        have to change.
        """
        if plan.series is None:
            return None
        latest = versions.latest(plan.series.series_id)
        if (latest.version if latest else None) != plan.replaced:
            detail = Text("The series has changed since this preview. Preview the change again.")
            raise self._changed_since(plan, detail)
        return replace(plan.series, author=author, plan_id=plan.plan_id)

    def _require_expected_time_off(self, plan: Plan) -> None:
        """Raise ``ConflictError`` if there is a later version than the one that is replaced."""
        if plan.time_off is None:
            return
        latest = self._stores.time_off.get(plan.doctor_id, plan.time_off.time_off_id)
        if (latest.version if latest else None) != plan.replaced:
            detail = Text("The time off has changed since this preview. Preview the change again.")
            raise self._changed_since(plan, detail)

    def _changed_since(self, plan: Plan, detail: Text) -> Exception:
        if self._stores.plans.get(plan.doctor_id, plan.plan_id).has_started:
            return PlanModifiedError()  # by another tab: the later version is this plan's own
        return ConflictError(FieldViolation("plan_id", "invalid", detail))
