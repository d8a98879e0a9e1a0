"""Concurrent holds of one client, which must never exceed its limits."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from msgspec import structs

from chalicelib import bootstrap
from chalicelib.domain.errors import ConflictError, StoreBusyError, TooManyHoldsError
from chalicelib.domain.permissions import Caller, Role
from chalicelib.domain.slot import SlotId
from tests.support import stored_day
from tests.support.booking_actions import SLOT_STARTS, save_slots
from tests.support.concurrent import concurrent_runner
from tests.support.factories import MONDAY, SUNDAY_NOON, make_doctor, make_grid
from tests.support.profile import rounds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.services import Services
    from tests.support.concurrent import RunConcurrently

ROUNDS = rounds(daily=3, nightly=50)
REQUEST_COUNT = 50
RENEWAL_COUNT = rounds(daily=5, nightly=50)
LIMIT = 3
SITE = Caller(name="site-a", client="site-a", roles=frozenset({Role.BOOKING_SITE}))


@pytest.fixture(scope="module")
def run_concurrently() -> Iterator[RunConcurrently]:
    """Run operations with a thread per request."""
    with concurrent_runner(REQUEST_COUNT) as run:
        yield run


def test_concurrent_holds_never_exceed_the_limit(
    services: Services, dynamodb: DynamoDBClient, run_concurrently: RunConcurrently
) -> None:
    """Fifty requests of one client for eight slots: at most three are held, whatever the order."""
    settings = structs.replace(services.settings, max_holds_per_client=LIMIT)
    now = SUNDAY_NOON
    limited = bootstrap.build_services(settings, now=lambda: now)
    doctor_id = f"dr-{uuid4().hex}"
    services.doctors.add(make_doctor(doctor_id, make_grid(("09:00", "13:00"))))
    save_slots(services, doctor_id, opened=range(8))

    def hold(number: int) -> None:
        slot_id = SlotId(doctor_id, SLOT_STARTS[number % 8])
        limited.bookings.book_slots.hold(SITE, slot_id, f"h-{number}", timedelta(seconds=30))

    for _ in range(ROUNDS):
        outcomes = run_concurrently([partial(hold, number) for number in range(REQUEST_COUNT)])

        expected = (type(None), ConflictError, TooManyHoldsError, StoreBusyError)
        assert not [outcome for outcome in outcomes if type(outcome) not in expected]
        assert outcomes.count(None) == LIMIT
        stored = stored_day.read_stored_day(
            dynamodb, services.settings.table_name, doctor_id, MONDAY
        )
        stored.assert_valid()
        current = [until for _, until, _ in stored.claims.values() if until and until > now]
        assert len(current) == LIMIT
        now += timedelta(seconds=30)


def test_concurrent_renewals_never_pass_the_ceiling(
    services: Services, dynamodb: DynamoDBClient, run_concurrently: RunConcurrently
) -> None:
    now = SUNDAY_NOON
    moving = bootstrap.build_services(services.settings, now=lambda: now)
    doctor_id = f"dr-{uuid4().hex}"
    services.doctors.add(make_doctor(doctor_id, make_grid(("09:00", "13:00"))))
    save_slots(services, doctor_id, opened=range(1))
    slot_id = SlotId(doctor_id, SLOT_STARTS[0])
    end = SUNDAY_NOON + timedelta(minutes=30)

    for minutes in range(0, 30, 10):
        now = SUNDAY_NOON + timedelta(minutes=minutes)
        hold = partial(moving.bookings.book_slots.hold, SITE, slot_id, "h", timedelta(minutes=30))
        outcomes = run_concurrently([hold] * RENEWAL_COUNT)

        assert {type(outcome) for outcome in outcomes} <= {type(None), StoreBusyError}
        stored = stored_day.read_stored_day(
            dynamodb, services.settings.table_name, doctor_id, MONDAY
        )
        assert stored.claims[SLOT_STARTS[0]][:2] == ("h", end)
