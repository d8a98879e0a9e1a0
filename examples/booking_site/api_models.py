"""Values that the API client returns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Doctor:
    doctor_id: str
    name: str
    specialty: str
    location: str
    zone: ZoneInfo

    @classmethod
    def from_json(cls, item: Json, *, specialty: str | None = None) -> Self:
        """Parse a doctor; results of a search have the ``specialty`` only in the query."""
        return cls(
            doctor_id=item["doctor_id"],
            name=item["name"],
            specialty=specialty or item["specialty"],
            location=item["location"],
            zone=ZoneInfo(item["time_zone"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A time that can be booked; ``slot_id`` is opaque to every client of the API."""

    slot_id: str
    start: datetime
    end: datetime

    @classmethod
    def from_json(cls, item: Json) -> Self:
        start, end = (datetime.fromisoformat(item[name]) for name in ("start", "end"))
        return cls(slot_id=item["slot_id"], start=start, end=end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """A doctor's bookable slots in a range of dates.

    ``next_available`` is the first slot of the range, or else the first after it.
    """

    slots: list[Slot]
    next_available: Slot | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """One page of doctors with their bookable slots; ``next_page`` is the next page's cursor."""

    doctors: list[tuple[Doctor, list[Slot]]]
    next_page: str | None
