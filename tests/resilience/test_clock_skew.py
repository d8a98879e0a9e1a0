"""Two processes on one table, with clocks that differ by minutes."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from chalicelib import bootstrap
from chalicelib.domain.errors import ConflictError, RequestRejectedError
from chalicelib.domain.slot import SlotId
from tests.resilience import IS_NIGHTLY
from tests.support.booking_actions import ADMIN, SLOT_STARTS, book_slot, cancel_booking, save_slots
from tests.support.concurrent import concurrent_runner
from tests.support.factories import SUNDAY_NOON, make_doctor, make_grid, to_instant
from tests.support.invariants import assert_invariants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.services import Services
    from tests.support.concurrent import RunConcurrently
    from tests.support.table_snapshot import TableSnapshot

ROUNDS = 500 if IS_NIGHTLY else 30
CLOCK_SKEW = timedelta(minutes=7)
FIVE_MINUTES = timedelta(minutes=5)


@dataclass
class SkewedServices:
    """The app's services twice: ``slow`` has the correct clock, the clock of ``fast`` is ahead."""

    snapshot: TableSnapshot
    doctor_id: str
    now: datetime = SUNDAY_NOON

    def __post_init__(self) -> None:
        settings = self.snapshot.client.services.settings
        self.slow = bootstrap.build_services(settings, now=lambda: self.now)
        self.fast = bootstrap.build_services(settings, now=lambda: self.now + CLOCK_SKEW)

    @property
    def slots(self) -> list[SlotId]:
        return [SlotId(self.doctor_id, start) for start in SLOT_STARTS]

    def assert_invariants(self) -> dict[datetime, str | None]:
        """Check the table's invariants; return the booking of each of the doctor's slots."""
        items = self.snapshot.client.export()
        assert_invariants(items)
        return {
            datetime.fromisoformat(item["start"]["S"]): item.get("booking_id", {}).get("S")
            for item in items
            if item["PK"]["S"] == f"DOCTOR#{self.doctor_id}" and item["type"]["S"] == "slot"
        }


@pytest.fixture
def skewed_services(snapshot: TableSnapshot) -> SkewedServices:
    """Services on a table with a doctor whose Monday has eight free slots."""
    snapshot.restore()
    skewed = SkewedServices(snapshot, f"dr-{uuid4().hex}")
    skewed.slow.doctors.add(make_doctor(skewed.doctor_id, make_grid(("09:00", "13:00"))))
    save_slots(skewed.slow, skewed.doctor_id, opened=range(8))
    return skewed


@pytest.fixture(scope="module")
def run_concurrently() -> Iterator[RunConcurrently]:
    """Run up to six operations at the same moment."""
    with concurrent_runner(6) as run:
        yield run


def hold_slot(services: Services, slot: SlotId, holder: str) -> None:
    services.bookings.book_slots.hold(ADMIN, slot, holder, FIVE_MINUTES)


def test_hold_expires_earlier_on_fast_clock(
    skewed_services: SkewedServices,
) -> None:
    slot = skewed_services.slots[0]
    hold_slot(skewed_services.slow, slot, "hannah")

    book_slot(skewed_services.fast, slot, "b-ivan")

    with pytest.raises(ConflictError):
        book_slot(skewed_services.slow, slot, "b-hannah", holder="hannah")
    assert skewed_services.assert_invariants()[slot.start] == "b-ivan"


def test_hold_made_on_fast_clock_lasts_longer(
    skewed_services: SkewedServices,
) -> None:
    slot = skewed_services.slots[0]
    hold_slot(skewed_services.fast, slot, "hannah")
    skewed_services.now += FIVE_MINUTES

    with pytest.raises(ConflictError):
        book_slot(skewed_services.slow, slot, "b-ivan")
    skewed_services.now += CLOCK_SKEW
    book_slot(skewed_services.slow, slot, "b-ivan")

    assert skewed_services.assert_invariants()[slot.start] == "b-ivan"


