"""Series: the weekly pattern of the slots that should be open, on which dates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.local_time import to_utc
from chalicelib.domain.month import monday_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from chalicelib.domain.grid import Grid
    from chalicelib.domain.slot import Slot

MAX_EVERY_WEEKS = 4
_ONE_DAY = timedelta(days=1)
_ONE_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class TimeRange:
    """Hours by the local clock, as time since midnight; 24 h is the end of the day."""

    start: timedelta
    end: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One version of a series.

    ``weekly`` has the hours by weekday (0 is Monday), in time order and without overlaps. They
    apply to every n-th week (``every_weeks``), counted in weeks from Monday from the week of
    ``first``; from that date until ``last``, which is None if the series has no end. If ``last`` is
    before ``first``, it applies to no date.

    ``grid`` is the doctor's when the version was made: its boxes are those that the version opens.
    """

    series_id: str
    version: int
    name: str
    weekly: Mapping[int, tuple[TimeRange, ...]]
    every_weeks: int
    first: date
    last: date | None
    grid: Grid

    def applies_on(self, date: date) -> bool:
        """Whether the pattern wants slots on that date, if the weekday has hours."""
        if date < self.first or (self.last is not None and date > self.last):
            return False
        weeks = (monday_of(date) - monday_of(self.first)) // _ONE_WEEK
        return weeks % self.every_weeks == 0

    def slots_on(self, date: date) -> Iterator[Slot]:
        """The slots of the grid that the pattern wants on that date, in time order.

        A slot belongs to hours if it lies within them by the clock on that date. So 09:00 stays
        09:00 when the clock changes.
        """
        if not self.applies_on(date):
            return
        zone = self.grid.zone
        hours = [
            (to_utc(date, hours.start, zone), to_utc(date, hours.end, zone))
            for hours in self.weekly.get(date.weekday(), ())
        ]
        for slot in self.grid.candidate_slots(date):
            if any(start <= slot.start and slot.end <= end for start, end in hours):
                yield slot

    def ended_before(self, date: date) -> Series:
        """The next version, which wants nothing from that date on."""
        last = date - _ONE_DAY
        return replace(
            self,
            version=self.version + 1,
            last=last if self.last is None else min(last, self.last),
        )


def slots_wanted(versions: Iterable[Series], date: date) -> tuple[Slot, ...]:
    """Return the slots that any of the series wants on the date, in time order.

    Where those of two series overlap, the one that starts first is wanted.
    """
    slots = {slot.interval: slot for series in versions for slot in series.slots_on(date)}
    wanted: list[Slot] = []
    for interval in sorted(slots):
        if not wanted or wanted[-1].end <= slots[interval].start:
            wanted.append(slots[interval])
    return tuple(wanted)
