"""Use case of doctors and their delegates: propose to undo a plan, or a change of one date."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.plan import Plan, PlanKind, PlanSources, PlanState
from chalicelib.domain.plan_errors import nothing_to_plan_error
from chalicelib.domain.text import Text
from chalicelib.domain.undo import may_be_undone
from chalicelib.use_cases.proposals import kept_slots
from chalicelib.use_cases.retry import retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from chalicelib.domain.audit_log import ChangeId
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.series import Series, SeriesVersions
    from chalicelib.use_cases.plan_previews import PlanView
    from chalicelib.use_cases.proposals import Proposals


class ProposeUndos:
    """An undo inverts the changes that are on record, as far as the days allow that now."""

    def __init__(self, proposals: Proposals) -> None:
        self._proposals = proposals

    def propose_for_plan(self, caller: Caller, doctor_id: str, plan_id: str) -> PlanView:
        """Propose to undo what a plan did, and to restore the series as it was before.

        The series stays as it is if it has been changed again since. Raises
        ``RequestRejectedError`` if nothing can be undone, ``PlanNotFoundError``,
        ``DoctorNotFoundError``, ``PermissionDeniedError``, ``StoreUnavailableError``.
        """
        proposals = self._proposals
        doctor, now = proposals.open(caller, doctor_id)
        plans = proposals.stores.plans
        undone = retry_on_conflict(lambda: plans.get(doctor_id, plan_id), proposals.pause)
        versions = proposals.read_versions(doctor_id)
        series = _restored(undone, versions)
        draft = replace(
            proposals.draft(doctor, PlanKind.UNDO, now),
            undoes=plan_id,
            series=series,
            replaced=undone.series.version if series and undone.series else None,
            # Until this plan starts, the undone one can still be applied to more dates.
            dates=undone.dates if series and undone.state is not PlanState.DONE else (),
        )
        return self._propose(doctor, draft, versions, now, dates=undone.dates)

    def propose_for_change(self, caller: Caller, change: ChangeId) -> PlanView:
        """Propose to undo a change of one date. Raises as ``propose_for_plan``."""
        doctor, now = self._proposals.open(caller, change.doctor_id)
        draft = self._proposals.draft(doctor, PlanKind.UNDO, now)
        versions = self._proposals.read_versions(change.doctor_id)
        return self._propose(doctor, replace(draft, undoes=str(change)), versions, now)

    def _propose(
        self,
        doctor: Doctor,
        draft: Plan,
        versions: SeriesVersions,
        now: datetime,
        dates: Sequence[date] = (),
    ) -> PlanView:
        previews, pause = self._proposals.previews, self._proposals.pause
        found = retry_on_conflict(lambda: previews.undone_by(draft), pause)
        entries = {
            on: [entry for entry in of_date if draft.series or may_be_undone(entry, now)]
            for on, of_date in found.items()
        }
        left = retry_on_conflict(lambda: previews.without_undone(entries), pause)
        sources = PlanSources(versions=versions, undone=left)
        view = self._proposals.preview(doctor, draft, sorted({*dates, *left}), sources, now)
        if not (view.opens or view.closes or draft.series):
            detail = Text("There is nothing left to undo")
            field = "change_id" if draft.undone_change else "plan_id"
            raise nothing_to_plan_error(field, detail, kept_slots(view), doctor.zone)
        return self._proposals.store(view)


def _restored(undone: Plan, versions: SeriesVersions) -> Series | None:
    """Return the version that brings back the pattern before the plan.

    None if the plan made no version, or if it is not the latest.
    """
    if undone.series is None or not undone.has_started:
        return None
    latest = versions.latest(undone.series.series_id)
    if latest is None or latest.version != undone.series.version:
        return None
    if undone.replaced is None:
        return latest.ended_before(latest.first)
    before = versions.get(latest.series_id, undone.replaced)
    return replace(before, version=latest.version + 1, applied_to=None) if before else None
