"""Serialize closures of the practice to the schemas of JSON responses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.web.api import closure_schemas

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.domain.closure import Closure


def serialize_closure(closure: Closure) -> closure_schemas.Closure:
    """A closure, and how many doctors have it."""
    return closure_schemas.Closure(
        closure_id=closure.closure_id,
        from_=closure.first.isoformat(),
        to=closure.last.isoformat(),
        name=closure.name,
        state=closure.state.value,
        doctors_total=closure.doctors_total,
        doctors_done=closure.doctors_done,
    )


def serialize_closures(closures: Iterable[Closure]) -> closure_schemas.ClosureList:
    """All closures."""
    return closure_schemas.ClosureList(closures=[*map(serialize_closure, closures)])
