"""Whose time it is, and how she offers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta
    from zoneinfo import ZoneInfo

    from chalicelib.domain.grid import Grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Doctor:
    """A doctor; ``delegates`` are the sign-in names of those who keep her schedule for her."""

    doctor_id: str
    name: str
    specialty: str
    location: str
    grid: Grid
    lead_time: timedelta
    booking_window: timedelta
    delegates: frozenset[str] = frozenset()

    @property
    def zone(self) -> ZoneInfo:
        """The zone of her dates, set once: else two of her days could come to share an hour."""
        return self.grid.zone
