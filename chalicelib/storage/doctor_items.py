"""A doctor as an item, and back."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from chalicelib.domain.doctor import Doctor
from chalicelib.domain.grid import Grid, Session
from chalicelib.domain.wall_time import since_midnight, time_of_day
from chalicelib.storage import keys
from chalicelib.storage.records import ClinicSessionMap, DoctorItem

_MINUTE = timedelta(minutes=1)


def directory_sort_key(doctor: Doctor) -> str:
    """Where she stands in the directory."""
    return keys.join_sort_key(doctor.specialty, doctor.location, doctor.doctor_id)


def doctor_to_item(doctor: Doctor) -> DoctorItem:
    """The item, with the doctor's place in the directory."""
    grid = doctor.grid
    return DoctorItem(
        keys.doctor_pk(doctor.doctor_id),
        keys.DOCTOR_SK,
        gsi1_pk=keys.DIRECTORY_PK,
        gsi1_sk=directory_sort_key(doctor),
        doctor_id=doctor.doctor_id,
        name=doctor.name,
        specialty=doctor.specialty,
        location=doctor.location,
        time_zone=grid.zone.key,
        sessions=[
            ClinicSessionMap(start=time_of_day(session.begins), end=time_of_day(session.ends))
            for session in grid.sessions
        ],
        slot_minutes=grid.slot_length // _MINUTE,
        lead_minutes=doctor.lead_time // _MINUTE,
        window_days=doctor.booking_window.days,
        delegates=sorted(doctor.delegates),
        version=doctor.version,
        is_relocating=doctor.is_relocating or None,
    )


def doctor_from_item(item: DoctorItem) -> Doctor:
    """The reverse of ``write``."""
    return Doctor(
        doctor_id=item.doctor_id,
        name=item.name,
        specialty=item.specialty,
        location=item.location,
        grid=Grid(
            sessions=tuple(
                Session(begins=since_midnight(session.start), ends=since_midnight(session.end))
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
