"""What a doctor asks of a date: which boxes to tick and which to untick, by their starts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from chalicelib.domain import wall_time
from chalicelib.domain.faults import AmbiguousTime, MalformedChange, NonexistentTime, SlotViolation
from chalicelib.domain.slot import SlotStatus

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

_TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_RFC3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)

_REQUESTABLE_STATUSES = (SlotStatus.FREE, SlotStatus.UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class SlotChange:
    """One box to tick (``status`` free) or to untick (busy-unavailable).

    ``start`` is a UTC instant, or what a client wrote: wall time of the date (``09:00``) or
    RFC 3339 with an offset.
    """

    start: datetime | str
    status: str

    def resolve_start(self, date: date, zone: ZoneInfo) -> datetime | SlotViolation:
        """The UTC instant that is meant, or why there is none."""
        start = _parse_start(self.start, date, zone) if isinstance(self.start, str) else self.start
        if isinstance(start, datetime) and self.status not in _REQUESTABLE_STATUSES:
            return MalformedChange(
                start=start,
                slot_label=wall_time.format_range(start, zone),
                reason=f"Unknown status {self.status!r}, neither free nor busy-unavailable",
            )
        return start


def _parse_start(text: str, date: date, zone: ZoneInfo) -> datetime | SlotViolation:
    if _TIME_OF_DAY.fullmatch(text):
        return _resolve_time_of_day(text, date, zone)
    if _RFC3339.fullmatch(text):
        try:
            return datetime.fromisoformat(text.upper()).astimezone(zone).astimezone(UTC)
        except (ValueError, OverflowError):  # 30 February, or beyond the first or last year
            pass
    why = "Neither a time of day (09:00) nor RFC 3339 with an offset"
    return MalformedChange(start=text, slot_label=text, reason=why)


def _resolve_time_of_day(text: str, date: date, zone: ZoneInfo) -> datetime | SlotViolation:
    wall = datetime.combine(date, time.fromisoformat(text))
    match wall_time.utc_candidates(wall, zone):
        case [instant]:
            return instant
        case []:
            return NonexistentTime(start=text, slot_label=text)
        case _:
            return AmbiguousTime(start=text, slot_label=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFormState:
    """The boxes of a page, by their starts in UTC, as they were drawn and as they came back.

    ``shown`` were stored and free, ``offered`` could be ticked or unticked, ``ticked`` are so now.
    """

    initial: frozenset[datetime]
    editable: frozenset[datetime]
    checked: frozenset[datetime]

    @property
    def dirty(self) -> frozenset[datetime]:
        """The boxes that the doctor left otherwise than they were drawn."""
        return (self.checked ^ self.initial) & self.editable

    def changes(self) -> tuple[SlotChange, ...]:
        """What she changed, in time order; what was neither shown nor offered is left alone."""
        opens = dict.fromkeys(self.checked - self.initial, SlotStatus.FREE)
        withdraws = dict.fromkeys(
            (self.initial & self.editable) - self.checked, SlotStatus.UNAVAILABLE
        )
        return tuple(SlotChange(*item) for item in sorted((opens | withdraws).items()))
