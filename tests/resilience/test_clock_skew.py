"""Two processes on one table whose clocks differ by minutes."""

from __future__ import annotations

import random
from dataclasses import dataclass
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

    from chalicelib.bootstrap import Services
    from tests.support.concurrent import RunConcurrently
    from tests.support.table_snapshot import TableSnapshot

ROUNDS = 500 if IS_NIGHTLY else 60
CLOCK_SKEW = timedelta(minutes=7)
FIVE_MINUTES = timedelta(minutes=5)


@dataclass
class SkewedServices:
    """The same app twice, one ahead of the other; ``slow`` tells the true time."""

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
        """Fail unless the table is whole; who has booked which of her slots."""
        items = self.snapshot.client.export()
        assert_invariants(items)
        return {
            datetime.fromisoformat(item["start"]["S"]): item.get("booking_id", {}).get("S")
            for item in items
            if item["PK"]["S"] == f"DOCTOR#{self.doctor_id}" and item["type"]["S"] == "slot"
        }


@pytest.fixture
def skewed_services(snapshot: TableSnapshot) -> SkewedServices:
    """With a doctor whose Monday has eight free slots."""
    snapshot.restore()
    two = SkewedServices(snapshot, f"dr-{uuid4().hex}")
    two.slow.doctors.add(make_doctor(two.doctor_id, make_grid(("09:00", "13:00"))))
    save_slots(two.slow, two.doctor_id, opened=range(8))
    return two


@pytest.fixture(scope="module")
def run_concurrently() -> Iterator[RunConcurrently]:
    """A few at the same moment."""
    with concurrent_runner(6) as together:
        yield together


def hold_slot(services: Services, slot: SlotId, holder: str) -> None:
    services.book_slots.hold(ADMIN, slot, holder, FIVE_MINUTES)


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


def test_concurrent_operations_on_two_clocks_keep_invariants(
    skewed_services: SkewedServices, run_concurrently: RunConcurrently
) -> None:
    dice = random.Random(4)  # noqa: S311  the same rounds each time
    has: dict[datetime, str] = {}
    for number in range(ROUNDS):
        skewed_services.now += timedelta(seconds=dice.randrange(200))
        names = [f"b-{number}-{n}" for n in range(3)]
        wanted = [dice.choice(skewed_services.slots[:4]) for _ in names]
        deeds = [
            *(
                partial(
                    book_slot, dice.choice([skewed_services.slow, skewed_services.fast]), slot, name
                )
                for slot, name in zip(wanted, names, strict=True)
            ),
            partial(
                hold_slot,
                skewed_services.slow,
                dice.choice(skewed_services.slots[:4]),
                f"h-{number}",
            ),
            partial(
                hold_slot,
                skewed_services.fast,
                dice.choice(skewed_services.slots[:4]),
                f"i-{number}",
            ),
            partial(save_slots, skewed_services.fast, skewed_services.doctor_id, closed=range(5, 6))
            if number % 2
            else partial(
                save_slots, skewed_services.slow, skewed_services.doctor_id, closed=range(6, 7)
            ),
        ]

        outcomes = run_concurrently(deeds)

        assert not [o for o in outcomes if not isinstance(o, RequestRejectedError | None)]
        for slot, name, outcome in zip(wanted, names, outcomes, strict=False):
            if outcome is None:
                assert slot.start not in has
                has[slot.start] = name
        claims = skewed_services.assert_invariants()
        assert {start: name for start, name in claims.items() if name} == has
        for start in [start for start in has if dice.random() < 0.5]:
            cancel_booking(
                skewed_services.fast, SlotId(skewed_services.doctor_id, start), has.pop(start)
            )
        for n in (5, 6):
            if SLOT_STARTS[n] not in claims:
                save_slots(skewed_services.slow, skewed_services.doctor_id, opened=range(n, n + 1))
