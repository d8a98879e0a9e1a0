"""The boxes that a doctor can tick: sessions of a day, cut into equal lengths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.local_time import format_time_of_day, to_utc
from chalicelib.domain.slot import Slot, SlotStatus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime, timedelta
    from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicSession:
    """Part of every day by the clock on the wall, as time since midnight; 24 h end the day."""

    start: timedelta
    end: timedelta

    def __str__(self) -> str:
        return f"{format_time_of_day(self.start)}–{format_time_of_day(self.end)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Sessions in time order, none overlapping, each a whole number of ``slot_length``."""

    sessions: tuple[ClinicSession, ...]
    slot_length: timedelta
    zone: ZoneInfo

    def candidate_slots(self, date: date) -> tuple[Slot, ...]:
        """Every box of the date, in time order, unticked."""
        return tuple(
            box for session in self.sessions for box in self.slots_in_session(session, date)
        )

    def slots_in_session(self, session: ClinicSession, date: date) -> Iterator[Slot]:
        """The session's real time on that date in exact lengths; a last part too short is dropped.

        So on a day when the clock changes a session has more boxes or fewer, none of a time that
        the clock skips, and two of one that it shows twice.
        """
        start, end_of_session = self.session_interval(session, date)
        while (end := start + self.slot_length) <= end_of_session:
            yield Slot(start=start, end=end, status=SlotStatus.UNAVAILABLE)
            start = end

    def session_interval(self, session: ClinicSession, date: date) -> tuple[datetime, datetime]:
        """The real time, from and to in UTC, that the session is on that date."""
        return (
            to_utc(date, session.start, self.zone),
            to_utc(date, session.end, self.zone),
        )
