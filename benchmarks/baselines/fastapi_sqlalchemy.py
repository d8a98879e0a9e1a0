"""FastAPI, SQLAlchemy and PostgreSQL: one row per slot; a save locks the row of the day."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from typing import Any

from mangum import Mangum
from sqlalchemy import create_engine, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from benchmarks.baselines.fastapi_api import create_app
from benchmarks.baselines.records import RETENTION
from benchmarks.baselines.relational import (
    AuditRow,
    BookingRow,
    DayRow,
    DoctorRow,
    SaveRow,
    SlotRow,
    doctor_from_row,
    load_slots,
)
from benchmarks.baselines.rules import ApiError, Booking, Doctor, Json, Save, Slots

ENGINE = create_engine(os.environ["DATABASE_URL"])
SESSIONS = sessionmaker(ENGINE)


class PostgresStore:
    """Doctors, days, slots and changes in PostgreSQL."""

    def __init__(self) -> None:
        self._doctor_cache: dict[str, tuple[Doctor, datetime]] = {}

    def get_doctor_cached(self, doctor_id: str) -> Doctor:
        """Return the doctor's settings, which may be ten seconds old."""
        now = datetime.now(UTC)
        doctor, read_at = self._doctor_cache.get(doctor_id, (None, now))
        if doctor is None or now - read_at >= timedelta(seconds=10):
            with SESSIONS() as session:
                doctor = doctor_from_row(doctor_id, session.get(DoctorRow, doctor_id))
            self._doctor_cache[doctor_id] = (doctor, now)
        return doctor

    def load_day(
        self, doctor_id: str, date: date, request_id: str | None = None
    ) -> tuple[Doctor, int, Slots, Json | None]:
        """Return the doctor, the day's version and slots, and the change of an earlier request."""
        with SESSIONS() as session:
            doctor = doctor_from_row(doctor_id, session.get(DoctorRow, doctor_id))
            day = session.get(DayRow, (doctor_id, date))
            row = request_id and session.get(SaveRow, (doctor_id, date, request_id))
            change = {"fingerprint": row.fingerprint, "version": row.version} if row else None
            version, slots = day.version if day else 0, load_slots(session, doctor, date, date)
            return doctor, version, slots, change

    def list_slots(self, doctor: Doctor, first: date, last: date) -> Slots:
        with SESSIONS() as session:
            return load_slots(session, doctor, first, last)

    def save(self, doctor: Doctor, version: int, save: Save, now: datetime) -> None:
        """Write the day, its slots, the record of the request and the audit log in a transaction.

        Raises:
            ApiError: Another request changed the day, or saved under the same key.
        """
        try:
            with SESSIONS.begin() as session:
                _increment_version(session, doctor, save.date, version)
                session.add_all(
                    SlotRow(doctor_id=doctor.doctor_id, start=start, end=end, status=status)
                    for start, (end, status) in save.opened.items()
                )
                if save.closed:
                    _delete_slots(session, doctor, save.closed, now)
                session.add_all(_save_rows(doctor, version + 1, save, now))
        except IntegrityError as error:
            raise ApiError(409, "Another request changed the day") from error

    def book(self, doctor: Doctor, start: datetime, booking: Booking, now: datetime) -> bool:
        """Book the slot and write the booking's row and the audit log in one transaction.

        Returns False if the slot has this booking already.

        Raises:
            ApiError: The slot is taken, or the client has this booking elsewhere or for another
                patient.
        """
        is_slot = (SlotRow.doctor_id == doctor.doctor_id, SlotRow.start == start)
        is_available = (*is_slot, SlotRow.end == start + doctor.length, is_free(now))
        values: Json = {
            "client": booking.client,
            "booking_id": booking.booking_id,
            "booked_at": now,
            "status": "busy",
            "held_until": None,
            "holder": None,
        }
        try:
            with SESSIONS.begin() as session:
                if session.execute(update(SlotRow).where(*is_available).values(values)).rowcount:
                    session.add_all(_booking_rows(doctor, start, booking, now))
                    return True
                _require_booked(session, session.scalar(select(SlotRow).where(*is_slot)), booking)
                return False
        except IntegrityError as error:
            raise ApiError(409, "The booking has another slot") from error


def _save_rows(doctor: Doctor, version: int, save: Save, now: datetime) -> tuple[SaveRow, AuditRow]:
    record = SaveRow(
        doctor_id=doctor.doctor_id,
        date=save.date,
        request_id=save.request_id,
        fingerprint=save.fingerprint,
        version=version,
    )
    entry = AuditRow(
        doctor_id=doctor.doctor_id,
        date=save.date,
        at=now,
        kind="save",
        opened=[*map(str, save.opened)],
        closed=[*map(str, save.closed)],
        **save.actor,
    )
    return record, entry


def _booking_rows(
    doctor: Doctor, start: datetime, booking: Booking, now: datetime
) -> tuple[BookingRow, AuditRow]:
    record = BookingRow(
        client=booking.client,
        booking_id=booking.booking_id,
        doctor_id=doctor.doctor_id,
        start=start,
        patient_reference=booking.patient_reference,
        expires_at=start + doctor.length + RETENTION,
    )
    entry = AuditRow(
        doctor_id=doctor.doctor_id,
        date=start.astimezone(doctor.zone).date(),
        at=now,
        kind="booking",
        booked=[str(start)],
        **booking.actor,
    )
    return record, entry


def _require_booked(session: Session, slot: SlotRow | None, booking: Booking) -> None:
    """Check that the slot has this booking.

    Raises:
        ApiError: There is no slot, or it has another booking.
    """
    if slot is None:
        raise ApiError(404, "There is no such slot")
    stored = session.get(BookingRow, (booking.client, booking.booking_id))
    is_same = (slot.client, slot.booking_id) == (booking.client, booking.booking_id)
    if not is_same or stored is None or stored.patient_reference != booking.patient_reference:
        raise ApiError(409, "The slot is not available")


def _increment_version(session: Session, doctor: Doctor, date: date, version: int) -> None:
    if version == 0:
        session.add(DayRow(doctor_id=doctor.doctor_id, date=date, version=1))
        return
    is_unchanged = (
        DayRow.doctor_id == doctor.doctor_id,
        DayRow.date == date,
        DayRow.version == version,
    )
    increment = update(DayRow).where(*is_unchanged).values(version=version + 1)
    _require_rows(session.execute(increment).rowcount, 1)


def _delete_slots(session: Session, doctor: Doctor, closed: Slots, now: datetime) -> None:
    is_closed = (SlotRow.doctor_id == doctor.doctor_id, SlotRow.start.in_(closed), is_free(now))
    _require_rows(session.execute(delete(SlotRow).where(*is_closed)).rowcount, len(closed))


def is_free(now: datetime) -> Any:  # noqa: ANN401  SQLAlchemy has no types here
    """Build the condition: the slot is free, or its hold has expired."""
    return (SlotRow.status == "free") | (
        (SlotRow.status == "busy-tentative") & (SlotRow.held_until <= now)
    )


def _require_rows(changed: int, expected: int) -> None:
    """Check that a statement changed all rows.

    Raises:
        ApiError: Another request changed one of them before.
    """
    if changed != expected:
        raise ApiError(409, "Another request changed the day")


handler = Mangum(create_app(PostgresStore()), lifespan="off")
