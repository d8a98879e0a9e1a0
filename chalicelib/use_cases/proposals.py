"""Proposals of plans: what the use cases that propose one kind of plan have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.plan import Plan, PlanKind, PlanSources, new_plan_id
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation
from chalicelib.use_cases.managed_doctors import read_managed_doctor
from chalicelib.use_cases.retry import retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime

    from chalicelib.domain.day import KeptSlot
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.series import SeriesVersions
    from chalicelib.use_cases.plan_previews import PlanPreviews, PlanStores, PlanView

# A plan names each slot. AWS Lambda responds with at most 6 MiB, in which the JSON is a text: its
# quotes are escaped. The rest is for dates, and for slots that others change before a step.
_MAX_RESPONSE_BYTES = 5_600_000
_BYTES_OF_SLOT = 132


class Proposals:
    """Drafts of plans, their previews, and the proposals that are stored of them.

    They store nothing but themselves; ``ApplyPlans`` applies them. ``new_id`` returns a random text
    for an id, in letters and digits.
    """

    def __init__(
        self,
        stores: PlanStores,
        previews: PlanPreviews,
        new_id: Callable[[], str],
        now: Callable[[], datetime],
        pause: Callable[[int], None],
    ) -> None:
        self.stores = stores
        self.previews = previews
        self.new_id = new_id
        self.pause = pause
        self.now = now

    def open(self, caller: Caller, doctor_id: str) -> tuple[Doctor, datetime]:
        """Read the doctor, whose schedule the caller must manage; return the current time too."""
        cache = self.stores.doctor_cache
        doctor = retry_on_conflict(
            lambda: read_managed_doctor(caller, cache, doctor_id), self.pause
        )
        return doctor, self.now()

    def read_versions(self, doctor_id: str) -> SeriesVersions:
        """Read all versions of the doctor's series."""
        series = self.stores.series
        return retry_on_conflict(lambda: series.list_versions(doctor_id), self.pause)

    def draft(self, doctor: Doctor, kind: PlanKind, now: datetime) -> Plan:
        """Return a plan without dates, whose preview finds those that it changes."""
        return Plan(
            doctor_id=doctor.doctor_id,
            plan_id=new_plan_id(now, self.new_id()),
            kind=kind,
            created_at=now,
            dates=(),
            closing={},
        )

    def preview(
        self,
        doctor: Doctor,
        draft: Plan,
        dates: Iterable[date],
        sources: PlanSources,
        now: datetime,
    ) -> PlanView:
        """Preview the draft. See ``PlanPreviews.preview``."""
        on_dates = tuple(dates)
        return retry_on_conflict(
            lambda: self.previews.preview(doctor, draft, on_dates, sources, now), self.pause
        )

    def store(self, view: PlanView) -> PlanView:
        """Store the proposal. Raises ``RequestRejectedError`` if it changes too many slots."""
        limit = max_slots(view.doctor.doctor_id)
        if view.opens + view.closes + view.keeps > limit:
            detail = Text("A plan can change at most %(count)s slots", count=limit)
            raise RequestRejectedError(FieldViolation("kind", "too_many", detail))
        retry_on_conflict(lambda: self.stores.plans.create(view.plan), self.pause)
        return view


def max_slots(doctor_id: str) -> int:
    """Return how many slots a plan may name, so that a response with all of them can be sent.

    The id of each slot has that of its doctor.
    """
    return _MAX_RESPONSE_BYTES // (_BYTES_OF_SLOT + len(doctor_id))


def kept_slots(view: PlanView) -> list[KeptSlot]:
    """Return what the plan leaves alone, on all dates."""
    return [kept for day in view.days for kept in day.kept]
