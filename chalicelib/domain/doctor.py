"""Whose time it is, and how she offers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain import wall_time

if TYPE_CHECKING:
    from datetime import date, datetime, timedelta
    from zoneinfo import ZoneInfo

    from chalicelib.domain.grid import Grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Doctor:
    """A doctor; ``delegates`` are the sign-in names of those who keep her schedule for her.

    ``version`` counts the changes of her settings, 0 where nothing is stored yet. She
    ``is_relocating`` while days of hers may still stand where she was searched for before.
    """

    doctor_id: str
    name: str
    specialty: str
    location: str
    grid: Grid
    lead_time: timedelta
    booking_window: timedelta
    delegates: frozenset[str] = frozenset()
    version: int = 0
    reindex_pending: bool = False

    @property
    def zone(self) -> ZoneInfo:
        """The zone of her dates, set once: else two of her days could come to share an hour."""
        return self.grid.zone

    def last_bookable_date(self, now: datetime) -> date:
        """The last date of her booking window, in her zone."""
        return wall_time.local_date(now, self.zone) + self.booking_window
