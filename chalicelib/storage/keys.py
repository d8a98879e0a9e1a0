"""How the table spells its keys; nothing else does."""

from __future__ import annotations

from datetime import UTC, date, datetime
from urllib.parse import unquote

DOCTOR = "PROFILE"
# All doctors stand in one partition of the directory index, sorted as they are searched.
ALL_DOCTORS = "DOCTORS"

# Bytes; DynamoDB takes no longer sort key, not even to look for one.
LONGEST_SORT_KEY = 1024

# ISO 8601 in UTC sorts as text in time order, so a month is one BETWEEN query.
_INSTANT = "%Y-%m-%dT%H:%MZ"


def of_doctor(doctor_id: str) -> str:
    """The partition of everything that belongs to one doctor."""
    return f"DOCTOR#{doctor_id}"


def of_day(on: date) -> str:
    """A date of hers."""
    return f"DAY#{on.isoformat()}"


def of_slot(start: datetime) -> str:
    """A slot, by its start."""
    return f"SLOT#{instant(start)}"


def of_change(on: date, request_id: str) -> str:
    """A save of a date, by the request that made it."""
    return f"CHANGE#{on.isoformat()}#{request_id}"


def in_directory(*parts: str) -> str:
    """Specialty, location, doctor id, or the first of them: a prefix of those below it.

    A ``#`` of a name is percent-encoded, to be told from the one behind each name.
    """
    return "".join(f"{part.replace('%', '%25').replace('#', '%23')}#" for part in parts)


def read_place(text: str) -> tuple[str, str, str]:
    """The reverse of ``in_directory`` of all three; ``ValueError`` where it is not."""
    specialty, location, doctor_id, end = text.split("#")
    if end or in_directory(*(unquote(part) for part in (specialty, location, doctor_id))) != text:
        raise ValueError(text)
    return unquote(specialty), unquote(location), unquote(doctor_id)


def instant(at: datetime) -> str:
    """A whole minute in UTC: ``2026-11-23T09:00Z``."""
    return at.astimezone(UTC).strftime(_INSTANT)


def read_instant(text: str) -> datetime:
    """The reverse of ``instant``."""
    return datetime.fromisoformat(text)
