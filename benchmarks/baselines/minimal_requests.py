"""Bodies of requests to the minimal handler."""

from __future__ import annotations

import json

from benchmarks.baselines.rules import ApiError, Json


def parse_changes(slots: list[Json]) -> list[tuple[str, str]]:
    """Return the start and the requested status of each slot.

    Raises:
        ApiError: A slot is malformed, or there are too many.
    """
    try:
        changes = [(str(slot["start"]), str(slot["status"])) for slot in slots]
    except (KeyError, TypeError):
        raise ApiError(400, "The body is not valid") from None
    if len(changes) > 96 or not {status for _, status in changes} <= {"free", "busy-unavailable"}:
        raise ApiError(400, "The body is not valid")
    return changes


def parse_body(event: Json, **fields: type) -> Json:
    """Parse a JSON body that must have these fields.

    Raises:
        ApiError: The body is malformed, or a field is missing or has another type.
    """
    try:
        body: Json = json.loads(event["body"])
        if all(isinstance(body[name], field_type) for name, field_type in fields.items()):
            return body
    except (ValueError, KeyError, TypeError):
        pass
    raise ApiError(400, "The body is not valid")
