"""Concurrent operations of patients and a doctor on the same slots."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from chalicelib import bootstrap
from chalicelib.domain.errors import ConflictError, RequestRejectedError, SlotNotFoundError
from chalicelib.domain.slot import SlotId
from chalicelib.use_cases.manage_slots import SaveRejectedError
from tests.support import stored_day
from tests.support.booking_actions import ADMIN, SLOT_STARTS, book_slot, cancel_booking, save_slots
from tests.support.concurrent import concurrent_runner
from tests.support.factories import MONDAY, SUNDAY_NOON, make_doctor, make_grid
from tests.support.profile import rounds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.services import Services
    from tests.support.concurrent import RunConcurrently


ROUNDS = rounds(daily=5, nightly=200)
ROUNDS_OF_ALL = rounds(daily=4, nightly=200)  # each takes as long as ten with few patients
PATIENT_COUNT = 50


@pytest.fixture(scope="module")
def run_concurrently() -> Iterator[RunConcurrently]:
    """Run operations with a thread per patient."""
    with concurrent_runner(PATIENT_COUNT) as run:
        yield run


@pytest.fixture
def doctor_id(services: Services) -> str:
    """A doctor whose Monday has eight slots of half an hour, all free."""
    doctor_id = f"dr-{uuid4().hex}"
    services.doctors.add(make_doctor(doctor_id, make_grid(("09:00", "13:00"))))
    save_slots(services, doctor_id, opened=range(8))
    return doctor_id


def hold_slot(services: Services, slot_id: SlotId, name: str) -> None:
    services.bookings.book_slots.hold(ADMIN, slot_id, name, timedelta(seconds=30))


def valid_stored_day(
    services: Services, dynamodb: DynamoDBClient, doctor_id: str
) -> stored_day.StoredDay:
    """Read the doctor's Monday and check its invariants."""
    found = stored_day.read_stored_day(dynamodb, services.settings.table_name, doctor_id, MONDAY)
    found.assert_valid()
    return found


def outcome_types(outcomes: list[Exception | None]) -> Counter[type]:
    return Counter(type(outcome) for outcome in outcomes)


def test_concurrent_holds_have_one_winner(
    services: Services, dynamodb: DynamoDBClient, doctor_id: str, run_concurrently: RunConcurrently
) -> None:
    slot_id = SlotId(doctor_id, SLOT_STARTS[0])
    for number in range(ROUNDS_OF_ALL):
        names = [f"h-{number}-{n}" for n in range(PATIENT_COUNT)]

        outcomes = run_concurrently([partial(hold_slot, services, slot_id, name) for name in names])

        assert outcome_types(outcomes) == {type(None): 1, ConflictError: PATIENT_COUNT - 1}
        winner = names[outcomes.index(None)]
        assert valid_stored_day(services, dynamodb, doctor_id).claims[SLOT_STARTS[0]][0] == winner
        services.bookings.book_slots.release(ADMIN, slot_id, winner)


def test_concurrent_moves_to_one_slot_have_one_winner(
    services: Services, dynamodb: DynamoDBClient, doctor_id: str, run_concurrently: RunConcurrently
) -> None:
    first, second, target = (SlotId(doctor_id, start) for start in SLOT_STARTS[:3])
    for number in range(ROUNDS):
        names = f"b-first-{number}", f"b-second-{number}"
        book_slot(services, first, names[0])
        book_slot(services, second, names[1])

        outcomes = run_concurrently(
            [
                partial(book_slot, services, target, names[0], moves=first),
                partial(book_slot, services, target, names[1], moves=second),
            ]
        )

        assert outcome_types(outcomes) == {type(None): 1, ConflictError: 1}
        winner, loser = names if outcomes[0] is None else reversed(names)
        old, kept = (first, second) if outcomes[0] is None else (second, first)
        claims = valid_stored_day(services, dynamodb, doctor_id).claims
        assert [claims[slot.start][2] for slot in (target, old, kept)] == [winner, None, loser]
        cancel_booking(services, target, winner)
        cancel_booking(services, kept, loser)


