"""What a clock on the wall of a time zone shows, and when: RFC 3339 and IANA zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from chalicelib.domain.slot import Slot

# Since 2011 no zone turns its clock back across midnight (Newfoundland did until 2010), so that
# every local date is one unbroken stretch of real time.
MIN_DATE = date(2011, 1, 1)
# A day before the last that ``datetime`` knows: its end in UTC must still be a datetime.
MAX_DATE = date(9999, 12, 30)


def utc_candidates(local: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The UTC instants at which clocks in ``zone`` show ``wall`` (naive), earliest first.

    None where the clock skips that time, two where it shows it twice.
    """
    candidates = {local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return tuple(
        sorted(i for i in candidates if i.astimezone(zone).replace(tzinfo=None, fold=0) == local)
    )


def to_utc(date: date, time_of_day: timedelta, zone: ZoneInfo) -> datetime:
    """The earliest UTC instant from which clocks show ``since_midnight`` of the date, or later.

    24 hours mean the end of the date. A time that the clock skips means the instant of the jump.
    """
    wall = datetime.combine(date, time()) + time_of_day
    showing = utc_candidates(wall, zone)
    return showing[0] if showing else _skip_dst_gap(wall, zone)


def _skip_dst_gap(local: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant at which clocks in ``zone`` jump over the wall time ``skipped``."""
    # PEP 495: in a gap, fold 1 reads the wall time with the offset after the jump and so lands
    # before it; fold 0 the other way round. zoneinfo names no transitions: halve the stretch.
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
    """The reverse of ``time_of_day``: ``09:30``, or ``24:00`` for the end of the day."""
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def format_time_of_day(time_of_day: timedelta) -> str:
    """``09:30`` for nine and a half hours, ``24:00`` for the whole day."""
    hours, minutes = divmod(time_of_day // timedelta(minutes=1), 60)
    return f"{hours:02}:{minutes:02}"


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """The date that a calendar in ``zone`` shows then."""
    return instant.astimezone(zone).date()


def format_time(instant: datetime, zone: ZoneInfo) -> str:
    """``09:00``; in a repeated hour with the offset that tells which of them: ``01:30 +01:00``."""
    local = instant.astimezone(zone)
    shown = f"{local:%H:%M}"
    if len(utc_candidates(local.replace(tzinfo=None, fold=0), zone)) > 1:
        return f"{shown} {local.isoformat()[-6:]}"
    return shown


def format_range(value: Slot | datetime, zone: ZoneInfo) -> str:
    """Format a slot as its start and end with an en dash, or an instant as its time."""
    if not isinstance(value, datetime):
        return f"{format_time(value.start, zone)}–{format_time(value.end, zone)}"
    is_whole_minute = value.second == value.microsecond == 0
    return format_time(value, zone) if is_whole_minute else to_rfc3339(value, zone)


def to_rfc3339(instant: datetime, zone: ZoneInfo) -> str:
    """The instant with the zone's own offset: ``2026-11-23T09:00:00+00:00``."""
    return instant.astimezone(zone).isoformat()