def test_slot_with_hold_expired_on_one_clock_is_closed_fully(
    skewed_services: SkewedServices,
) -> None:
    slot = skewed_services.slots[0]
    hold_slot(skewed_services.slow, slot, "hannah")

    with pytest.raises(RequestRejectedError):
        save_slots(skewed_services.slow, skewed_services.doctor_id, closed=range(1))
    save_slots(skewed_services.fast, skewed_services.doctor_id, closed=range(1))

    with pytest.raises(RequestRejectedError):
        book_slot(skewed_services.slow, slot, "b-hannah", holder="hannah")
    assert slot.start not in skewed_services.assert_invariants()


def test_slot_begun_on_one_clock_is_sold_once_by_the_other(
    skewed_services: SkewedServices,
) -> None:
    slot = skewed_services.slots[0]
    skewed_services.now = to_instant("09:00") - FIVE_MINUTES

    with pytest.raises(ConflictError):
        book_slot(skewed_services.fast, slot, "b-ivan")
    book_slot(skewed_services.slow, slot, "b-hannah")

    assert skewed_services.assert_invariants()[slot.start] == "b-hannah"


@dataclass
class SkewedRounds:
    """Random operations on both clocks, round by round; ``booked`` is what they must leave."""

    skewed: SkewedServices
    run_concurrently: RunConcurrently
    rng: random.Random
    booked: dict[datetime, str] = field(default_factory=dict)

    def run(self, number: int) -> None:
        """Book, hold and save at the same moment, and compare the table with the outcomes."""
        self.skewed.now += timedelta(seconds=self.rng.randrange(200))
        bookings = {f"b-{number}-{n}": self._some_slot() for n in range(3)}
        operations = [
            *(partial(book_slot, self._services(), slot, name) for name, slot in bookings.items()),
            partial(hold_slot, self.skewed.slow, self._some_slot(), f"h-{number}"),
            partial(hold_slot, self.skewed.fast, self._some_slot(), f"i-{number}"),
            self._closing_save(number),
        ]

        outcomes = self.run_concurrently(operations)

        assert not [o for o in outcomes if not isinstance(o, RequestRejectedError | None)]
        for (name, slot), outcome in zip(bookings.items(), outcomes, strict=False):
            if outcome is None:
                assert slot.start not in self.booked
                self.booked[slot.start] = name
        claims = self.skewed.assert_invariants()
        assert {start: name for start, name in claims.items() if name} == self.booked
        self._prepare_next_round(claims)

    def _some_slot(self) -> SlotId:
        return self.rng.choice(self.skewed.slots[:4])

    def _services(self) -> Services:
        return self.rng.choice([self.skewed.slow, self.skewed.fast])

    def _closing_save(self, number: int) -> partial[None]:
        services, first = (self.skewed.fast, 5) if number % 2 else (self.skewed.slow, 6)
        closed = range(first, first + 1)
        return partial(save_slots, services, self.skewed.doctor_id, closed=closed)

    def _prepare_next_round(self, claims: dict[datetime, str | None]) -> None:
        """Cancel about half of the bookings, and open the closed slots again."""
        for start in [start for start in self.booked if self.rng.random() < 0.5]:
            slot = SlotId(self.skewed.doctor_id, start)
            cancel_booking(self.skewed.fast, slot, self.booked.pop(start))
        for n in (5, 6):
            if SLOT_STARTS[n] not in claims:
                opened = range(n, n + 1)
                save_slots(self.skewed.slow, self.skewed.doctor_id, opened=opened)


def test_concurrent_operations_on_two_clocks_keep_invariants(
    skewed_services: SkewedServices, run_concurrently: RunConcurrently
) -> None:
    rng = random.Random(4)
    rounds = SkewedRounds(skewed_services, run_concurrently, rng)

    for number in range(ROUNDS):
        rounds.run(number)
