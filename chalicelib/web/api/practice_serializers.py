"""Serialize the practice day to the schemas of JSON responses."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from msgspec import UNSET

from chalicelib.web.api import practice_schemas
from chalicelib.web.api.problem_details import problem_from_error
from chalicelib.web.api.serializers import serialize_blocked, serialize_day_slots
from chalicelib.web.status_codes import reason_phrase

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
    """What became of each doctor's date."""
    return practice_schemas.SavedPractice(
        date=outcomes[0].date.isoformat(), doctors=[_serialize_outcome(each) for each in outcomes]
    )


def serialize_rejected_practice(
    error: DomainError, saved: practice_schemas.SavedPractice
) -> practice_schemas.RejectedPractice:
    """Problem details of the first error, and what became of each doctor's date."""
    problem = problem_from_error(error)
    return practice_schemas.RejectedPractice(
        type="about:blank",
        title=reason_phrase(problem.status),
        status=problem.status.value,
        detail=problem.detail,
        errors=list(problem.errors),
        date=saved.date,
        doctors=saved.doctors,
    )


def _serialize_outcome(outcome: DayOutcome) -> practice_schemas.SavedDoctor:
    if outcome.saved is not None:
        return practice_schemas.SavedDoctor(
            doctor_id=outcome.doctor_id,
            status=HTTPStatus.OK.value,
            version=outcome.saved.version,
            slots=serialize_day_slots(outcome.saved),
        )
    # An outcome has one of both.
    assert outcome.error is not None  # noqa: S101  # nosec B101
    problem = problem_from_error(outcome.error)
    return practice_schemas.SavedDoctor(
        doctor_id=outcome.doctor_id,
        status=problem.status.value,
        version=problem.version,
        detail=problem.detail,
        errors=list(problem.errors) or UNSET,
    )
