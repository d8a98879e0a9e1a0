"""How the table spells its keys; nothing else does."""

from __future__ import annotations

from datetime import UTC, date, datetime
from urllib.parse import unquote

DOCTOR_SK = "PROFILE"
# All doctors stand in one partition of the directory index, sorted as they are searched.
DIRECTORY_PK = "DOCTORS"

# Behind every day of a doctor's.
MAX_DAY_SK = "DAY#~"

# Bytes; DynamoDB takes no longer sort key, not even to look for one.
MAX_SORT_KEY_BYTES = 1024

# ISO 8601 in UTC sorts as text in time order, so a month is one BETWEEN query.
_INSTANT_FORMAT = "%Y-%m-%dT%H:%MZ"


def doctor_pk(doctor_id: str) -> str:
    """The partition of everything that belongs to one doctor."""
    return f"DOCTOR#{doctor_id}"


def delegate_pk(name: str) -> str:
    """The partition of the doctors who name that delegate, each sorted by ``of_doctor``."""
    return f"DELEGATE#{name}"


def parse_doctor_pk(pk: str) -> str:
    """The reverse of ``of_doctor``."""
    return pk.removeprefix("DOCTOR#")


def day_sk(date: date) -> str:
    """A date of hers."""
    return f"DAY#{date.isoformat()}"


def is_day_sk(sk: str) -> bool:
    """Whether it is one of ``of_day``."""
    return sk.startswith("DAY#")


def parse_day_sk(sk: str) -> date:
    """The reverse of ``of_day``."""
    return date.fromisoformat(sk.removeprefix("DAY#"))


def slot_sk(start: datetime) -> str:
    """A slot, by its start."""
    return f"SLOT#{format_instant(start)}"


def change_sk(date: date, request_id: str) -> str:
    """A save of a date, by the request that made it."""
    return f"CHANGE#{date.isoformat()}#{request_id}"


def join_sort_key(*parts: str) -> str:
    """Specialty, location, doctor id, or some of them: a prefix of those below it.

    A ``#`` of a name is percent-encoded, to be told from the one behind each name.
    """
    return "".join(f"{part.replace('%', '%25').replace('#', '%23')}#" for part in parts)


def search_pk(specialty: str, date: date) -> str:
    """The index partition of all days of that specialty on that date."""
    return f"{join_sort_key(specialty)}{date.isoformat()}"


def split_sort_key(sort_key: str) -> tuple[str, ...]:
    """The reverse of ``in_directory``; ``ValueError`` where it is not."""
    parts = tuple(unquote(part) for part in sort_key.split("#")[:-1])
    if not parts or not all(parts) or join_sort_key(*parts) != sort_key:
        raise ValueError(sort_key)
    return parts


def format_instant(instant: datetime) -> str:
    """A whole minute in UTC: ``2026-11-23T09:00Z``."""
    return instant.astimezone(UTC).strftime(_INSTANT_FORMAT)


def parse_instant(text: str) -> datetime:
    """The reverse of ``instant``."""
    return datetime.fromisoformat(text)
