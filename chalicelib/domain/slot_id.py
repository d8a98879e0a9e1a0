"""How a slot is called from outside: whose it is, and when it begins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from chalicelib.domain.wall_time import MAX_DATE, MIN_DATE

_START_FORMAT = "%Y%m%dT%H%MZ"
_START_PATTERN = re.compile(r"\d{8}T\d{4}Z", re.ASCII)
_DOCTOR_ID_PATTERN = re.compile(r"[A-Za-z0-9_-]{1,64}")
# What may be a start in some zone, and be told in any other, with the end of the longest slot,
# without leaving the years there are.
_MIN_START = datetime.combine(MIN_DATE - timedelta(days=1), time(), UTC)
_MAX_START = datetime.combine(MAX_DATE + timedelta(days=1), time(hour=4), UTC)


def is_valid_doctor_id(text: str) -> bool:
    """Whether a doctor could have it."""
    return _DOCTOR_ID_PATTERN.fullmatch(text) is not None


def format_start(start: datetime) -> str:
    """A start in UTC, to the minute, of letters and digits alone: ``20261123T0900Z``."""
    return start.astimezone(UTC).strftime(_START_FORMAT)


def parse_start(text: str) -> datetime:
    """The reverse of ``spell_start``; ``ValueError`` where no slot could begin then."""
    if not _START_PATTERN.fullmatch(text):
        raise ValueError(text)
    start = datetime.strptime(text, _START_FORMAT).replace(tzinfo=UTC)
    if not _MIN_START <= start <= _MAX_START:
        raise ValueError(text)
    return start


@dataclass(frozen=True, slots=True)
class SlotId:
    """``start`` in UTC; as text ``dr-lee~20261123T0900Z``, which is safe in a URL (RFC 3986)."""

    doctor_id: str
    start: datetime

    @classmethod
    def parse(cls, text: str) -> SlotId:
        """The reverse of ``str``; ``ValueError`` for what no slot could be called."""
        doctor_id, _, spelled = text.rpartition("~")
        start = parse_start(spelled)
        if not is_valid_doctor_id(doctor_id):
            raise ValueError(text)
        return cls(doctor_id, start)

    def __str__(self) -> str:
        return f"{self.doctor_id}~{format_start(self.start)}"
