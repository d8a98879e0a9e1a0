"""A doctor as an item, and back."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from chalicelib.domain.doctor import Doctor
from chalicelib.domain.grid import Grid, Session
from chalicelib.domain.wall_time import since_midnight, time_of_day
from chalicelib.storage import keys
from chalicelib.storage.records import DoctorRecord, SessionMap

_MINUTE = timedelta(minutes=1)


def place(doctor: Doctor) -> str:
    """Where she stands in the directory."""
    return keys.in_directory(doctor.specialty, doctor.location, doctor.doctor_id)


def write(doctor: Doctor) -> DoctorRecord:
    """The item, with the doctor's place in the directory."""
    grid = doctor.grid
    return DoctorRecord(
        keys.of_doctor(doctor.doctor_id),
        keys.DOCTOR,
        partition=keys.ALL_DOCTORS,
        place=place(doctor),
        doctor_id=doctor.doctor_id,
        name=doctor.name,
        specialty=doctor.specialty,
        location=doctor.location,
        time_zone=grid.zone.key,
        sessions=[
            SessionMap(begins=time_of_day(session.begins), ends=time_of_day(session.ends))
            for session in grid.sessions
        ],
        slot_minutes=grid.slot_length // _MINUTE,
        lead_minutes=doctor.lead_time // _MINUTE,
        window_days=doctor.booking_window.days,
        delegates=sorted(doctor.delegates),
        version=doctor.version,
        is_relocating=doctor.is_relocating or None,
    )


def read(item: DoctorRecord) -> Doctor:
    """The reverse of ``write``."""
    return Doctor(
        doctor_id=item.doctor_id,
        name=item.name,
        specialty=item.specialty,
        location=item.location,
        grid=Grid(
            sessions=tuple(
                Session(begins=since_midnight(session.begins), ends=since_midnight(session.ends))
                for session in item.sessions
            ),
            slot_length=item.slot_minutes * _MINUTE,
            zone=ZoneInfo(item.time_zone),
        ),
        lead_time=item.lead_minutes * _MINUTE,
        booking_window=timedelta(days=item.window_days),
        delegates=frozenset(str(name) for name in item.delegates),
        version=int(item.version),
        is_relocating=bool(item.is_relocating),
    )
