"""Use case of doctors and their delegates: propose to open slots of many dates."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.exports import MAX_DAYS
from chalicelib.domain.imports import resolve_import
from chalicelib.domain.plan import PlanKind, PlanSources
from chalicelib.domain.plan_errors import nothing_to_plan_error
from chalicelib.domain.series import SeriesVersions
from chalicelib.domain.text import Text
from chalicelib.use_cases.proposals import kept_slots
from chalicelib.use_cases.retry import retry_on_conflict

if TYPE_CHECKING:
    from datetime import date, datetime

    from chalicelib.domain.day import Day
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.imports import Imported, ImportedStarts
    from chalicelib.domain.permissions import Caller
    from chalicelib.use_cases.plan_previews import PlanView
    from chalicelib.use_cases.proposals import Proposals

# An export has such slots if the weekly hours, the slot length or the booking window have changed.
_SETTINGS_CODES = {"not_on_grid", "not_bookable"}


class ProposeImports:
    """An import opens slots; it closes none."""

    def __init__(self, proposals: Proposals) -> None:
        self._proposals = proposals

    def propose(self, caller: Caller, doctor_id: str, starts: ImportedStarts) -> PlanView:
        """Propose to open slots of many dates, by their starts.

        Raises ``RequestRejectedError`` for a start that is neither a grid slot of its date nor
        stored, for a date after the booking window, and if nothing would open;
        ``DoctorNotFoundError``, ``PermissionDeniedError``, ``StoreUnavailableError``.
        """
        doctor, now = self._proposals.open(caller, doctor_id)
        imported = self._resolve(starts, doctor, now)
        draft = replace(
            self._proposals.draft(doctor, PlanKind.IMPORT, now),
            imported=imported,
        )
        sources = PlanSources(versions=SeriesVersions())
        view = self._proposals.preview(doctor, draft, sorted(imported), sources, now)
        if not view.opens:
            detail = Text("All of these slots are open already")
            raise nothing_to_plan_error("days", detail, kept_slots(view), doctor.zone)
        return self._proposals.store(view)

    def _resolve(self, starts: ImportedStarts, doctor: Doctor, now: datetime) -> Imported:
        """Resolve the starts. The days are only read for those that the settings do not have."""
        try:
            return resolve_import(starts, doctor, now)
        except RequestRejectedError as error:
            if {violation.code for violation in error.violations} - _SETTINGS_CODES:
                raise
            first, last = min(starts.by_date), max(starts.by_date)
            if (last - first).days >= MAX_DAYS:
                raise
        return resolve_import(starts, doctor, now, self._read_days(doctor, first, last, now))

    def _read_days(self, doctor: Doctor, first: date, last: date, now: datetime) -> dict[date, Day]:
        days = self._proposals.stores.days
        found = retry_on_conflict(
            lambda: list(days.list_range(doctor.doctor_id, first, last, page_size=MAX_DAYS)),
            self._proposals.pause,
        )
        return {day.date: day.as_of(now) for day in found}
