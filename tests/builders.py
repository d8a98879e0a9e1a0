"""Values for tests: what matters is said, what does not is hidden."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.domain.day import Day
from chalicelib.domain.doctor import Doctor
from chalicelib.domain.grid import ClinicSession, Grid
from chalicelib.domain.slot import Slot, SlotStatus
from chalicelib.domain.ticks import SlotChange
from chalicelib.domain.wall_time import parse_time_of_day, to_utc

LONDON = ZoneInfo("Europe/London")
MONDAY = date(2026, 11, 23)
SUNDAY_NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def at(time: str, on: date = MONDAY, zone: ZoneInfo = LONDON) -> datetime:
    """The instant of a wall time, by default of Monday in London, where that is UTC."""
    return to_utc(on, parse_time_of_day(time), zone)


def a_slot(
    start: str,
    minutes: int = 30,
    status: SlotStatus = SlotStatus.FREE,
    held_until: datetime | None = None,
) -> Slot:
    """A slot of Monday."""
    begins = at(start)
    end = begins + timedelta(minutes=minutes)
    return Slot(start=begins, end=end, status=status, held_until=held_until)


def a_session(begins: str, ends: str) -> ClinicSession:
    """``a_session("09:00", "12:00")``."""
    return ClinicSession(start=parse_time_of_day(begins), end=parse_time_of_day(ends))


def a_grid(*sessions: tuple[str, str], minutes: int = 30, zone: str | ZoneInfo = LONDON) -> Grid:
    """By default 09:00-12:00 in half hours."""
    return Grid(
        sessions=tuple(a_session(*session) for session in sessions or [("09:00", "12:00")]),
        slot_length=timedelta(minutes=minutes),
        zone=ZoneInfo(zone) if isinstance(zone, str) else zone,
    )


def a_day(*slots: Slot, version: int = 1) -> Day:
    """Dr Lee's Monday."""
    return Day(
        doctor_id="dr-lee",
        date=MONDAY,
        version=version,
        revision=version,
        slots={slot.start: slot for slot in slots},
    )


def a_doctor(doctor_id: str = "dr-lee", grid: Grid | None = None) -> Doctor:
    """A cardiologist of London."""
    return Doctor(
        doctor_id=doctor_id,
        name="Dr Mina Lee",
        specialty="cardiology",
        location="London",
        grid=grid or a_grid(),
        lead_time=timedelta(),
        booking_window=timedelta(days=365),
    )


def tick(start: str) -> SlotChange:
    """A box to tick."""
    return SlotChange(start, "free")


def untick(start: str) -> SlotChange:
    """A box to untick."""
    return SlotChange(start, "busy-unavailable")
