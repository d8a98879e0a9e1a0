"""Values for tests: what matters is said, what does not is hidden."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.domain.changes import SlotChange
from chalicelib.domain.day import Day
from chalicelib.domain.doctor import Doctor
from chalicelib.domain.grid import ClinicSession, Grid
from chalicelib.domain.local_time import parse_time_of_day, to_utc
from chalicelib.domain.slot import Slot, SlotStatus

LONDON = ZoneInfo("Europe/London")
MONDAY = date(2026, 11, 23)
SUNDAY_NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def to_instant(time: str, date: date = MONDAY, zone: ZoneInfo = LONDON) -> datetime:
    """The instant of a wall time, by default of Monday in London, where that is UTC."""
    return to_utc(date, parse_time_of_day(time), zone)


def make_slot(
    start: str,
    minutes: int = 30,
    status: SlotStatus = SlotStatus.FREE,
    held_until: datetime | None = None,
) -> Slot:
    """A slot of Monday."""
    begins = to_instant(start)
    end = begins + timedelta(minutes=minutes)
    return Slot(start=begins, end=end, status=status, held_until=held_until)


def make_session(start: str, end: str) -> ClinicSession:
    """``a_session("09:00", "12:00")``."""
    return ClinicSession(start=parse_time_of_day(start), end=parse_time_of_day(end))


def make_grid(*sessions: tuple[str, str], minutes: int = 30, zone: str | ZoneInfo = LONDON) -> Grid:
    """By default 09:00-12:00 in half hours."""
    return Grid(
        sessions=tuple(make_session(*session) for session in sessions or [("09:00", "12:00")]),
        slot_length=timedelta(minutes=minutes),
        zone=ZoneInfo(zone) if isinstance(zone, str) else zone,
    )


def make_day(*slots: Slot, version: int = 1) -> Day:
    """Dr Lee's Monday."""
    return Day(
        doctor_id="dr-lee",
        date=MONDAY,
        version=version,
        revision=version,
        slots={slot.start: slot for slot in slots},
    )


def make_doctor(doctor_id: str = "dr-lee", grid: Grid | None = None) -> Doctor:
    """A cardiologist of London."""
    return Doctor(
        doctor_id=doctor_id,
        name="Dr Mina Lee",
        specialty="cardiology",
        location="London",
        grid=grid or make_grid(),
        lead_time=timedelta(),
        booking_window=timedelta(days=365),
    )


def open_change(start: str) -> SlotChange:
    """A box to tick."""
    return SlotChange(start, "free")


def close_change(start: str) -> SlotChange:
    """A box to untick."""
    return SlotChange(start, "busy-unavailable")
