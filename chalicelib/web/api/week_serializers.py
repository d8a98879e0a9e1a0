"""Serialize weeks and months to the schemas of JSON responses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.web.api import week_schemas
from chalicelib.web.api.many_day_serializers import outcome_fields, rejection_fields
from chalicelib.web.api.serializers import serialize_blocked, serialize_day_slots

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.errors import DomainError
    from chalicelib.use_cases.manage_weeks import Week
    from chalicelib.use_cases.save_many_days import DayOutcome
    from chalicelib.use_cases.view_months import Month


def serialize_week(week: Week) -> week_schemas.Week:
    """Monday to Sunday, each as a day."""
    return week_schemas.Week(
        doctor_id=week.doctor.doctor_id,
        time_zone=week.doctor.zone.key,
        from_=week.days[0].date.isoformat(),
        to=week.days[-1].date.isoformat(),
        days=[
            week_schemas.WeekDay(
                date=view.day.date.isoformat(),
                version=view.day.version,
                time_off=serialize_blocked(view),
                slots=serialize_day_slots(view),
            )
            for view in week.views()
        ],
    )


def serialize_outcomes(outcomes: Sequence[DayOutcome]) -> list[week_schemas.SavedDate]:
    """The result of each date of a save."""
    return [
        week_schemas.SavedDate(date=each.date.isoformat(), **outcome_fields(each))
        for each in outcomes
    ]


def serialize_rejected_week(
    error: DomainError, days: list[week_schemas.SavedDate]
) -> week_schemas.RejectedWeek:
    """Problem details of the first error, and the result of each date."""
    return week_schemas.RejectedWeek(**rejection_fields(error), days=days)


def serialize_month(month: Month) -> week_schemas.MonthTotals:
    """The dates of the month, and the totals of their whole weeks."""
    return week_schemas.MonthTotals(
        doctor_id=month.doctor.doctor_id,
        time_zone=month.doctor.zone.key,
        month=f"{month.first:%Y-%m}",
        days=[
            week_schemas.MonthDay(
                date=day.date.isoformat(),
                open=day.open,
                held=day.held,
                booked=day.booked,
                disrupted=day.disrupted,
                time_off=day.time_off,
            )
            for day in month.days
        ],
        weeks=[
            week_schemas.MonthWeek(
                from_=week.monday.isoformat(), open=week.open, booked=week.booked
            )
            for week in month.weeks
        ],
        fill_rate=month.fill_rate,
        third_next_available_days=month.third_next_available_days,
    )
