"""Exports: the slots of a doctor's dates, in the form that an import takes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain import local_time
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.slot import SlotStatus
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from chalicelib.domain.day import Day
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.slot import Slot

MAX_DAYS = 731
"""Today and the longest booking window."""


def export_range(
    first: date | None, last: date | None, doctor: Doctor, now: datetime
) -> tuple[date, date]:
    """Return the first and the last date: by default today, and the end of the booking window.

    Raises ``RequestRejectedError`` for a range that is reversed or too long.
    """
    start = first or local_time.local_date(now, doctor.zone)
    end = last or max(start, doctor.last_bookable_date(now))
    if end < start:
        detail = Text("The last date must not be before %(date)s", date=start)
        raise RequestRejectedError(FieldViolation("to", "invalid", detail))
    if end - start >= timedelta(days=MAX_DAYS):
        detail = Text("Export at most %(count)s days at a time", count=MAX_DAYS)
        raise RequestRejectedError(FieldViolation("to", "too_many", detail))
    return start, end


def exported_slots(day: Day) -> list[Slot]:
    """Return the open, held and booked slots of a day in time order; an import would open them.

    Not those that time off has closed. Raises ``UnreadableItemError`` if a slot can't be read: an
    export must not miss one.
    """
    day.require_complete()
    slots = (day.slots[start] for start in sorted(day.slots))
    return [slot for slot in slots if slot.status is not SlotStatus.UNAVAILABLE]


def format_instant(instant: datetime, on: date, zone: ZoneInfo) -> str:
    """Return the time of day on that date: ``09:00``.

    With its date and offset (RFC 3339) if the clock shows that time twice, or on another date.
    """
    local = instant.astimezone(zone)
    shown = datetime.combine(on, local.time())
    if local.date() != on or len(local_time.utc_candidates(shown, zone)) != 1:
        return local_time.to_rfc3339(instant, zone)
    return f"{local:%H:%M}"
