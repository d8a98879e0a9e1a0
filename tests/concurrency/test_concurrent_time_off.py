"""Time off and closures that are applied while patients book and the doctor opens slots in them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from chalicelib.domain.booking import Booking
from chalicelib.domain.errors import ConflictError, RequestRejectedError, SlotNotFoundError
from chalicelib.domain.permissions import Caller, Role
from chalicelib.domain.plan import PlanState
from chalicelib.domain.plan_errors import PreviewChangedError
from chalicelib.domain.slot import SlotId, SlotStatus
from chalicelib.domain.time_off import TimeOffAct
from chalicelib.use_cases.manage_closures import ClosureRequest
from chalicelib.use_cases.propose_time_off import TimeOffRequest
from tests.support import stored_day
from tests.support.booking_actions import ADMIN, SLOT_STARTS, save_slots
from tests.support.concurrent import concurrent_runner
from tests.support.factories import MONDAY, make_doctor, make_grid
from tests.support.profile import rounds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.services import Services
    from tests.support.concurrent import RunConcurrently

ROUNDS = rounds(daily=2, nightly=200)
CLIENTS = 8
HOURS = SLOT_STARTS[0], SLOT_STARTS[6]
REJECTED = (ConflictError, SlotNotFoundError, RequestRejectedError)


@pytest.fixture(scope="module")
def run_concurrently() -> Iterator[RunConcurrently]:
    """Run operations with a thread per client, and two for the doctor's side."""
    with concurrent_runner(CLIENTS + 2) as run:
        yield run


def choices(seed: str) -> Random:
    """Return the random choices of one thread: the same in each run."""
    return Random(seed)


@dataclass
class Client:
    """A booking site with at most one booking; ``place`` is where the app has confirmed it."""

    services: Services
    doctor_id: str
    number: int
    random: Random
    place: datetime | None = None
    booking_id: str = ""

    @property
    def caller(self) -> Caller:
        name = f"site-{self.number}"
        return Caller(name=name, client=name, roles=frozenset({Role.BOOKING_SITE}))

    def act(self) -> None:
        """Hold, book, move and cancel; rejections leave everything as it was."""
        for _ in range(4):
            start = self.random.choice(SLOT_STARTS)
            with suppress(*REJECTED):
                self.random.choice(self._choices())(start)

    def _choices(self) -> list[Callable[[datetime], None]]:
        if self.place is None:
            return [self._hold, self._book, self._hold_and_book]
        return [self._move, self.cancel]

    def _hold(self, start: datetime) -> None:
        slot_id = SlotId(self.doctor_id, start)
        self.services.bookings.book_slots.hold(self.caller, slot_id, "holder", timedelta(minutes=5))

    def _hold_and_book(self, start: datetime) -> None:
        self._hold(start)
        self._book(start, "holder")

    def _book(self, start: datetime, holder: str | None = None) -> None:
        booking_id = uuid4().hex
        booking = Booking(booking_id=booking_id, patient_reference="p", holder=holder)
        self.services.bookings.book_slots.book(self.caller, SlotId(self.doctor_id, start), booking)
        self.place, self.booking_id = start, booking_id

    def _move(self, start: datetime) -> None:
        assert self.place
        former = SlotId(self.doctor_id, self.place)
        booking = Booking(
            booking_id=self.booking_id, patient_reference="p", previous_slot_id=former
        )
        self.services.bookings.book_slots.book(self.caller, SlotId(self.doctor_id, start), booking)
        self.place = start

    def cancel(self, _start: datetime) -> None:
        assert self.place
        slot_id = SlotId(self.doctor_id, self.place)
        self.services.bookings.book_slots.cancel(self.caller, slot_id, self.booking_id)
        self.place = None


def take_time_off(services: Services, doctor_id: str, request: TimeOffRequest) -> None:
    """Propose and apply time off, again after each preview that a tick of the doctor changes."""
    plan_id = services.plans.propose_time_off.propose(ADMIN, doctor_id, request).plan.plan_id
    state = PlanState.PROPOSED
    while state is not PlanState.DONE:
        with suppress(PreviewChangedError):
            state = services.plans.apply_plans.step(ADMIN, doctor_id, plan_id).state


def close_practice(services: Services, doctor_id: str) -> None:
    """Close the practice, as the queue does it for this doctor."""
    closures = services.closures
    request = ClosureRequest(name="Holiday", first=MONDAY, last=MONDAY)
    (closure,) = closures.manage.create(ADMIN, [request])
    closures.apply.finish(closure.closure_id, doctor_id)


def tick_boxes(services: Services, doctor_id: str, random: Random) -> None:
    """Open and close slots one by one."""
    for _ in range(5):
        number = random.randrange(len(SLOT_STARTS))
        one = range(number, number + 1)
        with suppress(*REJECTED):
            save_slots(services, doctor_id, **{random.choice(["opened", "closed"]): one})


