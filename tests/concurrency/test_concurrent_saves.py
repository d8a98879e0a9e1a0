"""Concurrent saves of one day."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import TYPE_CHECKING
from uuid import uuid4

from chalicelib.domain.changes import SlotChange
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.permissions import Caller, Role
from chalicelib.domain.slot import SlotStatus
from chalicelib.storage.day_repository import DayRepository
from chalicelib.storage.doctor_cache import DoctorCache
from chalicelib.use_cases.manage_slots import ManageSlots, SaveRequest
from chalicelib.use_cases.retry import backoff
from tests.support import stored_day
from tests.support.factories import MONDAY, make_doctor, make_grid, to_instant
from tests.support.profile import rounds

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.domain.day import Day
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.save_record import SaveRecord
    from chalicelib.services import Services
    from chalicelib.use_cases.save_days import SavedDay

ROUNDS = rounds(daily=10, nightly=200)
SLOT_LENGTHS = [10, 15, 20, 25, 30, 40, 45, 60]
ADMIN = Caller(name="sam", client="test", roles=frozenset({Role.ADMIN}))


@dataclass
class StaleLengthDayRepository(DayRepository):
    """A repository with a stale read of the doctor, when slots had another length."""

    minutes: int

    def get_with_change(
        self,
        doctor_id: str,
        date: date,
        request_id: str | None = None,
        *,
        reads_adjacent: bool = False,
        running_plan: str | None = None,
    ) -> tuple[Doctor, Day, SaveRecord | None]:
        doctor, day, saved = super().get_with_change(
            doctor_id,
            date,
            request_id,
            reads_adjacent=reads_adjacent,
            running_plan=running_plan,
        )
        grid = replace(doctor.grid, slot_length=timedelta(minutes=self.minutes))
        return replace(doctor, grid=grid), day, saved


def make_manage_slots(services: Services, minutes: int) -> ManageSlots:
    return ManageSlots(
        StaleLengthDayRepository(minutes),
        DoctorCache(services.doctors, services.now),
        services.now,
        backoff,
    )


def make_save_request(doctor_id: str, *changes: tuple[datetime, SlotStatus]) -> SaveRequest:
    return SaveRequest(
        doctor_id=doctor_id,
        date=MONDAY,
        changes=tuple(SlotChange(*change) for change in changes),
        request_id=uuid4().hex,
        fingerprint="f",
    )


def save_outcome(operation: Callable[[], SavedDay], start: Barrier) -> SavedDay | None:
    """Run a save after the barrier; return the saved day, or None if the save is rejected."""
    start.wait()
    try:
        return operation()
    except RequestRejectedError:
        return None


def run_concurrently(operations: list[Callable[[], SavedDay]]) -> list[SavedDay | None]:
    start = Barrier(len(operations))
    with ThreadPoolExecutor(len(operations)) as threads:
        return list(threads.map(lambda operation: save_outcome(operation, start), operations))


def add_doctor(services: Services) -> str:
    doctor_id = f"dr-{uuid4().hex}"
    services.doctors.add(make_doctor(doctor_id, make_grid(("09:00", "13:00"))))
    return doctor_id


def test_concurrent_overlapping_saves_never_both_commit(
    services: Services, dynamodb: DynamoDBClient
) -> None:
    """All race for a new day, or for the next version of a day."""
    rng = random.Random(1)
    savers = [make_manage_slots(services, minutes) for minutes in SLOT_LENGTHS]

    for number in range(ROUNDS):
        doctor_id = add_doctor(services)
        first_save = make_save_request(doctor_id, (to_instant("12:30"), SlotStatus.FREE))
        earlier = [first_save] if number % 2 else []
        days: list[SavedDay | None] = [
            services.manage_slots.save(ADMIN, request) for request in earlier
        ]
        requests = []
        for minutes in SLOT_LENGTHS:
            first = rng.randrange(60 // minutes + 1)
            starts = [
                to_instant("09:00") + timedelta(minutes=minutes) * (first + n) for n in range(3)
            ]
            requests.append(
                make_save_request(doctor_id, *((start, SlotStatus.FREE) for start in starts))
            )

        days += run_concurrently(
            [
                partial(saver.save, ADMIN, request)
                for saver, request in zip(savers, requests, strict=True)
            ]
        )

        stored = stored_day.read_stored_day(
            dynamodb, services.settings.table_name, doctor_id, MONDAY
        )
        stored.assert_valid()
        assert stored.version == sum(day is not None for day in days) >= 1
        assert stored.opened_by_request() == {
            request.request_id: {change.start for change in request.changes}
            for request, day in zip([*earlier, *requests], days, strict=True)
            if day is not None
        }


def test_concurrent_disjoint_saves_all_succeed(
    services: Services, dynamodb: DynamoDBClient
) -> None:
    for _ in range(max(1, ROUNDS // 10)):
        doctor_id = add_doctor(services)
        halves = [to_instant("09:00") + timedelta(minutes=30) * n for n in range(8)]

        requests = [make_save_request(doctor_id, (start, SlotStatus.FREE)) for start in halves]

        days = run_concurrently([partial(services.manage_slots.save, ADMIN, r) for r in requests])

        stored = stored_day.read_stored_day(
            dynamodb, services.settings.table_name, doctor_id, MONDAY
        )
        stored.assert_valid()
        assert sorted(day.version for day in days if day) == list(range(1, 9))
        assert {start for start, _ in stored.slots} == set(halves)


def test_concurrent_open_and_close_match_some_order(
    services: Services, dynamodb: DynamoDBClient
) -> None:
    rng = random.Random(2)
    halves = [to_instant("09:00") + timedelta(minutes=30) * n for n in range(8)]

    for _ in range(max(2, ROUNDS // 4)):
        doctor_id = add_doctor(services)
        services.manage_slots.save(
            ADMIN, make_save_request(doctor_id, *((start, SlotStatus.FREE) for start in halves[:4]))
        )
        requests = [
            make_save_request(
                doctor_id,
                *(
                    (start, rng.choice([SlotStatus.FREE, SlotStatus.UNAVAILABLE]))
                    for start in rng.sample(halves, 2)
                ),
            )
            for _ in range(8)
        ]

        days = run_concurrently([partial(services.manage_slots.save, ADMIN, r) for r in requests])

        stored = stored_day.read_stored_day(
            dynamodb, services.settings.table_name, doctor_id, MONDAY
        )
        stored.assert_valid()
        assert stored.version == 1 + sum(day is not None for day in days)


def test_concurrent_repeats_of_one_save_have_one_effect(
    services: Services, dynamodb: DynamoDBClient
) -> None:
    for _ in range(max(1, ROUNDS // 10)):
        doctor_id = add_doctor(services)
        request = make_save_request(
            doctor_id,
            (to_instant("09:00"), SlotStatus.FREE),
            (to_instant("09:30"), SlotStatus.FREE),
        )

        days = run_concurrently([partial(services.manage_slots.save, ADMIN, request)] * 8)

        stored = stored_day.read_stored_day(
            dynamodb, services.settings.table_name, doctor_id, MONDAY
        )
        stored.assert_valid()
        assert stored.version == 1
        assert [day.version for day in days if day] == [1] * 8
