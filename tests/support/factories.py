"""Factories of domain values, with defaults for everything that a test does not name."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chalicelib.domain.day import Day, PlannedChanges
from chalicelib.domain.doctor import Doctor
from chalicelib.domain.grid import ClinicSession, Grid
from chalicelib.domain.local_time import parse_time_of_day, to_utc
from chalicelib.domain.series import Series, TimeRange
from chalicelib.domain.slot import Slot, SlotStatus
from chalicelib.web.api.parsing import parse_slot_change

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chalicelib.domain.changes import InvalidChange, SlotChange

LONDON = ZoneInfo("Europe/London")
MONDAY = date(2026, 11, 23)
SUNDAY_NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DOCTOR_SETTINGS: dict[str, object] = {
    "name": "Dr Mina Lee",
    "specialty": "cardiology",
    "location": "London",
    "time_zone": "Europe/London",
    "slot_minutes": 30,
    "sessions": [{"from": "09:00", "to": "12:00"}],
}
"""The body of ``PUT /doctors/{doctor_id}`` for a doctor like ``make_doctor``'s."""


def to_instant(time: str, date: date = MONDAY, zone: ZoneInfo = LONDON) -> datetime:
    """Convert a local time to an instant, by default of Monday in London (UTC)."""
    return to_utc(date, parse_time_of_day(time), zone)


def date_range(count: int, first: date = MONDAY) -> list[str]:
    """Return a number of consecutive dates, by default from Monday on."""
    return [(first + timedelta(days=n)).isoformat() for n in range(count)]


def make_slot(
    start: str,
    minutes: int = 30,
    status: SlotStatus = SlotStatus.FREE,
    held_until: datetime | None = None,
) -> Slot:
    """Make a slot of Monday."""
    start_at = to_instant(start)
    end = start_at + timedelta(minutes=minutes)
    return Slot(start=start_at, end=end, status=status, held_until=held_until)


def empty_changes(day: Day) -> PlannedChanges:
    """Make changes that leave the day as it is."""
    return PlannedChanges(opened=(), closed=(), day_after=day)


def make_session(start: str, end: str) -> ClinicSession:
    """Make a session: ``make_session("09:00", "12:00")``."""
    return ClinicSession(start=parse_time_of_day(start), end=parse_time_of_day(end))


def make_grid(*sessions: tuple[str, str], minutes: int = 30, zone: str | ZoneInfo = LONDON) -> Grid:
    """Make a grid, by default of half hours from 09:00 to 12:00."""
    return Grid(
        sessions=tuple(make_session(*session) for session in sessions or [("09:00", "12:00")]),
        slot_length=timedelta(minutes=minutes),
        zone=ZoneInfo(zone) if isinstance(zone, str) else zone,
    )


def make_series(
    weekly: Mapping[int, Sequence[tuple[str, str]]],
    *,
    grid: Grid | None = None,
    every: int = 1,
    first: date = MONDAY,
    last: date | None = None,
) -> Series:
    """Make the first version of a series, by weekday (0 is Monday) and hours."""
    return Series(
        series_id="s-1",
        version=1,
        name="Mornings",
        weekly={
            weekday: tuple(
                TimeRange(parse_time_of_day(start), parse_time_of_day(end)) for start, end in hours
            )
            for weekday, hours in weekly.items()
        },
        every_weeks=every,
        first=first,
        last=last,
        grid=grid or make_grid(),
    )


def make_day(*slots: Slot, version: int = 1) -> Day:
    """Make Dr Lee's Monday with these slots."""
    return Day(
        doctor_id="dr-lee",
        date=MONDAY,
        version=version,
        revision=version,
        slots={slot.start: slot for slot in slots},
    )


def make_doctor(
    doctor_id: str = "dr-lee", grid: Grid | None = None, *, fhir_id: str | None = None
) -> Doctor:
    """Make a cardiologist in London."""
    return Doctor(
        doctor_id=doctor_id,
        name="Dr Mina Lee",
        specialty="cardiology",
        location="London",
        grid=grid or make_grid(),
        lead_time=timedelta(),
        booking_window=timedelta(days=365),
        fhir_id=fhir_id,
    )


def open_change(start: str) -> SlotChange | InvalidChange:
    """Make a change that opens a slot."""
    return parse_slot_change(start, "free")


def close_change(start: str) -> SlotChange | InvalidChange:
    """Make a change that closes a slot."""
    return parse_slot_change(start, "busy-unavailable")
