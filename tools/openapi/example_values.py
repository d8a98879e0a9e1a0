"""The doctor, date and slots of the examples, and problem details."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.web.status_codes import reason_phrase

if TYPE_CHECKING:
    from http import HTTPStatus

Json = dict[str, Any]

DOCTOR = "dr-lee"
DATE = "2026-11-23"


def slot(start: str, end: str, status: str) -> Json:
    return {
        "slot_id": f"{DOCTOR}~20261123T{start.replace(':', '')}Z",
        "start": f"{DATE}T{start}:00+00:00",
        "end": f"{DATE}T{end}:00+00:00",
        "status": status,
    }


def problem(status: HTTPStatus, detail: str, *errors: Json, **extensions: object) -> Json:
    """Return problem details (RFC 9457)."""
    return {
        "type": "about:blank",
        "title": reason_phrase(status),
        "status": status.value,
        "detail": detail,
        "errors": list(errors),
        **extensions,
    }


def problem_with_error(status: HTTPStatus, code: str, detail: str, **location: object) -> Json:
    return problem(status, detail, {**location, "code": code, "detail": detail})


NINE = f"{DATE}T09:00:00+00:00"
FIRST = slot("09:00", "09:30", "free")
SECOND = slot("09:30", "10:00", "free")
THIRD = slot("10:00", "10:30", "busy-unavailable")
