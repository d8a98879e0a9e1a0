"""Concurrent saves of one practice day, and bookings during one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from chalicelib.domain.changes import SlotChange
from chalicelib.domain.slot import SlotId, SlotStatus
from chalicelib.use_cases.manage_slots import SaveRejectedError, SaveRequest
from tests.support import stored_day
from tests.support.booking_actions import ADMIN, SLOT_STARTS, book_slot, save_slots
from tests.support.concurrent import concurrent_runner
from tests.support.factories import MONDAY, make_doctor, make_grid
from tests.support.profile import rounds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.services import Services
    from chalicelib.use_cases.save_many_days import DayOutcome
    from tests.support.concurrent import RunConcurrently

ROUNDS = rounds(daily=3, nightly=40)
DOCTORS = 4
FREE = SlotStatus.FREE


@pytest.fixture(scope="module")
def run_concurrently() -> Iterator[RunConcurrently]:
    """Run operations with a thread for each."""
    with concurrent_runner(2 * DOCTORS) as run:
        yield run


class Practice:
    """Doctors with a Monday of eight half hours, and the saves of their practice day."""

    def __init__(self, services: Services, dynamodb: DynamoDBClient) -> None:
        self._services = services
        self._dynamodb = dynamodb
        self.outcomes: dict[str, dict[str, DayOutcome]] = {}
        self.doctor_ids = [f"dr-{uuid4().hex}" for _ in range(DOCTORS)]
        for doctor_id in self.doctor_ids:
            services.doctors.add(make_doctor(doctor_id, make_grid(("09:00", "13:00"))))

    def save(self, name: str, status: SlotStatus, boxes: Sequence[int]) -> None:
        """Give these boxes of every doctor the status; keep the outcomes by name and doctor."""
        requests = [
            SaveRequest(
                doctor_id=doctor_id,
                date=MONDAY,
                changes=tuple(SlotChange(SLOT_STARTS[n], status) for n in boxes),
                request_id=name,
                fingerprint=f"{status} {boxes}",
            )
            for doctor_id in self.doctor_ids
        ]
        outcomes = self._services.practice.save(ADMIN, requests)
        self.outcomes[name] = {outcome.doctor_id: outcome for outcome in outcomes}

    def stored(self, doctor_id: str) -> stored_day.StoredDay:
        """Read the doctor's Monday and check its invariants."""
        name = self._services.settings.table_name
        found = stored_day.read_stored_day(self._dynamodb, name, doctor_id, MONDAY)
        found.assert_valid()
        return found


def rejected(outcome: DayOutcome) -> bool:
    assert outcome.error is None or isinstance(outcome.error, SaveRejectedError)
    return outcome.error is not None


def test_concurrent_practice_saves_have_one_winner_per_doctor(
    services: Services, dynamodb: DynamoDBClient, run_concurrently: RunConcurrently
) -> None:
    wishes = {"sam": (0, 1), "alex": (1, 2)}
    for _ in range(ROUNDS):
        practice = Practice(services, dynamodb)

        saves = [partial(practice.save, name, FREE, boxes) for name, boxes in wishes.items()]
        assert run_concurrently(saves) == [None, None]

        for doctor_id in practice.doctor_ids:
            (winner,) = (n for n in wishes if not rejected(practice.outcomes[n][doctor_id]))
            expected = {SLOT_STARTS[box] for box in wishes[winner]}
            assert {start for start, _ in practice.stored(doctor_id).slots} == expected


def test_bookings_and_practice_save_have_one_winner_per_doctor(
    services: Services, dynamodb: DynamoDBClient, run_concurrently: RunConcurrently
) -> None:
    for _ in range(ROUNDS):
        practice = Practice(services, dynamodb)
        for doctor_id in practice.doctor_ids:
            save_slots(services, doctor_id, opened=range(2))
        first_slots = [SlotId(each, SLOT_STARTS[0]) for each in practice.doctor_ids]

        bookings = [partial(book_slot, services, slot_id, "b-1") for slot_id in first_slots]
        close = partial(practice.save, "close", SlotStatus.UNAVAILABLE, (0, 1))
        _, *errors = run_concurrently([close, *bookings])

        for doctor_id, error in zip(practice.doctor_ids, errors, strict=True):
            is_booked = error is None
            assert rejected(practice.outcomes["close"][doctor_id]) == is_booked
            assert len(practice.stored(doctor_id).slots) == (2 if is_booked else 0)
