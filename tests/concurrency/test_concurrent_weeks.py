"""Concurrent saves of one week with one idempotency key."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING
from uuid import uuid4

from chalicelib.domain.changes import SlotChange
from chalicelib.domain.errors import IdempotencyKeyReusedError
from chalicelib.domain.permissions import Caller, Role
from chalicelib.domain.slot import SlotStatus
from chalicelib.use_cases.manage_slots import SaveRequest
from tests.support import stored_day
from tests.support.factories import MONDAY, make_doctor, make_grid, to_instant
from tests.support.profile import rounds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.services import Services
    from chalicelib.use_cases.save_many_days import DayOutcome

ADMIN = Caller(name="sam", client="test", roles=frozenset({Role.ADMIN}))
DATES = [MONDAY + timedelta(days=n) for n in range(3)]
ROUNDS = rounds(daily=3, nightly=50)


def add_doctor(services: Services) -> str:
    doctor_id = f"dr-{uuid4().hex}"
    services.doctors.add(make_doctor(doctor_id, make_grid(("09:00", "13:00"))))
    return doctor_id


def make_week(doctor_id: str, start: str) -> list[SaveRequest]:
    """Open the slot at that time on each date; the time is the body's fingerprint."""
    return [
        SaveRequest(
            doctor_id=doctor_id,
            date=on,
            changes=(SlotChange(to_instant(start, on), SlotStatus.FREE),),
            request_id="week-1",
            fingerprint=start,
        )
        for on in DATES
    ]


def save_weeks(
    services: Services, weeks: Sequence[Sequence[SaveRequest]]
) -> list[tuple[DayOutcome, ...]]:
    """Save all at once; a save that no date is stored of has no outcomes."""
    barrier = Barrier(len(weeks))

    def save(week: Sequence[SaveRequest]) -> tuple[DayOutcome, ...]:
        barrier.wait()
        try:
            return services.manage_weeks.save_week(ADMIN, week)
        except IdempotencyKeyReusedError:
            return ()

    with ThreadPoolExecutor(len(weeks)) as threads:
        return list(threads.map(save, weeks))


def test_concurrent_repeats_of_one_week_save_each_date_once(services: Services) -> None:
    for _ in range(ROUNDS):
        week = make_week(add_doctor(services), "09:00")

        outcomes = save_weeks(services, [week] * 6)

        versions = [[date.saved and date.saved.version for date in each] for each in outcomes]
        assert versions == [[1, 1, 1]] * 6


def test_concurrent_weeks_with_one_key_report_what_is_stored(
    services: Services, dynamodb: DynamoDBClient
) -> None:
    """Each date is of one of them. If they share the week, both respond with 207."""
    for _ in range(ROUNDS):
        doctor_id = add_doctor(services)
        starts = ["09:00", "09:30", "10:00"]

        outcomes = save_weeks(services, [make_week(doctor_id, start) for start in starts])

        saved = {
            date.date: to_instant(start, date.date)
            for start, each in zip(starts, outcomes, strict=True)
            for date in each
            if date.saved
        }
        errors = [date.error for each in outcomes for date in each if date.error]
        assert all(isinstance(error, IdempotencyKeyReusedError) for error in errors)
        for on in DATES:
            stored = stored_day.read_stored_day(
                dynamodb, services.settings.table_name, doctor_id, on
            )
            assert {start for start, _ in stored.slots} == {saved[on]}
