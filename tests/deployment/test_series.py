"""The deployed stack extends the series of many doctors: by schedule and queue."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from chalicelib.domain.series import Series, TimeRange
from chalicelib.storage.day_repository import DayRepository
from chalicelib.storage.doctor_repository import DoctorRepository
from cloud.rehearsal import STACK
from local import demo_data
from tests.support.direct_writes import store_series
from tests.support.profile import rounds
from tests.support.scheduled_event import SCHEDULED_EVENT

if TYPE_CHECKING:
    from chalicelib.domain.doctor import Doctor

DOCTORS = rounds(daily=12, nightly=500)
TIMEOUT_SECONDS = 90
ONE_DAY = timedelta(days=1)
ALL_WEEK = {weekday: (TimeRange(timedelta(hours=9), timedelta(hours=10)),) for weekday in range(7)}


def add_doctor_with_series(number: int) -> Doctor:
    """Add a doctor whose series is applied up to the day before the end of the booking window."""
    like = demo_data.DOCTORS[0]
    doctor = replace(like, doctor_id=f"dr-{number:03}", booking_window=timedelta(days=30))
    today = datetime.now(UTC).astimezone(doctor.zone).date()
    series = Series(
        series_id="mornings",
        version=1,
        name="Mornings",
        weekly=ALL_WEEK,
        every_weeks=1,
        first=today,
        last=None,
        grid=doctor.grid,
        applied_to=today + 29 * ONE_DAY,
    )
    DoctorRepository().add(doctor)
    store_series(doctor.doctor_id, series)
    return doctor


def is_extended(doctor: Doctor) -> bool:
    horizon = doctor.last_bookable_date(datetime.now(UTC))
    return len(DayRepository().get(doctor.doctor_id, horizon).slots) > 0


@pytest.mark.usefixtures("rehearsal")
def test_schedule_extends_the_series_of_many_doctors() -> None:
    doctors = [add_doctor_with_series(number) for number in range(DOCTORS)]

    answer: Any = boto3.client("lambda").invoke(
        FunctionName=f"{STACK}-schedule", Payload=json.dumps(SCHEDULED_EVENT)
    )

    assert "FunctionError" not in answer, answer["Payload"].read()
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while doctors := [doctor for doctor in doctors if not is_extended(doctor)]:
        assert time.monotonic() < deadline, f"{len(doctors)} are not extended"
        time.sleep(0.5)
