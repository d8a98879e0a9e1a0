"""Doctors to items and back, and their keys in the indexes."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from chalicelib.domain.doctor import Doctor
from chalicelib.domain.grid import EVERY_DAY, ClinicSession, Grid
from chalicelib.domain.local_time import format_time_of_day, parse_time_of_day
from chalicelib.storage import keys
from chalicelib.storage.decoding import decoder, require
from chalicelib.storage.mapping import positive_number
from chalicelib.storage.models import ClinicSessionMap, DoctorItem

_MINUTE = timedelta(minutes=1)


def doctor_to_item(doctor: Doctor) -> DoctorItem:
    """Return the item, with the doctor's key in the directory index."""
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
            ClinicSessionMap(
                start=format_time_of_day(session.start),
                end=format_time_of_day(session.end),
                weekdays=_format_weekdays(session.weekdays),
            )
            for session in grid.sessions
        ],
        slot_minutes=grid.slot_length // _MINUTE,
        lead_minutes=doctor.lead_time // _MINUTE,
        window_days=doctor.booking_window.days,
        delegates=sorted(doctor.delegates),
        is_inactive=None if doctor.is_active else True,
        version=doctor.version,
        reindex_pending=doctor.reindex_pending or None,
        fhir_id=doctor.fhir_id,
    )


@decoder
def doctor_from_item(item: DoctorItem) -> Doctor:
    return Doctor(
        doctor_id=require(item.doctor_id),
        name=require(item.name),
        specialty=require(item.specialty),
        location=require(item.location),
        grid=Grid(
            sessions=tuple(
                ClinicSession(
                    start=parse_time_of_day(session.start),
                    end=parse_time_of_day(session.end),
                    weekdays=_parse_weekdays(session.weekdays),
                )
                for session in item.sessions
            ),
            slot_length=positive_number(item.slot_minutes) * _MINUTE,
            zone=ZoneInfo(item.time_zone),
        ),
        lead_time=item.lead_minutes * _MINUTE,
        booking_window=timedelta(days=positive_number(item.window_days)),
        delegates=frozenset(str(name) for name in item.delegates),
        is_active=not item.is_inactive,
        version=int(item.version),
        reindex_pending=bool(item.reindex_pending),
        fhir_id=item.fhir_id,
    )


def _format_weekdays(weekdays: frozenset[int]) -> str | None:
    return None if weekdays == EVERY_DAY else "".join(str(day + 1) for day in sorted(weekdays))


def _parse_weekdays(text: str | None) -> frozenset[int]:
    """Return the weekdays. Raises ``ValueError`` if there are others than 1 to 7, or none."""
    weekdays = EVERY_DAY if text is None else frozenset(int(digit) - 1 for digit in text)
    if not weekdays or not weekdays <= EVERY_DAY:
        raise ValueError(text)
    return weekdays


def directory_sort_key(doctor: Doctor) -> str:
    """Return the doctor's sort key among all doctors: by specialty, location and id."""
    return keys.join_sort_key(doctor.specialty, doctor.location, doctor.doctor_id)


def search_sort_key(doctor: Doctor) -> str:
    """Return the sort key of the doctor's days among those of a specialty on a date."""
    return keys.join_sort_key(doctor.location, doctor.doctor_id)
