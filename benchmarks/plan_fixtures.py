"""Proposed plans, each of another doctor: a week of mornings that a series opens."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from benchmarks.environment import DOCTOR, TOMORROW
from chalicelib.domain.plan import Plan, PlanKind
from chalicelib.domain.series import Series, TimeRange
from chalicelib.storage import table
from chalicelib.storage.doctor_repository import DoctorRepository
from chalicelib.storage.plan_repository import PlanRepository

if TYPE_CHECKING:
    from datetime import date

PLAN_ID = "plan-1"
_MONDAY = TOMORROW + timedelta(days=14 - TOMORROW.weekday())
DATES = tuple(_MONDAY + timedelta(days=n) for n in range(5))
# Six slots a date.
_MORNING = TimeRange(timedelta(hours=9), timedelta(hours=12))


def add_doctors_with_plan(table_name: str, count: int) -> list[str]:
    """Add doctors who each have a proposed plan, and return their ids.

    A plan leaves a series, and a step reads all series of its doctor: so each is measured with one.
    """
    table.connect(table_name)
    doctor_ids = [f"dr-plan-{n}" for n in range(count)]
    for doctor_id in doctor_ids:
        DoctorRepository().add(replace(DOCTOR, doctor_id=doctor_id))
        add_plan(doctor_id, PLAN_ID, DATES)
    return doctor_ids


def add_plan(doctor_id: str, plan_id: str, dates: tuple[date, ...]) -> None:
    """Propose to open the mornings of these dates, in the table to which this process connects."""
    series = Series(
        series_id=f"mornings-of-{plan_id}",
        version=1,
        name="Mornings",
        weekly=dict.fromkeys(range(7), (_MORNING,)),
        every_weeks=1,
        first=dates[0],
        last=dates[-1],
        grid=DOCTOR.grid,
    )
    plan = Plan(
        doctor_id=doctor_id,
        plan_id=plan_id,
        kind=PlanKind.SERIES,
        created_at=datetime.now(UTC),
        dates=dates,
        closing={},
        series=series,
    )
    PlanRepository().create(plan)
