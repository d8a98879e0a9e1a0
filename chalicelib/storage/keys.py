"""How the table spells its keys; nothing else does."""

from __future__ import annotations

from datetime import UTC, date, datetime
from urllib.parse import unquote

DOCTOR = "PROFILE"
# All doctors stand in one partition of the directory index, sorted as they are searched.
ALL_DOCTORS = "DOCTORS"

# Behind every day of a doctor's.
LAST_DAY = "DAY#~"

# Bytes; DynamoDB takes no longer sort key, not even to look for one.
LONGEST_SORT_KEY = 1024

# ISO 8601 in UTC sorts as text in time order, so a month is one BETWEEN query.
_INSTANT = "%Y-%m-%dT%H:%MZ"


def of_doctor(doctor_id: str) -> str:
    """The partition of everything that belongs to one doctor."""
    return f"DOCTOR#{doctor_id}"


def of_delegate(name: str) -> str:
    """The partition of the doctors who name that delegate, each sorted by ``of_doctor``."""
    return f"DELEGATE#{name}"


def doctor_id_of(partition: str) -> str:
    """The reverse of ``of_doctor``."""
    return partition.removeprefix("DOCTOR#")


def of_day(on: date) -> str:
    """A date of hers."""
    return f"DAY#{on.isoformat()}"


def is_day(sort_key: str) -> bool:
    """Whether it is one of ``of_day``."""
    return sort_key.startswith("DAY#")


def date_of_day(sort_key: str) -> date:
    """The reverse of ``of_day``."""
    return date.fromisoformat(sort_key.removeprefix("DAY#"))


def of_slot(start: datetime) -> str:
    """A slot, by its start."""
    return f"SLOT#{instant(start)}"


def of_change(on: date, request_id: str) -> str:
    """A save of a date, by the request that made it."""
    return f"CHANGE#{on.isoformat()}#{request_id}"


def in_directory(*parts: str) -> str:
    """Specialty, location, doctor id, or some of them: a prefix of those below it.

    A ``#`` of a name is percent-encoded, to be told from the one behind each name.
    """
    return "".join(f"{part.replace('%', '%25').replace('#', '%23')}#" for part in parts)


def of_search(specialty: str, on: date) -> str:
    """The index partition of all days of that specialty on that date."""
    return f"{in_directory(specialty)}{on.isoformat()}"


def read_place(text: str) -> tuple[str, ...]:
    """The reverse of ``in_directory``; ``ValueError`` where it is not."""
    parts = tuple(unquote(part) for part in text.split("#")[:-1])
    if not parts or not all(parts) or in_directory(*parts) != text:
        raise ValueError(text)
    return parts


def instant(at: datetime) -> str:
    """A whole minute in UTC: ``2026-11-23T09:00Z``."""
    return at.astimezone(UTC).strftime(_INSTANT)


def read_instant(text: str) -> datetime:
    """The reverse of ``instant``."""
    return datetime.fromisoformat(text)
