"""A slot of a doctor's time: its status, its start as text, and its id."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain.local_time import MAX_DATE, MIN_DATE, local_date, may_reach_adjacent_date

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from zoneinfo import ZoneInfo


class SlotStatus(StrEnum):
    """FHIR R4 ``Slot.status`` (https://hl7.org/fhir/R4/valueset-slotstatus.html)."""

    FREE = "free"
    HELD = "busy-tentative"
    BOOKED = "busy"
    UNAVAILABLE = "busy-unavailable"


@dataclass(frozen=True, slots=True)
class SlotOrigin:
    """What opened a slot: a change of its date, and the series that wanted it; None by hand.

    ``change`` is the end of the change's id, after the doctor and the date. It is empty for a slot
    that a series wants and no change has opened yet.
    """

    change: str
    series_id: str | None = None

    def is_of(self, change_id: str) -> bool:
        """Whether that change of the slot's date opened it."""
        return change_id.endswith(f"~{self.change}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A period of one doctor's time, in UTC; ``start`` identifies it within the doctor.

    ``stored_date`` is the date of the day that has the slot, if it is known.
    ``is_desk_booking``: the practice has booked it. Since ``disrupted_since``, its booking has to
    move to another time.
    ``origin`` is what opened it, if it is stored and known.
    """

    start: datetime
    end: datetime
    status: SlotStatus = SlotStatus.FREE
    held_until: datetime | None = None
    stored_date: date | None = field(default=None, compare=False)
    is_desk_booking: bool = False
    disrupted_since: datetime | None = None
    origin: SlotOrigin | None = field(default=None, compare=False)

    @property
    def interval(self) -> tuple[datetime, datetime]:
        """Start and end."""
        return self.start, self.end

    @property
    def is_disrupted(self) -> bool:
        """Whether its booking or hold has a mark: who has it has to move to another time."""
        return self.disrupted_since is not None

    @property
    def length(self) -> timedelta:
        """Elapsed time, also across a change of the local clock."""
        return self.end - self.start

    def date_in(self, zone: ZoneInfo) -> date:
        """The date of the day that has the slot: by default the local date of its start.

        A stored slot keeps its date if new time zone data moves its wall-clock time to another.
        """
        return self.stored_date or local_date(self.start, zone)

    @property
    def is_taken(self) -> bool:
        """Booked or held: a patient counts on it, so no save may close it."""
        return self.status in (SlotStatus.BOOKED, SlotStatus.HELD)

    def may_overlap_adjacent_date(self, date: date, zone: ZoneInfo) -> bool:
        """Whether the slot may overlap one that is stored under the date before or after."""
        start, end = (each.astimezone(zone).replace(tzinfo=None) for each in self.interval)
        return may_reach_adjacent_date(start, end, date)

    def overlaps(self, other: Slot) -> bool:
        """Half-open: 09:00-09:30 and 09:30-10:00 touch and don't overlap."""
        return self.start < other.end and other.start < self.end

    def has_begun(self, now: datetime) -> bool:
        """Whether the slot has started; its first instant counts."""
        return self.start <= now

    def as_of(self, now: datetime) -> Slot:
        """The slot at that instant: free if its hold has lapsed, but closed while it has a mark."""
        has_lapsed = (
            self.status is SlotStatus.HELD
            and self.held_until is not None
            and self.held_until <= now
        )
        if self.is_disrupted and (has_lapsed or self.status is SlotStatus.FREE):
            return replace(self, status=SlotStatus.UNAVAILABLE, held_until=None)
        return replace(self, status=SlotStatus.FREE, held_until=None) if has_lapsed else self


_START_PATTERN = re.compile(r"\d{8}T\d{4}Z", re.ASCII)
_DOCTOR_ID_PATTERN = re.compile(r"[A-Za-z0-9_-]{1,64}")
# Starts of slots on the first and last date in any zone. The longest slot still ends within the
# range of ``datetime`` in every zone.
_MIN_START = datetime.combine(MIN_DATE - timedelta(days=1), time(), UTC)
_MAX_START = datetime.combine(MAX_DATE + timedelta(days=1), time(hour=4), UTC)


def is_valid_doctor_id(text: str) -> bool:
    """Whether the text has the form of a doctor's id."""
    return _DOCTOR_ID_PATTERN.fullmatch(text) is not None


def format_start(start: datetime) -> str:
    """Format a start in UTC, in letters and digits: ``20261123T0900Z``."""
    # A third of the time of ``strftime``: the preview of a plan has tens of thousands.
    text = start.astimezone(UTC).isoformat(timespec="minutes")
    return f"{text[:4]}{text[5:7]}{text[8:13]}{text[14:16]}Z"


def parse_start(text: str) -> datetime:
    """The reverse of ``format_start``. Raises ``ValueError`` if no slot can start then."""
    if not _START_PATTERN.fullmatch(text):
        raise ValueError(text)
    start = datetime.fromisoformat(text)
    if not _MIN_START <= start <= _MAX_START:
        raise ValueError(text)
    return start


@dataclass(frozen=True, slots=True)
class SlotId:
    """A slot's public id: ``dr-lee~20261123T0900Z`` as text, which is safe in a URL (RFC 3986)."""

    doctor_id: str
    start: datetime

    @classmethod
    def parse(cls, text: str) -> SlotId:
        """The reverse of ``str``. Raises ``ValueError`` for text that is no slot's id."""
        doctor_id, _, start_text = text.rpartition("~")
        start = parse_start(start_text)
        if not is_valid_doctor_id(doctor_id):
            raise ValueError(text)
        return cls(doctor_id, start)

    def __str__(self) -> str:
        return f"{self.doctor_id}~{format_start(self.start)}"


def merge_touching(slots: Iterable[Slot]) -> list[Slot]:
    """Return stretches of time, each of slots that touch: 09:00-09:30 and 09:30-10:00 are one."""
    merged: list[Slot] = []
    for slot in sorted(slots, key=lambda each: each.start):
        if merged and merged[-1].end == slot.start:
            merged[-1] = replace(merged[-1], end=slot.end)
        else:
            merged.append(slot)
    return merged
