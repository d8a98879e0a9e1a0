"""The grid of slots that a doctor can open: clinic sessions cut into slots of equal length."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from chalicelib.domain.local_time import format_time_of_day, to_utc
from chalicelib.domain.slot import Slot, SlotStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime, timedelta
    from zoneinfo import ZoneInfo


EVERY_DAY = frozenset(range(7))
_WEEKDAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MIN_RANGE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicSession:
    """Hours by the local clock, as time since midnight; 24 h is the end of the day.

    ``weekdays`` are the days of the week on which they apply: 0 is Monday, as in ``date.weekday``.
    """

    start: timedelta
    end: timedelta
    weekdays: frozenset[int] = EVERY_DAY

    def __str__(self) -> str:
        """The weekdays, unless it is every day, and the hours."""
        hours = f"{format_time_of_day(self.start)}–{format_time_of_day(self.end)}"
        return hours if self.weekdays == EVERY_DAY else f"{_list_weekdays(self.weekdays)} {hours}"


def weekday_ranges(weekdays: Iterable[int]) -> list[tuple[int, int]]:
    """Group weekdays into ranges, first and last included; two in a row are two ranges of one."""
    runs: list[list[int]] = []
    for day in sorted(weekdays):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return [part for run in runs for part in _as_ranges(run)]


def _as_ranges(run: Sequence[int]) -> list[tuple[int, int]]:
    return [(day, day) for day in run] if len(run) < _MIN_RANGE else [(run[0], run[-1])]


def _list_weekdays(weekdays: Iterable[int]) -> str:
    names = _WEEKDAY_NAMES
    return ", ".join(
        names[first] if first == last else f"{names[first]}–{names[last]}"
        for first, last in weekday_ranges(weekdays)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Where slots can be opened.

    ``sessions`` are in time order, and those of one weekday don't overlap; each is a whole number
    of ``slot_length``.
    """

    sessions: tuple[ClinicSession, ...]
    slot_length: timedelta
    zone: ZoneInfo

    @property
    def max_slots_per_day(self) -> int:
        """The number of slots of the longest weekday, on a date without a clock change."""
        return max(
            sum((end - start) // self.slot_length for start, end in self._hours_of(day))
            for day in EVERY_DAY
        )

    @property
    def slots_per_week(self) -> int:
        """The number of slots of all weekdays, in a week without a clock change."""
        return sum(
            (session.end - session.start) // self.slot_length * len(session.weekdays)
            for session in self.sessions
        )

    def sessions_on(self, date: date) -> tuple[ClinicSession, ...]:
        """The sessions of that date's weekday, in time order."""
        return tuple(session for session in self.sessions if date.weekday() in session.weekdays)

    def has_same_slots(self, other: Grid) -> bool:
        """Return whether both have the same slots on every date; one zone may be an alias.

        However they are grouped: a session of two weekdays equals one of each.
        """
        return self.slot_length == other.slot_length and all(
            self._hours_of(day) == other._hours_of(day) for day in EVERY_DAY
        )

    def _hours_of(self, weekday: int) -> list[tuple[timedelta, timedelta]]:
        return [(s.start, s.end) for s in self.sessions if weekday in s.weekdays]

    def candidate_slots(self, date: date) -> tuple[Slot, ...]:
        """Every slot that could be opened on the date, in time order."""
        return _candidate_slots(self, date)

    def slots_in_session(self, session: ClinicSession, date: date) -> Iterator[Slot]:
        """The session's elapsed time on that date, cut into slots; a remainder is dropped.

        So on a date with a clock change a session has more or fewer slots: none at a local time
        that the clock skips, and two at one that it repeats.
        """
        start, end_of_session = self.session_interval(session, date)
        while (end := start + self.slot_length) <= end_of_session:
            yield Slot(start=start, end=end, status=SlotStatus.UNAVAILABLE, stored_date=date)
            start = end

    def session_interval(self, session: ClinicSession, date: date) -> tuple[datetime, datetime]:
        """Start and end of the session on that date, in UTC."""
        return (
            to_utc(date, session.start, self.zone),
            to_utc(date, session.end, self.zone),
        )


@lru_cache(maxsize=64)
def _candidate_slots(grid: Grid, date: date) -> tuple[Slot, ...]:
    # Cached: pages poll the same days every two seconds, and a save needs them twice.
    sessions = grid.sessions_on(date)
    return tuple(slot for session in sessions for slot in grid.slots_in_session(session, date))
