"""FastAPI with SQLAlchemy and PostgreSQL: one row a slot, and the day's row locked for a save."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from typing import Any

from mangum import Mangum
from sqlalchemy import create_engine, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import sessionmaker

from benchmarks.baselines.fastapi_api import create_app
from benchmarks.baselines.fastapi_schemas import BookingRequest
from benchmarks.baselines.relational import (
    ChangeRow,
    DayRow,
    DoctorRow,
    SlotRow,
    doctor_from_row,
    load_slots,
)
from benchmarks.baselines.rules import ApiError, Doctor, Json, Slots

ENGINE = create_engine(os.environ["DATABASE_URL"])
SESSIONS = sessionmaker(ENGINE)


class Database:
    """Doctors, days, slots and changes."""

    def __init__(self) -> None:
        self._doctor_cache: dict[str, tuple[Doctor, datetime]] = {}

    def get_doctor_cached(self, doctor_id: str) -> Doctor:
        """As she was read less than ten seconds ago, or now."""
        now = datetime.now(UTC)
        doctor, asked_at = self._doctor_cache.get(doctor_id, (None, now))
        if doctor is None or now - asked_at >= timedelta(seconds=10):
            with SESSIONS() as session:
                doctor = doctor_from_row(doctor_id, session.get(DoctorRow, doctor_id))
            self._doctor_cache[doctor_id] = (doctor, now)
        return doctor

    def load_day(
        self, doctor_id: str, date: date, request_id: str | None = None
    ) -> tuple[Doctor, int, Slots, Json | None]:
        """The doctor, the day's version and slots, and the change of that request."""
        with SESSIONS() as session:
            doctor = doctor_from_row(doctor_id, session.get(DoctorRow, doctor_id))
            day = session.get(DayRow, (doctor_id, date))
            change = request_id and session.get(ChangeRow, (doctor_id, date, request_id))
            told = (
                {"fingerprint": change.fingerprint, "version": change.version} if change else None
            )
            return doctor, day.version if day else 0, load_slots(session, doctor, date, date), told

    def list_slots(self, doctor: Doctor, first: date, last: date) -> Slots:
        """The slots of her days."""
        with SESSIONS() as session:
            return load_slots(session, doctor, first, last)

    def save(
        self,
        doctor: Doctor,
        date: date,
        version: int,
        opened: Slots,
        withdrawn: Slots,
        change_info: Json,
        now: datetime,
    ) -> None:
        """All of it in one transaction, which the day's version guards."""
        hers = {"doctor_id": doctor.doctor_id, "date": date}
        try:
            with SESSIONS.begin() as session:
                if version == 0:
                    session.add(DayRow(**hers, version=1))
                else:
                    is_as_read = (DayRow.doctor_id == doctor.doctor_id, DayRow.date == date,
                                  DayRow.version == version)  # fmt: skip
                    bump = update(DayRow).where(*is_as_read).values(version=version + 1)
                    require(condition=session.execute(bump).rowcount == 1)
                session.add_all(
                    SlotRow(doctor_id=doctor.doctor_id, start=start, end=end, status=status)
                    for start, (end, status) in opened.items()
                )
                if withdrawn:
                    is_gone = (SlotRow.doctor_id == doctor.doctor_id, SlotRow.start.in_(withdrawn),
                               is_free(now))  # fmt: skip
                    removed = session.execute(delete(SlotRow).where(*is_gone)).rowcount
                    require(condition=removed == len(withdrawn))
                told = {"opened": [*map(str, opened)], "withdrawn": [*map(str, withdrawn)]}
                session.add(ChangeRow(**hers, **change_info, **told, version=version + 1, at=now))
        except IntegrityError as error:
            raise ApiError(409, "Somebody else was faster") from error

    def book(self, doctor: Doctor, start: datetime, booking: BookingRequest, now: datetime) -> bool:
        """One update; False where it is booked as that already."""
        is_it = (SlotRow.doctor_id == doctor.doctor_id, SlotRow.start == start)
        values: Json = {
            "booking_id": booking.booking_id,
            "patient_reference": booking.patient_reference,
        }
        values |= {"status": "busy", "held_until": None, "holder": None}
        may = (*is_it, SlotRow.end == start + doctor.length, is_free(now))
        with SESSIONS.begin() as session:
            if session.execute(update(SlotRow).where(*may).values(values)).rowcount:
                return True
            found = session.scalar(select(SlotRow).where(*is_it))
            if found is None or found.booking_id != booking.booking_id:
                raise ApiError(409 if found else 404, "The slot is taken")
            return False


def is_free(now: datetime) -> Any:  # noqa: ANN401  a condition
    """Or its hold has run out."""
    return (SlotRow.status == "free") | (
        (SlotRow.status == "busy-tentative") & (SlotRow.held_until <= now)
    )


def require(*, condition: bool) -> None:
    """Raise ``Refusal`` unless it is."""
    if not condition:
        raise ApiError(409, "Somebody else was faster")


handler = Mangum(create_app(Database()), lifespan="off")
