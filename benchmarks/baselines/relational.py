"""The tables of the PostgreSQL baseline; run as a program, it creates them."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, DateTime, ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from benchmarks.baselines.rules import ApiError, Doctor, Slots

MINUTE = timedelta(minutes=1)


class Base(DeclarativeBase):
    type_annotation_map = {datetime: DateTime(timezone=True), list[Any]: JSON}  # noqa: RUF012  SQLAlchemy declares it so


class DoctorRow(Base):
    __tablename__ = "doctors"
    doctor_id: Mapped[str] = mapped_column(primary_key=True)
    specialty: Mapped[str] = mapped_column(index=True)
    location: Mapped[str]
    time_zone: Mapped[str]
    sessions: Mapped[list[Any]]
    delegates: Mapped[list[Any]]
    slot_minutes: Mapped[int]
    lead_minutes: Mapped[int]
    window_days: Mapped[int]


class DayRow(Base):
    """A saved date; its version serializes saves."""

    __tablename__ = "days"
    doctor_id: Mapped[str] = mapped_column(ForeignKey(DoctorRow.doctor_id), primary_key=True)
    date: Mapped[dt.date] = mapped_column(primary_key=True)
    version: Mapped[int]


class SlotRow(Base):
    __tablename__ = "slots"
    doctor_id: Mapped[str] = mapped_column(ForeignKey(DoctorRow.doctor_id), primary_key=True)
    start: Mapped[datetime] = mapped_column(primary_key=True)
    end: Mapped[datetime]
    status: Mapped[str]
    held_until: Mapped[datetime | None]
    holder: Mapped[str | None]
    client: Mapped[str | None]
    booking_id: Mapped[str | None]
    booked_at: Mapped[datetime | None]


class BookingRow(Base):
    """Where a client's booking is; deleted some time after ``expires_at``."""

    __tablename__ = "bookings"
    client: Mapped[str] = mapped_column(primary_key=True)
    booking_id: Mapped[str] = mapped_column(primary_key=True)
    doctor_id: Mapped[str]
    start: Mapped[datetime]
    patient_reference: Mapped[str]
    expires_at: Mapped[datetime]


class SaveRow(Base):
    """A save, to recognize repeated requests."""

    __tablename__ = "saves"
    doctor_id: Mapped[str] = mapped_column(ForeignKey(DoctorRow.doctor_id), primary_key=True)
    date: Mapped[dt.date] = mapped_column(primary_key=True)
    request_id: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    version: Mapped[int]


class AuditRow(Base):
    """An entry of the audit log; the locks on what it changes put ``entry_id`` in their order."""

    __tablename__ = "audit_log"
    entry_id: Mapped[int] = mapped_column(primary_key=True)
    doctor_id: Mapped[str] = mapped_column(ForeignKey(DoctorRow.doctor_id), index=True)
    date: Mapped[dt.date] = mapped_column(index=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    by: Mapped[str]
    role: Mapped[str]
    client: Mapped[str]
    subject: Mapped[str | None]
    opened: Mapped[list[Any] | None]
    closed: Mapped[list[Any] | None]
    booked: Mapped[list[Any] | None]


def load_slots(session: Session, doctor: Doctor, first: date, last: date) -> Slots:
    """Load the slots of a date range; a slot whose hold has expired is free."""
    range_start = datetime.combine(first, time(), doctor.zone)
    range_end = datetime.combine(last + timedelta(days=1), time(), doctor.zone)
    in_range = (
        SlotRow.doctor_id == doctor.doctor_id,
        SlotRow.start >= range_start,
        SlotRow.start < range_end,
    )
    now, slots = datetime.now(UTC), {}
    for row in session.scalars(select(SlotRow).where(*in_range)):
        is_expired = row.held_until is not None and row.held_until <= now
        slots[row.start.astimezone(UTC)] = (
            row.end.astimezone(UTC),
            "free" if is_expired else row.status,
        )
    return slots


def doctor_from_row(doctor_id: str, row: DoctorRow | None) -> Doctor:
    """Convert a row.

    Raises:
        ApiError: There is no row.
    """
    if row is None:
        raise ApiError(404, f"There is no doctor {doctor_id}")
    return Doctor(
        doctor_id=doctor_id,
        zone=ZoneInfo(row.time_zone),
        sessions=row.sessions,
        length=row.slot_minutes * MINUTE,
        lead=row.lead_minutes * MINUTE,
        window=timedelta(days=row.window_days),
        delegates=row.delegates,
        specialty=row.specialty,
        location=row.location,
    )


def main() -> None:
    """Create the tables with one doctor, whose row is the first argument in JSON."""
    engine = create_engine(os.environ["DATABASE_URL"])
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(DoctorRow(**json.loads(sys.argv[1])))
        session.commit()


if __name__ == "__main__":
    main()
