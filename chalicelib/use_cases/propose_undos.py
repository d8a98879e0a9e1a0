"""Use case of doctors and their delegates: propose to undo a plan, or a change of one date."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain import local_time
from chalicelib.domain.plan import Plan, PlanKind, PlanSources, PlanState, dates_between
from chalicelib.domain.plan_errors import ALREADY_UNDONE, nothing_to_plan_error
from chalicelib.domain.text import Text
from chalicelib.domain.undo import is_of_closure, may_be_undone
from chalicelib.use_cases.proposals import kept_slots
from chalicelib.use_cases.retry import retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from chalicelib.domain.audit_log import ChangeId
    from chalicelib.domain.day import KeptSlot
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.errors import RequestRejectedError
    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.plan import UndoHistory
    from chalicelib.domain.series import Series, SeriesVersions
    from chalicelib.domain.time_off import TimeOff
    from chalicelib.use_cases.plan_previews import EntriesByDate, PlanView
    from chalicelib.use_cases.proposals import Proposals


_NOTHING_LEFT = Text("There is nothing left to undo")


class ProposeUndos:
    """An undo inverts the changes that are on record, as far as the days allow that now."""

    def __init__(self, proposals: Proposals) -> None:
        self._proposals = proposals

    def propose_for_plan(self, caller: Caller, doctor_id: str, plan_id: str) -> PlanView:
        """Propose to undo what a plan did, and to restore the series as it was before.

        If its undo was undone in turn, the latest of these is undone. A pattern that an undone plan
        made does not come back, but the one before. If the series has got another pattern since, it
        stays as it is, because a person has chosen that later, and what the plan did to the days is
        undone alone. Raises ``RequestRejectedError`` if nothing can be undone,
        ``PlanNotFoundError``, ``DoctorNotFoundError``, ``PermissionDeniedError``,
        ``StoreUnavailableError``.
        """
        proposals = self._proposals
        doctor, now = proposals.open(caller, doctor_id)
        undone = self._find_undone(doctor, plan_id)
        versions = proposals.read_versions(doctor_id)
        draft = replace(
            proposals.draft(doctor, PlanKind.UNDO, now),
            undoes=undone.plan_id,
            unchanged_series=undone.unchanged_series,
        )
        if undone.time_off and undone.has_started:
            draft = self._with_time_off(draft, undone, undone.time_off, doctor.zone)
        if undone.series is None or not undone.has_started:
            return self._propose(caller, doctor, draft, versions, now, dates=draft.dates)
        series = self._restored(undone, undone.series, versions)
        if series is None:
            draft = replace(draft, unchanged_series=undone.series.series_id)
            return self._propose(caller, doctor, draft, versions, now)
        draft = replace(
            draft,
            series=series,
            replaced=series.version - 1,
            # Until this plan starts, the undone one can still be applied to more dates.
            dates=undone.dates if undone.state is not PlanState.DONE else (),
        )
        # The series can have been extended to other dates since.
        today = local_time.local_date(now, doctor.zone)
        extended = dates_between(today, doctor.last_bookable_date(now))
        return self._propose(caller, doctor, draft, versions, now, dates=(*undone.dates, *extended))

    def propose_for_change(self, caller: Caller, change: ChangeId) -> PlanView:
        """Propose to undo a change of one date. Raises as ``propose_for_plan``."""
        doctor, now = self._proposals.open(caller, change.doctor_id)
        draft = self._proposals.draft(doctor, PlanKind.UNDO, now)
        versions = self._proposals.read_versions(change.doctor_id)
        return self._propose(caller, doctor, replace(draft, undoes=str(change)), versions, now)

    def _find_undone(self, doctor: Doctor, plan_id: str) -> Plan:
        """Return the plan that the undo inverts: the plan itself, or the latest of its undos."""
        plan, history = self._read_with_undos(doctor.doctor_id, plan_id)
        if history.is_undone:
            raise nothing_to_plan_error("plan_id", ALREADY_UNDONE, (), doctor.zone)
        return history.latest or plan

    def _read_with_undos(self, doctor_id: str, plan_id: str) -> tuple[Plan, UndoHistory]:
        plans, previews = self._proposals.stores.plans, self._proposals.previews

        def read() -> tuple[Plan, UndoHistory]:
            plan = plans.get(doctor_id, plan_id)
            return plan, previews.undo_history(plan)

        return retry_on_conflict(read, self._proposals.pause)

    def _restored(self, undone: Plan, made: Series, versions: SeriesVersions) -> Series | None:
        """Return the version that brings back the pattern before the plan, which made ``made``.

        None if the latest version has another pattern. A name that was given since stays.
        """
        latest = versions.latest(made.series_id)
        if latest is None or not latest.has_same_pattern(made):
            return None
        number = undone.replaced
        while before := versions.get(latest.series_id, number) if number else None:
            maker = self._find_undone_maker(undone, before)
            if maker is None:
                return before.restored_after(latest, made)
            number = maker.replaced
        return None if number else latest.ended_before(latest.first)

    def _find_undone_maker(self, undone: Plan, version: Series) -> Plan | None:
        """Return the plan that made the version, if it is undone, also after this undo."""
        if version.plan_id is None:
            return None
        maker, history = self._read_with_undos(undone.doctor_id, version.plan_id)
        undoes_last = history.latest and history.latest.plan_id == undone.plan_id
        return maker if history.is_undone and not undoes_last else None

    def _with_time_off(self, draft: Plan, undone: Plan, made: TimeOff, zone: ZoneInfo) -> Plan:
        """Return the undo of time off, or of lifting it.

        Raises ``RequestRejectedError`` if another change has done the same already.
        """
        stored = self._proposals.stores.time_off
        latest = retry_on_conflict(
            lambda: stored.get(draft.doctor_id, made.time_off_id), self._proposals.pause
        )
        if latest is None or latest.is_lifted != made.is_lifted:
            raise nothing_to_plan_error("plan_id", _NOTHING_LEFT, (), zone)
        return replace(
            draft,
            time_off=latest.next_version(),
            replaced=latest.version,
            # Until this plan starts, the undone one can still be applied to more dates.
            dates=undone.dates if undone.state is not PlanState.DONE else (),
        )

    def _entries_to_undo(self, draft: Plan) -> EntriesByDate:
        previews, pause = self._proposals.previews, self._proposals.pause
        return retry_on_conflict(lambda: previews.entries_to_undo(draft), pause)

    def _drop_already_undone(self, entries: EntriesByDate) -> EntriesByDate:
        previews, pause = self._proposals.previews, self._proposals.pause
        return retry_on_conflict(lambda: previews.drop_already_undone(entries), pause)

    def _propose(
        self,
        caller: Caller,
        doctor: Doctor,
        draft: Plan,
        versions: SeriesVersions,
        now: datetime,
        dates: Sequence[date] = (),
    ) -> PlanView:
        entries = {
            on: [entry for entry in of_date if draft.series or may_be_undone(entry, now)]
            for on, of_date in self._entries_to_undo(draft).items()
        }
        if any(is_of_closure(entry) for of_date in entries.values() for entry in of_date):
            caller.require_admin()
        left = self._drop_already_undone(entries)
        sources = PlanSources(versions=versions, undone=left)
        view = self._proposals.preview(doctor, draft, sorted({*dates, *left}), sources, now)
        if not (view.opens or view.closes or draft.series or (draft.time_off and view.plan.dates)):
            raise _nothing_left(draft, kept_slots(view), doctor.zone)
        return self._proposals.store(view)


def _nothing_left(draft: Plan, kept: Sequence[KeptSlot], zone: ZoneInfo) -> RequestRejectedError:
    field = "change_id" if draft.undone_change else "plan_id"
    detail = _NOTHING_LEFT
    if draft.unchanged_series:
        detail = Text(
            "There is nothing left to undo: the series has been changed since. "
            "To stop it, end the series."
        )
    return nothing_to_plan_error(field, detail, kept, zone)
