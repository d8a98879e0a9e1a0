"""Serialize series and plans to the schemas of JSON responses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import structs

from chalicelib.domain.local_time import format_time_of_day
from chalicelib.web.api import plan_schemas
from chalicelib.web.api.change_serializers import serialize_kept
from chalicelib.web.api.fields import WEEKDAYS
from chalicelib.web.api.serializers import serialize_slot

if TYPE_CHECKING:
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.plan import Plan, PlannedDay
    from chalicelib.domain.series import Series
    from chalicelib.use_cases.list_plans import DoctorPlans
    from chalicelib.use_cases.list_series import DoctorSeries
    from chalicelib.use_cases.plan_previews import PlanView
    from chalicelib.web.api import schemas


def serialize_series(series: Series) -> plan_schemas.Series:
    """A series: its latest version."""
    weekly = {
        WEEKDAYS[weekday]: [
            plan_schemas.HoursRange(
                from_=format_time_of_day(hours.start), to=format_time_of_day(hours.end)
            )
            for hours in ranges
        ]
        for weekday, ranges in series.weekly.items()
    }
    return plan_schemas.Series(
        series_id=series.series_id,
        name=series.name,
        weekly=plan_schemas.WeeklyHours(**weekly),
        every_weeks=series.every_weeks,
        from_=series.first.isoformat(),
        to=series.last.isoformat() if series.last else None,
        version=series.version,
    )


def serialize_series_list(found: DoctorSeries) -> plan_schemas.SeriesList:
    """The series of a doctor."""
    return plan_schemas.SeriesList(series=[serialize_series(each) for each in found.series])


def serialize_plans(found: DoctorPlans) -> plan_schemas.PlanList:
    """The latest plans of a doctor."""
    return plan_schemas.PlanList(plans=[serialize_summary(plan) for plan in found.plans])


def serialize_summary(plan: Plan) -> plan_schemas.PlanSummary:
    """A plan without its dates."""
    return plan_schemas.PlanSummary(
        plan_id=plan.plan_id,
        kind=plan.kind.value,
        state=plan.state.value,
        series_id=plan.series.series_id if plan.series else None,
        time_off_id=plan.time_off.time_off_id if plan.time_off else None,
        undoes=plan.undoes,
        undone_by=plan.undone_by,
        unchanged_series_id=plan.unchanged_series,
        from_=plan.dates[0].isoformat() if plan.dates else None,
        to=plan.dates[-1].isoformat() if plan.dates else None,
        days_total=len(plan.dates),
    )


def serialize_plan(view: PlanView) -> plan_schemas.Plan:
    """A plan with its dates."""
    third_next = view.plan.third_next_available
    return plan_schemas.Plan(
        **structs.asdict(serialize_summary(view.plan)),
        opens=view.opens,
        closes=view.closes,
        keeps=view.keeps,
        days_done=view.days_done,
        days=[_serialize_day(day, view.doctor) for day in view.days],
        third_next_available_days=plan_schemas.ThirdNextAvailableDays(
            before=third_next.before, after=third_next.after
        ),
    )


def serialize_changed_preview(
    view: PlanView, problem: schemas.Problem
) -> plan_schemas.ChangedPreview:
    """The problem of a step that would close other slots, with the plan and its new preview."""
    return plan_schemas.ChangedPreview(
        **structs.asdict(serialize_plan(view)),
        title=problem.title,
        status=problem.status,
        detail=problem.detail,
        errors=problem.errors,
    )


def _serialize_day(day: PlannedDay, doctor: Doctor) -> plan_schemas.PlannedDay:
    return plan_schemas.PlannedDay(
        date=day.date.isoformat(),
        opens=[serialize_slot(slot, doctor) for slot in day.opens],
        closes=[serialize_slot(slot, doctor) for slot in day.closes],
        kept=serialize_kept(day.kept, doctor),
        left_out=day.left_out,
    )
