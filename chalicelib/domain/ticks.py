"""What a doctor asks of a date: which boxes to tick and which to untick, by their starts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from chalicelib.domain import wall_time
from chalicelib.domain.faults import AmbiguousTime, Fault, Malformed, NonexistentTime
from chalicelib.domain.slot import SlotStatus

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

_WALL_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_RFC3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)

_ASKABLE = (SlotStatus.FREE, SlotStatus.UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class Tick:
    """One box to tick (``status`` free) or to untick (busy-unavailable).

    ``start`` is a UTC instant, or what a client wrote: wall time of the date (``09:00``) or
    RFC 3339 with an offset.
    """

    start: datetime | str
    status: str

    def resolve(self, on: date, zone: ZoneInfo) -> datetime | Fault:
        """The UTC instant that is meant, or why there is none."""
        start = _instant(self.start, on, zone) if isinstance(self.start, str) else self.start
        if isinstance(start, datetime) and self.status not in _ASKABLE:
            return Malformed(
                start=start,
                called=wall_time.called(start, zone),
                why=f"Unknown status {self.status!r}, neither free nor busy-unavailable",
            )
        return start


def _instant(text: str, on: date, zone: ZoneInfo) -> datetime | Fault:
    if _WALL_TIME.fullmatch(text):
        return _instant_of_wall_time(text, on, zone)
    if _RFC3339.fullmatch(text):
        try:
            return datetime.fromisoformat(text.upper()).astimezone(zone).astimezone(UTC)
        except (ValueError, OverflowError):  # 30 February, or beyond the first or last year
            pass
    why = "Neither a time of day (09:00) nor RFC 3339 with an offset"
    return Malformed(start=text, called=text, why=why)


def _instant_of_wall_time(text: str, on: date, zone: ZoneInfo) -> datetime | Fault:
    wall = datetime.combine(on, time.fromisoformat(text))
    match wall_time.instants_showing(wall, zone):
        case [instant]:
            return instant
        case []:
            return NonexistentTime(start=text, called=text)
        case _:
            return AmbiguousTime(start=text, called=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnTicks:
    """The boxes of a page, by their starts in UTC, as they were drawn and as they came back.

    ``shown`` were stored and free, ``offered`` could be ticked or unticked, ``ticked`` are so now.
    """

    shown: frozenset[datetime]
    offered: frozenset[datetime]
    ticked: frozenset[datetime]

    @property
    def touched(self) -> frozenset[datetime]:
        """The boxes that the doctor left otherwise than they were drawn."""
        return (self.ticked ^ self.shown) & self.offered

    def asked(self) -> tuple[Tick, ...]:
        """What she changed, in time order; what was neither shown nor offered is left alone."""
        opens = dict.fromkeys(self.ticked - self.shown, SlotStatus.FREE)
        withdraws = dict.fromkeys((self.shown & self.offered) - self.ticked, SlotStatus.UNAVAILABLE)
        return tuple(Tick(*item) for item in sorted((opens | withdraws).items()))
