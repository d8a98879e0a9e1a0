"""Use case of doctors and their delegates: propose to replace what is open off the grid."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import structs

from chalicelib.domain import local_time
from chalicelib.domain.doctor import WINDOW_DAYS_RANGE
from chalicelib.domain.plan import PlanKind, PlanSources, dates_between
from chalicelib.domain.plan_errors import nothing_to_plan_error
from chalicelib.domain.replacement import Misfits, find_misfits
from chalicelib.domain.series import SeriesVersions
from chalicelib.domain.text import Text
from chalicelib.use_cases.proposals import kept_slots
from chalicelib.use_cases.retry import retry_on_conflict

if TYPE_CHECKING:
    from datetime import date, datetime

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.grid import Grid
    from chalicelib.domain.permissions import Caller
    from chalicelib.use_cases.plan_previews import PlanView
    from chalicelib.use_cases.proposals import Proposals

# The longest booking window: no patient can book a later date.
_DAYS_AHEAD = timedelta(days=WINDOW_DAYS_RANGE[1])
_PAGE_SIZE = 366


class ProposeHours:
    """What is open off the grid stays until it is closed, or replaced by such a plan."""

    def __init__(self, proposals: Proposals) -> None:
        self._proposals = proposals

    def propose(self, caller: Caller, doctor_id: str) -> PlanView:
        """Propose to replace the open slots that are not of the doctor's grid.

        Raises ``RequestRejectedError`` if there are none, ``DoctorNotFoundError``,
        ``PermissionDeniedError``, ``StoreUnavailableError``.
        """
        doctor, now = self._proposals.open(caller, doctor_id)
        draft = self._proposals.draft(doctor, PlanKind.HOURS, now)
        sources = PlanSources(versions=SeriesVersions())
        dates = dates_between(*_range(doctor, now))
        view = self._proposals.preview(doctor, draft, dates, sources, now)
        if not view.closes:
            detail = Text("All open slots are within the doctor's hours")
            raise nothing_to_plan_error("kind", detail, kept_slots(view), doctor.zone)
        opened = {day.date: day.opens for day in view.days if day.opens}
        with_slots = structs.replace(view, plan=replace(view.plan, imported=opened))
        return self._proposals.store(with_slots)

    def find_misfits(self, caller: Caller, doctor: Doctor, grid: Grid) -> Misfits:
        """Return the slots to come that are not of that grid. Raises as ``propose``."""
        caller.require_role_for(doctor)
        now, days = self._proposals.now(), self._proposals.stores.days
        first, last = _range(doctor, now)
        stored = retry_on_conflict(
            lambda: [*days.list_range(doctor.doctor_id, first, last, page_size=_PAGE_SIZE)],
            self._proposals.pause,
        )
        found = [find_misfits(day.as_of(now), grid, now=now) for day in stored]
        return Misfits(
            free=tuple(slot for each in found for slot in each.free),
            taken=tuple(slot for each in found for slot in each.taken),
        )


def _range(doctor: Doctor, now: datetime) -> tuple[date, date]:
    today = local_time.local_date(now, doctor.zone)
    return today, today + _DAYS_AHEAD
