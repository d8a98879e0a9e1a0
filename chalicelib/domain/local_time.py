"""Local times of IANA time zones: conversion to and from UTC, gaps and overlaps, RFC 3339."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from chalicelib.domain.slot import Slot

# Since 2011 no zone turns its clock back across midnight (Newfoundland did until 2010), so every
# local date is one continuous period.
MIN_DATE = date(2011, 1, 1)
# A day before the last that ``datetime`` knows: its end in UTC must still be a datetime.
MAX_DATE = date(9999, 12, 30)
# New rules of a zone have moved no clock further since 2011, except across the date line.
MAX_ZONE_SHIFT = timedelta(hours=3)
_ONE_DAY = timedelta(days=1)


def utc_candidates(local: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The UTC instants at which clocks in ``zone`` show ``local`` (naive), earliest first.

    There are none if the clock skips that time, two if it repeats it.
    """
    candidates = {local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return tuple(
        sorted(i for i in candidates if i.astimezone(zone).replace(tzinfo=None, fold=0) == local)
    )


def to_utc(date: date, time_of_day: timedelta, zone: ZoneInfo) -> datetime:
    """The earliest UTC instant at which clocks show the time since midnight of the date, or later.

    24 hours is the end of the date. A time that the clock skips is the instant of the jump.
    """
    local = datetime.combine(date, time()) + time_of_day
    candidates = utc_candidates(local, zone)
    return candidates[0] if candidates else _skip_dst_gap(local, zone)


def _skip_dst_gap(local: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant at which clocks in ``zone`` jump over ``local``."""
    # PEP 495: in a gap, fold 1 uses the offset after the jump and so yields an instant before it;
    # fold 0 the other way round. zoneinfo does not expose transitions: bisect for it.
    before, after = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (1, 0))
    offset_before = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == offset_before:
            before = middle
        else:
            after = middle
    return after


def parse_time_of_day(text: str) -> timedelta:
    """Parse ``09:30``, or ``24:00`` for the end of the day."""
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def format_time_of_day(time_of_day: timedelta) -> str:
    """``09:30`` for nine and a half hours, ``24:00`` for 24 hours."""
    hours, minutes = divmod(time_of_day // timedelta(minutes=1), 60)
    return f"{hours:02}:{minutes:02}"


def time_of_day(instant: datetime, zone: ZoneInfo) -> timedelta:
    """What clocks in ``zone`` show at that instant, as time since midnight."""
    local = instant.astimezone(zone)
    return timedelta(hours=local.hour, minutes=local.minute)


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """The date in ``zone`` at that instant."""
    return instant.astimezone(zone).date()


def dates_anywhere(instant: datetime) -> tuple[date, date]:
    """The first and the last date that any zone has at that instant: UTC-12 to UTC+14."""
    return (instant - timedelta(hours=12)).date(), (instant + timedelta(hours=14)).date()


def adjacent_dates(date: date) -> tuple[date, date]:
    """The dates before and after."""
    return date - _ONE_DAY, date + _ONE_DAY


def may_reach_adjacent_date(start: datetime, end: datetime, date: date) -> bool:
    """Whether a period, in naive local time, is so near to midnight that it may leave its date.

    Later time zone data can move its local time, by at most ``MAX_ZONE_SHIFT``.
    """
    return (start - MAX_ZONE_SHIFT).date() < date or (end + MAX_ZONE_SHIFT).date() > date


def format_time(instant: datetime, zone: ZoneInfo) -> str:
    """``09:00``; in a repeated hour with the offset, to tell the two apart: ``01:30 +01:00``."""
    local = instant.astimezone(zone)
    text = f"{local.hour:02}:{local.minute:02}"
    # PEP 495: a local time that exists has another offset with the other fold only if it repeats.
    if local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset():
        return f"{text} {local.isoformat()[-6:]}"
    return text


def format_range(value: Slot | datetime, zone: ZoneInfo) -> str:
    """A slot for a person to read (``09:00-09:30``), or an instant that is no slot's start."""
    if not isinstance(value, datetime):
        return f"{format_time(value.start, zone)}–{format_time(value.end, zone)}"
    is_whole_minute = value.second == value.microsecond == 0
    return format_time(value, zone) if is_whole_minute else to_rfc3339(value, zone)


def to_rfc3339(instant: datetime, zone: ZoneInfo) -> str:
    """The instant with the zone's offset: ``2026-11-23T09:00:00+00:00``."""
    return instant.astimezone(zone).isoformat()