@pytest.mark.parametrize("act", TimeOffAct)
@pytest.mark.parametrize("number", range(ROUNDS))
def test_time_off_amid_bookings_keeps_them_and_closes_the_rest(
    services: Services,
    dynamodb: DynamoDBClient,
    run_concurrently: RunConcurrently,
    act: TimeOffAct,
    number: int,
) -> None:
    clients = make_clients(services, number)
    is_of_hours = number % 2 == 0
    request = TimeOffRequest(
        name="Ill",
        act=act,
        dates=None if is_of_hours else (MONDAY, MONDAY),
        hours=HOURS if is_of_hours else None,
    )
    take = partial(take_time_off, services, clients[0].doctor_id, request)

    race(run_concurrently, clients, take, number)

    blocked = {start for start in SLOT_STARTS if not is_of_hours or start < HOURS[1]}
    must_move = blocked if act is TimeOffAct.DISRUPT else set()
    assert_bookings_are_kept(services, dynamodb, clients, must_move)
    assert_nothing_is_or_gets_open(services, clients, blocked)


@pytest.mark.parametrize("number", range(ROUNDS))
def test_closure_amid_bookings_keeps_them_and_closes_the_rest(
    services: Services, dynamodb: DynamoDBClient, run_concurrently: RunConcurrently, number: int
) -> None:
    clients = make_clients(services, number)

    race(run_concurrently, clients, partial(close_practice, services, clients[0].doctor_id), number)

    assert_bookings_are_kept(services, dynamodb, clients, set())
    assert_nothing_is_or_gets_open(services, clients, {*SLOT_STARTS})


def make_clients(services: Services, number: int) -> list[Client]:
    """Return the clients of a new doctor, who has a slot that is not open yet."""
    doctor_id = f"dr-{uuid4().hex}"
    services.doctors.add(make_doctor(doctor_id, make_grid(("09:00", "17:00"))))
    save_slots(services, doctor_id, opened=range(7))
    return [Client(services, doctor_id, n, choices(f"{number}-{n}")) for n in range(CLIENTS)]


def race(
    run_concurrently: RunConcurrently,
    clients: list[Client],
    take: Callable[[], None],
    number: int,
) -> None:
    """Let all act at once. Nothing but rejections may happen: no error of the app or the store."""
    tick = partial(tick_boxes, clients[0].services, clients[0].doctor_id, choices(f"{number}"))
    outcomes = run_concurrently([*(client.act for client in clients), tick, take])
    assert outcomes == [None] * (CLIENTS + 2)


def assert_bookings_are_kept(
    services: Services,
    dynamodb: DynamoDBClient,
    clients: list[Client],
    must_move: set[datetime],
) -> None:
    """Fail unless the bookings are the confirmed ones, and those in ``must_move`` are disrupted."""
    doctor_id = clients[0].doctor_id
    table_name = services.settings.table_name
    stored = stored_day.read_stored_day(dynamodb, table_name, doctor_id, MONDAY)
    stored.assert_valid()
    booked = {start: name for start, (_, _, name) in stored.claims.items() if name}
    assert booked == {client.place: client.booking_id for client in clients if client.place}
    slots = services.manage_slots.get_day(ADMIN, doctor_id, MONDAY).day.slots
    assert {start for start in booked if slots[start].is_disrupted} == must_move & booked.keys()


def assert_nothing_is_or_gets_open(
    services: Services, clients: list[Client], blocked: set[datetime]
) -> None:
    """Fail if a slot is open in time off, before or after all clients have left it."""
    assert_nothing_is_open(services, clients[0].doctor_id, blocked)
    leave(services, clients)
    assert_nothing_is_open(services, clients[0].doctor_id, blocked)


def assert_nothing_is_open(services: Services, doctor_id: str, blocked: set[datetime]) -> None:
    """Fail if the day or a search shows a free slot in time off, or the desk can book one."""
    day = services.manage_slots.get_day(ADMIN, doctor_id, MONDAY).day
    found = services.find_slots.for_doctor(doctor_id, MONDAY, MONDAY).slots
    is_free = {start for start, slot in day.slots.items() if slot.status is SlotStatus.FREE}
    assert not blocked & {*is_free, *(slot.start for slot in found)}
    for start in blocked:
        with pytest.raises(REJECTED):
            services.bookings.book_slots.book(
                ADMIN, SlotId(doctor_id, start), Booking(booking_id=uuid4().hex)
            )


def leave(services: Services, clients: list[Client]) -> None:
    """Cancel every booking, and end every hold."""
    for client in clients:
        if client.place:
            client.cancel(client.place)
        services.bookings.override_bookings.release_holds(
            ADMIN, client.doctor_id, client.caller.client
        )
