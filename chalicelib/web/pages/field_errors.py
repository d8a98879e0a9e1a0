"""Errors of a form, beside their fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.violations import FieldViolation
from chalicelib.web.texts import translate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.errors import RequestRejectedError


def errors_by_field(
    error: RequestRejectedError, fields: Mapping[str, str] | None = None, *, other: str = "form"
) -> dict[str, str]:
    """Return the sentences of the error by the fields of the form; several of one are joined.

    ``fields`` are those of the form by those of the request, by default the same. Slots belong to
    ``other``, and so do fields that it lacks.
    """
    sentences: dict[str, list[str]] = {}
    for violation in error.violations:
        field = violation.field if isinstance(violation, FieldViolation) else other
        if fields is not None:
            field = fields.get(field, other)
        sentences.setdefault(field, []).append(translate(violation.detail))
    return {field: "; ".join(details) for field, details in sentences.items()}
