"""The origins of slots as an attribute: each change once, with the slots that it opened.

They are beside the map of slots, not in it: bookings overwrite entries of the map without reading
them, and do not change what opened a slot.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, TypedDict

from chalicelib.domain.slot import Slot, SlotOrigin
from chalicelib.storage.decoding import report_unreadable
from chalicelib.storage.models import DECODING_ERRORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from chalicelib.storage.models import DayItem

_MINUTE = timedelta(minutes=1)


class RawOrigin(TypedDict):
    """``starts`` are minutes after midnight UTC of the slots' date, before it if negative."""

    change: str
    series: str | None
    starts: list[int]


def utc_midnight(date: date) -> datetime:
    """Return the instant from which the minutes of a date's slots count."""
    return datetime.combine(date, time(), UTC)


def origins_to_raw(slots: Iterable[Slot], date: date) -> list[RawOrigin] | None:
    """Return the origins of slots of that date; None if no slot has one."""
    midnight = utc_midnight(date)
    starts: dict[SlotOrigin, list[int]] = {}
    for slot in slots:
        if slot.origin is not None:
            starts.setdefault(slot.origin, []).append((slot.start - midnight) // _MINUTE)
    return [
        RawOrigin(change=origin.change, series=origin.series_id, starts=sorted(of_origin))
        for origin, of_origin in starts.items()
    ] or None


def origins_from_raw(raw: list[RawOrigin] | None, date: date) -> Mapping[datetime, SlotOrigin]:
    """Return the origins by start. Raises one of ``DECODING_ERRORS`` if they are malformed."""
    midnight = utc_midnight(date)
    return {
        midnight + start * _MINUTE: origin
        for each in raw or ()
        for origin in [SlotOrigin(str(each["change"]), each["series"])]
        for start in each["starts"]
    }


def readable_origins(day: DayItem, date: date) -> Mapping[datetime, SlotOrigin]:
    """Return the origins of a day by start; none if they cannot be read."""
    try:
        return origins_from_raw(day.origins, date)
    except DECODING_ERRORS:
        report_unreadable(day)
        return {}
