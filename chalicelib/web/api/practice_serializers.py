"""Serialize the practice day to the schemas of JSON responses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.web.api import practice_schemas
from chalicelib.web.api.many_day_serializers import outcome_fields, rejection_fields
from chalicelib.web.api.serializers import serialize_blocked, serialize_day_slots

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.errors import DomainError
    from chalicelib.use_cases.manage_practice import PracticeDay
    from chalicelib.use_cases.save_days import DayWithDoctor
    from chalicelib.use_cases.save_many_days import DayOutcome


def serialize_practice(practice: PracticeDay) -> practice_schemas.PracticeDay:
    """The date of each doctor."""
    return practice_schemas.PracticeDay(
        date=practice.date.isoformat(),
        doctors=[_serialize_doctor(view) for view in practice.views],
        next=practice.next,
    )


def _serialize_doctor(view: DayWithDoctor) -> practice_schemas.PracticeDoctor:
    doctor = view.doctor
    return practice_schemas.PracticeDoctor(
        doctor_id=doctor.doctor_id,
        name=doctor.name,
        specialty=doctor.specialty,
        location=doctor.location,
        time_zone=doctor.zone.key,
        version=view.day.version,
        time_off=serialize_blocked(view),
        slots=serialize_day_slots(view),
    )


def serialize_saved_practice(outcomes: Sequence[DayOutcome]) -> practice_schemas.SavedPractice:
    """The result of each doctor's date."""
    return practice_schemas.SavedPractice(
        date=outcomes[0].date.isoformat(),
        doctors=[
            practice_schemas.SavedDoctor(doctor_id=each.doctor_id, **outcome_fields(each))
            for each in outcomes
        ],
    )


def serialize_rejected_practice(
    error: DomainError, saved: practice_schemas.SavedPractice
) -> practice_schemas.RejectedPractice:
    """Problem details of the first error, and the result of each doctor's date."""
    return practice_schemas.RejectedPractice(
        **rejection_fields(error), date=saved.date, doctors=saved.doctors
    )
