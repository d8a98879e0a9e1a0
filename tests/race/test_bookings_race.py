"""Patients, and a doctor, who want the same slot at the same moment."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from chalicelib import bootstrap
from chalicelib.domain.caller import Caller, Role
from chalicelib.domain.claims import Booking
from chalicelib.domain.errors import Conflict, Refused, SlotUnknown
from chalicelib.domain.slot_id import SlotId
from chalicelib.domain.ticks import Tick
from chalicelib.use_cases.manage_slots import SaveRequest
from tests.builders import MONDAY, SUNDAY_NOON, a_doctor, a_grid, at
from tests.race import history
from tests.race.at_once import crowd
from tests.support.profile import rounds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.bootstrap import Services
    from tests.race.at_once import Together

ROUNDS = rounds(daily=50, nightly=200)
PATIENTS = 50
HALVES = [at("09:00") + timedelta(minutes=30) * n for n in range(8)]
ANYBODY = Caller(name="sam", client="test", roles=frozenset({Role.ADMIN}))


@pytest.fixture(scope="module")
def together() -> Iterator[Together]:
    """As many threads as there are patients."""
    with crowd(PATIENTS) as together:
        yield together


@pytest.fixture
def doctor_id(services: Services) -> str:
    """A doctor whose Monday has eight slots of half an hour, all free."""
    doctor_id = f"dr-{uuid4().hex}"
    services.doctors.add(a_doctor(doctor_id, a_grid(("09:00", "13:00"))))
    save(services, doctor_id, opens=range(8))
    return doctor_id


def save(
    services: Services, doctor_id: str, opens: range = range(0), withdraws: range = range(0)
) -> None:
    asked = [Tick(HALVES[n], "free") for n in opens]
    asked += [Tick(HALVES[n], "busy-unavailable") for n in withdraws]
    services.manage_slots.save(
        ANYBODY,
        SaveRequest(doctor_id=doctor_id, date=MONDAY, asked=asked, request_id=uuid4().hex),
    )


def book(
    services: Services, slot_id: SlotId, name: str, *, moves: SlotId | None = None, holder: str = ""
) -> None:
    wanted = Booking(booking_id=name, patient_reference=name, moves=moves, holder=holder or None)
    services.book_slots.book(ANYBODY, slot_id, wanted)


def cancel(services: Services, slot_id: SlotId, name: str) -> None:
    services.book_slots.cancel(ANYBODY, slot_id, name)


def hold(services: Services, slot_id: SlotId, name: str) -> None:
    services.book_slots.hold(ANYBODY, slot_id, name, timedelta(seconds=30))


def stored(services: Services, dynamodb: DynamoDBClient, doctor_id: str) -> history.Stored:
    """What is stored of her Monday; it must be whole."""
    found = history.read(dynamodb, services.settings.table_name, doctor_id, MONDAY)
    found.require_whole()
    return found


def kinds(outcomes: list[Exception | None]) -> Counter[type]:
    return Counter(type(outcome) for outcome in outcomes)


def test_of_fifty_who_hold_one_slot_one_has_it(
    services: Services, dynamodb: DynamoDBClient, doctor_id: str, together: Together
) -> None:
    slot_id = SlotId(doctor_id, HALVES[0])
    for number in range(ROUNDS):
        names = [f"h-{number}-{n}" for n in range(PATIENTS)]

        outcomes = together([partial(hold, services, slot_id, name) for name in names])

        assert kinds(outcomes) == {type(None): 1, Conflict: PATIENTS - 1}
        winner = names[outcomes.index(None)]
        assert stored(services, dynamodb, doctor_id).claims[HALVES[0]][0] == winner
        services.book_slots.release(ANYBODY, slot_id, winner)


def test_of_two_who_move_to_the_same_slot_one_does_and_the_other_stays(
    services: Services, dynamodb: DynamoDBClient, doctor_id: str, together: Together
) -> None:
    one, other, wanted = (SlotId(doctor_id, start) for start in HALVES[:3])
    for _ in range(ROUNDS):
        book(services, one, "b-one")
        book(services, other, "b-other")

        outcomes = together(
            [
                partial(book, services, wanted, "b-one", moves=one),
                partial(book, services, wanted, "b-other", moves=other),
            ]
        )

        assert kinds(outcomes) == {type(None): 1, Conflict: 1}
        winner, loser = ("b-one", "b-other") if outcomes[0] is None else ("b-other", "b-one")
        left, stays = (one, other) if outcomes[0] is None else (other, one)
        claims = stored(services, dynamodb, doctor_id).claims
        assert [claims[slot.start][2] for slot in (wanted, left, stays)] == [winner, None, loser]
        cancel(services, wanted, winner)
        cancel(services, stays, loser)


def test_two_who_change_places_with_each_other_both_stay_where_they_are(
    services: Services, dynamodb: DynamoDBClient, doctor_id: str, together: Together
) -> None:
    """Neither slot is free, whoever comes first; and no booking is lost in between."""
    one, other = (SlotId(doctor_id, start) for start in HALVES[:2])
    book(services, one, "b-one")
    book(services, other, "b-other")

    for _ in range(ROUNDS // 10):
        outcomes = together(
            [
                partial(book, services, other, "b-one", moves=one),
                partial(book, services, one, "b-other", moves=other),
            ]
        )

        assert kinds(outcomes) == {Conflict: 2}
        claims = stored(services, dynamodb, doctor_id).claims
        assert [claims[start][2] for start in HALVES[:2]] == ["b-one", "b-other"]


def test_a_slot_that_a_doctor_withdraws_while_patients_book_is_sold_or_gone(
    services: Services, dynamodb: DynamoDBClient, doctor_id: str, together: Together
) -> None:
    slot_id = SlotId(doctor_id, HALVES[0])
    ways: Counter[str] = Counter()
    for number in range(ROUNDS):
        names = [f"b-{number}-{n}" for n in range(4)]
        deeds = [partial(book, services, slot_id, name) for name in names]
        deeds.insert(number % 5, partial(save, services, doctor_id, withdraws=range(1)))

        outcomes = together(deeds)

        withdrawing = outcomes.pop(number % 5)
        claims = stored(services, dynamodb, doctor_id).claims
        if withdrawing is None:
            ways["gone"] += 1
            assert HALVES[0] not in claims
            assert kinds(outcomes) <= Counter({SlotUnknown: 4, Conflict: 4})
            save(services, doctor_id, opens=range(1))
        else:
            ways["sold"] += 1
            assert type(withdrawing) is Refused
            assert kinds(outcomes) == {type(None): 1, Conflict: 3}
            winner = names[outcomes.index(None)]
            assert claims[HALVES[0]][2] == winner
            cancel(services, slot_id, winner)
    assert sum(ways.values()) == ROUNDS
    assert ways["sold"]


def test_of_two_who_take_a_slot_whose_hold_runs_out_one_has_it(
    services: Services, dynamodb: DynamoDBClient, doctor_id: str, together: Together
) -> None:
    """And the one who held it, and books at that very moment, may be that one."""
    slot_id = SlotId(doctor_id, HALVES[0])
    now = SUNDAY_NOON
    later = bootstrap.assemble(services.settings, now=lambda: now)
    for number in range(ROUNDS):
        hold(later, slot_id, "hannah")
        now += timedelta(seconds=30)
        deeds = [
            partial(hold, later, slot_id, "ivan"),
            partial(book, later, slot_id, f"b-{number}"),
            partial(book, later, slot_id, f"b-hannah-{number}", holder="hannah"),
        ]

        outcomes = together(deeds)

        assert kinds(outcomes) == {type(None): 1, Conflict: 2}
        holder, _, booking = stored(services, dynamodb, doctor_id).claims[HALVES[0]]
        assert (holder, booking) == [
            ("ivan", None), (None, f"b-{number}"), (None, f"b-hannah-{number}"),
        ][outcomes.index(None)]  # fmt: skip
        if booking:
            cancel(later, slot_id, booking)
        else:
            later.book_slots.release(ANYBODY, slot_id, "ivan")


def test_patients_who_take_other_slots_of_a_day_all_succeed_while_she_saves(
    services: Services, dynamodb: DynamoDBClient, doctor_id: str, together: Together
) -> None:
    for number in range(ROUNDS // 4):
        slots = [SlotId(doctor_id, start) for start in HALVES[:6]]
        deeds = [
            *(partial(book, services, slot_id, f"b-{n}") for n, slot_id in enumerate(slots)),
            partial(save, services, doctor_id, withdraws=range(6, 8))
            if number % 2 == 0
            else partial(save, services, doctor_id, opens=range(6, 8)),
        ]

        outcomes = together(deeds)

        assert outcomes == [None] * len(deeds)
        claims = stored(services, dynamodb, doctor_id).claims
        assert [claims[start][2] for start in HALVES[:6]] == [f"b-{n}" for n in range(6)]
        for n, slot_id in enumerate(slots):
            cancel(services, slot_id, f"b-{n}")


def test_whatever_many_do_at_once_the_schedule_stays_whole(
    services: Services, dynamodb: DynamoDBClient, doctor_id: str, together: Together
) -> None:
    dice = random.Random(3)  # noqa: S311  the same rounds each time

    def a_deed() -> partial[None]:
        slot_id, other = (SlotId(doctor_id, start) for start in dice.sample(HALVES[:4], 2))
        name = dice.choice(["b-1", "b-2", "b-3"])
        n = dice.randrange(4)
        return dice.choice(
            [
                partial(book, services, slot_id, name),
                partial(book, services, slot_id, name, moves=other),
                partial(cancel, services, slot_id, name),
                partial(hold, services, slot_id, name),
                partial(save, services, doctor_id, withdraws=range(n, n + 1)),
                partial(save, services, doctor_id, opens=range(n, n + 1)),
            ]
        )

    for _ in range(ROUNDS):
        outcomes = together([a_deed() for _ in range(8)])

        assert not [o for o in outcomes if not isinstance(o, Refused | None)]
        stored(services, dynamodb, doctor_id)
