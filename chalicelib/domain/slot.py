"""One stretch of a doctor's time, and what may happen to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from chalicelib.domain.local_time import MAX_DATE, MIN_DATE


class SlotStatus(StrEnum):
    """FHIR R4 ``Slot.status`` (https://hl7.org/fhir/R4/valueset-slotstatus.html)."""

    FREE = "free"
    HELD = "busy-tentative"
    BOOKED = "busy"
    UNAVAILABLE = "busy-unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A stretch of one doctor's time in UTC; ``start`` identifies it within the doctor."""

    start: datetime
    end: datetime
    status: SlotStatus = SlotStatus.FREE
    held_until: datetime | None = None

    @property
    def length(self) -> timedelta:
        """Real time, whatever the clock on the wall does meanwhile."""
        return self.end - self.start

    @property
    def is_taken(self) -> bool:
        """Booked or held: a patient counts on it, so that no save may remove it."""
        return self.status in (SlotStatus.BOOKED, SlotStatus.HELD)

    def overlaps(self, other: Slot) -> bool:
        """Touching is not overlapping: 09:00-09:30 and 09:30-10:00 may coexist."""
        return self.start < other.end and other.start < self.end

    def has_begun(self, now: datetime) -> bool:
        """From its first instant on."""
        return self.start <= now

    def as_of(self, now: datetime) -> Slot:
        """The slot as it stands now: a hold that ran out counts as free, whoever looks."""
        if (
            self.status is SlotStatus.HELD
            and self.held_until is not None
            and self.held_until <= now
        ):
            return replace(self, status=SlotStatus.FREE, held_until=None)
        return self


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
