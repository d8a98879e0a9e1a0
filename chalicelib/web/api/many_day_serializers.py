"""Serialize the outcomes of many days, of which each is saved by itself."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from chalicelib.web.api.problem_details import problem_from_error
from chalicelib.web.api.serializers import serialize_day_slots
from chalicelib.web.status_codes import reason_phrase

if TYPE_CHECKING:
    from chalicelib.domain.errors import DomainError
    from chalicelib.use_cases.save_many_days import DayOutcome


def outcome_fields(outcome: DayOutcome) -> dict[str, Any]:
    """Return the fields of a day that is saved, or of why nothing of it is stored."""
    if outcome.saved is not None:
        return {
            "status": HTTPStatus.OK.value,
            "version": outcome.saved.version,
            "slots": serialize_day_slots(outcome.saved),
        }
    assert outcome.error is not None  # noqa: S101  an outcome has one of both  # nosec B101
    problem = problem_from_error(outcome.error)
    return {
        "status": problem.status.value,
        "version": problem.version,
        "detail": problem.detail,
        "errors": list(problem.errors) or UNSET,
    }


def rejection_fields(error: DomainError) -> dict[str, Any]:
    """Return the fields of the problem details of the first error."""
    problem = problem_from_error(error)
    return {
        "type": "about:blank",
        "title": reason_phrase(problem.status),
        "status": problem.status.value,
        "detail": problem.detail,
        "errors": list(problem.errors),
    }
