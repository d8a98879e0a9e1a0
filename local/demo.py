"""The table and the demo doctors, for a laptop: made once, and left alone after that."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from chalicelib import bootstrap
from chalicelib.domain.doctor import Doctor
from chalicelib.domain.grid import ClinicSession, Grid
from chalicelib.domain.local_time import parse_time_of_day
from chalicelib.storage import table
from local.stage import use_local_stage


def _sessions(*spans: tuple[str, str]) -> tuple[ClinicSession, ...]:
    return tuple(
        ClinicSession(start=parse_time_of_day(a), end=parse_time_of_day(z)) for a, z in spans
    )


def _doctor(
    doctor_id: str,
    *,
    name: str,
    specialty: str,
    location: str,
    grid: Grid,
    delegates: frozenset[str] = frozenset(),
) -> Doctor:
    return Doctor(
        doctor_id=doctor_id,
        name=name,
        specialty=specialty,
        location=location,
        grid=grid,
        lead_time=timedelta(),
        booking_window=timedelta(days=365),
        delegates=delegates,
    )


DOCTORS = (
    _doctor(
        "dr-lee",
        name="Dr Mina Lee",
        specialty="cardiology",
        location="London",
        grid=Grid(
            sessions=_sessions(("09:00", "12:00"), ("13:00", "17:00")),
            slot_length=timedelta(minutes=30),
            zone=ZoneInfo("Europe/London"),
        ),
        delegates=frozenset({"sam"}),
    ),
    _doctor(
        "dr-okafor",
        name="Dr Chidi Okafor",
        specialty="dermatology",
        location="New York",
        grid=Grid(
            sessions=_sessions(("08:00", "12:00")),
            slot_length=timedelta(minutes=20),
            zone=ZoneInfo("America/New_York"),
        ),
    ),
    _doctor(
        "dr-walker",
        name="Dr Ruth Walker",
        specialty="general-practice",
        location="Lord Howe Island",
        grid=Grid(
            sessions=_sessions(("00:00", "24:00")),
            slot_length=timedelta(minutes=30),
            zone=ZoneInfo("Australia/Lord_Howe"),
        ),
    ),
)


def prepare() -> None:
    """Make the table if there is none, and add the demo doctors that are not there yet."""
    services = bootstrap.create_services()
    table.create_if_absent()
    for doctor in DOCTORS:
        services.doctors.add(doctor)


if __name__ == "__main__":
    use_local_stage()
    prepare()
