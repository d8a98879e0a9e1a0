"""One stretch of a doctor's time, and what may happen to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta


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