def test_concurrent_swap_leaves_both_bookings_unchanged(
    services: Services, dynamodb: DynamoDBClient, doctor_id: str, run_concurrently: RunConcurrently
) -> None:
    """Each move finds its target taken, and no booking is lost."""
    first, second = (SlotId(doctor_id, start) for start in SLOT_STARTS[:2])
    book_slot(services, first, "b-first")
    book_slot(services, second, "b-second")

    for _ in range(max(1, ROUNDS // 10)):
        outcomes = run_concurrently(
            [
                partial(book_slot, services, second, "b-first", moves=first),
                partial(book_slot, services, first, "b-second", moves=second),
            ]
        )

        assert outcome_types(outcomes) == {ConflictError: 2}
        claims = valid_stored_day(services, dynamodb, doctor_id).claims
        assert [claims[start][2] for start in SLOT_STARTS[:2]] == ["b-first", "b-second"]


def test_concurrent_close_and_bookings_have_one_winner(
    services: Services, dynamodb: DynamoDBClient, doctor_id: str, run_concurrently: RunConcurrently
) -> None:
    slot_id = SlotId(doctor_id, SLOT_STARTS[0])
    winners: Counter[str] = Counter()
    for number in range(ROUNDS):
        names = [f"b-{number}-{n}" for n in range(4)]
        operations = [partial(book_slot, services, slot_id, name) for name in names]
        operations.insert(number % 5, partial(save_slots, services, doctor_id, closed=range(1)))

        outcomes = run_concurrently(operations)

        close_outcome = outcomes.pop(number % 5)
        claims = valid_stored_day(services, dynamodb, doctor_id).claims
        if close_outcome is None:
            winners["closed"] += 1
            assert SLOT_STARTS[0] not in claims
            assert outcome_types(outcomes) <= Counter({SlotNotFoundError: 4, ConflictError: 4})
            save_slots(services, doctor_id, opened=range(1))
        else:
            winners["booked"] += 1
            assert type(close_outcome) is SaveRejectedError
            assert outcome_types(outcomes) == {type(None): 1, ConflictError: 3}
            winner = names[outcomes.index(None)]
            assert claims[SLOT_STARTS[0]][2] == winner
            cancel_booking(services, slot_id, winner)
    assert sum(winners.values()) == ROUNDS
    assert winners["booked"]


def test_concurrent_claims_at_hold_expiry_have_one_winner(
    services: Services, dynamodb: DynamoDBClient, doctor_id: str, run_concurrently: RunConcurrently
) -> None:
    """The former holder, who books at that moment, can be the winner."""
    slot_id = SlotId(doctor_id, SLOT_STARTS[0])
    now = SUNDAY_NOON
    later = bootstrap.build_services(services.settings, now=lambda: now)
    for number in range(ROUNDS):
        hold_slot(later, slot_id, "hannah")
        now += timedelta(seconds=30)
        operations = [
            partial(hold_slot, later, slot_id, "ivan"),
            partial(book_slot, later, slot_id, f"b-{number}"),
            partial(book_slot, later, slot_id, f"b-hannah-{number}", holder="hannah"),
        ]

        outcomes = run_concurrently(operations)

        assert outcome_types(outcomes) == {type(None): 1, ConflictError: 2}
        holder, _, booking = valid_stored_day(services, dynamodb, doctor_id).claims[SLOT_STARTS[0]]
        assert (holder, booking) == [
            ("ivan", None), (None, f"b-{number}"), (None, f"b-hannah-{number}"),
        ][outcomes.index(None)]  # fmt: skip
        if booking:
            cancel_booking(later, slot_id, booking)
        else:
            later.bookings.book_slots.release(ADMIN, slot_id, "ivan")


def test_bookings_of_other_slots_succeed_during_save(
    services: Services, dynamodb: DynamoDBClient, doctor_id: str, run_concurrently: RunConcurrently
) -> None:
    for number in range(max(2, ROUNDS // 4)):
        slots = [SlotId(doctor_id, start) for start in SLOT_STARTS[:6]]
        operations = [
            *(
                partial(book_slot, services, slot_id, f"b-{number}-{n}")
                for n, slot_id in enumerate(slots)
            ),
            partial(save_slots, services, doctor_id, closed=range(6, 8))
            if number % 2 == 0
            else partial(save_slots, services, doctor_id, opened=range(6, 8)),
        ]

        outcomes = run_concurrently(operations)

        assert outcomes == [None] * len(operations)
        claims = valid_stored_day(services, dynamodb, doctor_id).claims
        assert [claims[start][2] for start in SLOT_STARTS[:6]] == [
            f"b-{number}-{n}" for n in range(6)
        ]
        for n, slot_id in enumerate(slots):
            cancel_booking(services, slot_id, f"b-{number}-{n}")


def test_concurrent_random_operations_keep_day_valid(
    services: Services, dynamodb: DynamoDBClient, doctor_id: str, run_concurrently: RunConcurrently
) -> None:
    rng = random.Random(3)

    def random_operation() -> partial[None]:
        slot_id, other = (SlotId(doctor_id, start) for start in rng.sample(SLOT_STARTS[:4], 2))
        name = rng.choice(["b-1", "b-2", "b-3"])
        n = rng.randrange(4)
        return rng.choice(
            [
                partial(book_slot, services, slot_id, name),
                partial(book_slot, services, slot_id, name, moves=other),
                partial(cancel_booking, services, slot_id, name),
                partial(hold_slot, services, slot_id, name),
                partial(save_slots, services, doctor_id, closed=range(n, n + 1)),
                partial(save_slots, services, doctor_id, opened=range(n, n + 1)),
            ]
        )

    for _ in range(ROUNDS):
        outcomes = run_concurrently([random_operation() for _ in range(8)])

        assert not [o for o in outcomes if not isinstance(o, RequestRejectedError | None)]
        valid_stored_day(services, dynamodb, doctor_id)
