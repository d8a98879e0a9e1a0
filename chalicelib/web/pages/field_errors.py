"""Errors of a form, beside their fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.violations import FieldViolation
from chalicelib.web.texts import translate

if TYPE_CHECKING:
    from chalicelib.domain.errors import RequestRejectedError


def errors_by_field(error: RequestRejectedError) -> dict[str, str]:
    """Return the sentences of the error by the fields of the form; several of one are joined."""
    sentences: dict[str, list[str]] = {}
    for violation in error.violations:
        field = violation.field if isinstance(violation, FieldViolation) else "form"
        sentences.setdefault(field, []).append(translate(violation.detail))
    return {field: "; ".join(details) for field, details in sentences.items()}
