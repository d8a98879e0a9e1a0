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
from tests.builders import SUNDAY_NOON, make_doctor, make_grid, to_instant
from tests.faults import IS_NIGHTLY
from tests.faults.whole import assert_invariants
from tests.race.at_once import concurrent_runner
from tests.race.test_bookings_race import ADMIN, SLOT_STARTS, book_slot, cancel_booking, save_slots

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.bootstrap import Services
    from tests.faults.conftest import TableSnapshot
    from tests.race.at_once import RunConcurrently

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
def two(stage: TableSnapshot) -> SkewedServices:
    """With a doctor whose Monday has eight free slots."""
    stage.restore()
    two = SkewedServices(stage, f"dr-{uuid4().hex}")
    two.slow.doctors.add(make_doctor(two.doctor_id, make_grid(("09:00", "13:00"))))
    save_slots(two.slow, two.doctor_id, opened=range(8))
    return two


@pytest.fixture(scope="module")
def together() -> Iterator[RunConcurrently]:
    """A few at the same moment."""
    with concurrent_runner(6) as together:
        yield together


def hold_slot(services: Services, slot: SlotId, holder: str) -> None:
    services.book_slots.hold(ADMIN, slot, holder, FIVE_MINUTES)


def test_a_hold_ends_earlier_for_a_clock_that_is_ahead_and_its_holder_is_told_so(
    two: SkewedServices,
) -> None:
    slot = two.slots[0]
    hold_slot(two.slow, slot, "hannah")

    book_slot(two.fast, slot, "b-ivan")

    with pytest.raises(ConflictError):
        book_slot(two.slow, slot, "b-hannah", holder="hannah")
    assert two.assert_invariants()[slot.start] == "b-ivan"


def test_a_hold_by_a_clock_that_is_ahead_lasts_longer_for_the_others(two: SkewedServices) -> None:
    slot = two.slots[0]
    hold_slot(two.fast, slot, "hannah")
    two.now += FIVE_MINUTES

    with pytest.raises(ConflictError):
        book_slot(two.slow, slot, "b-ivan")
    two.now += CLOCK_SKEW
    book_slot(two.slow, slot, "b-ivan")

    assert two.assert_invariants()[slot.start] == "b-ivan"


def test_a_slot_of_a_hold_that_has_ended_for_one_clock_alone_is_withdrawn_whole(
    two: SkewedServices,
) -> None:
    slot = two.slots[0]
    hold_slot(two.slow, slot, "hannah")

    with pytest.raises(RequestRejectedError):
        save_slots(two.slow, two.doctor_id, withdrawn=range(1))
    save_slots(two.fast, two.doctor_id, withdrawn=range(1))

    with pytest.raises(RequestRejectedError):
        book_slot(two.slow, slot, "b-hannah", holder="hannah")
    assert slot.start not in two.assert_invariants()


def test_a_slot_that_has_begun_for_one_clock_is_still_sold_once_by_the_other(
    two: SkewedServices,
) -> None:
    slot = two.slots[0]
    two.now = to_instant("09:00") - FIVE_MINUTES

    with pytest.raises(ConflictError):
        book_slot(two.fast, slot, "b-ivan")
    book_slot(two.slow, slot, "b-hannah")

    assert two.assert_invariants()[slot.start] == "b-hannah"


def test_whatever_many_do_by_two_clocks_nothing_is_sold_twice_or_lost(
    two: SkewedServices, together: RunConcurrently
) -> None:
    dice = random.Random(4)  # noqa: S311  the same rounds each time
    has: dict[datetime, str] = {}
    for number in range(ROUNDS):
        two.now += timedelta(seconds=dice.randrange(200))
        names = [f"b-{number}-{n}" for n in range(3)]
        wanted = [dice.choice(two.slots[:4]) for _ in names]
        deeds = [
            *(
                partial(book_slot, dice.choice([two.slow, two.fast]), slot, name)
                for slot, name in zip(wanted, names, strict=True)
            ),
            partial(hold_slot, two.slow, dice.choice(two.slots[:4]), f"h-{number}"),
            partial(hold_slot, two.fast, dice.choice(two.slots[:4]), f"i-{number}"),
            partial(save_slots, two.fast, two.doctor_id, withdrawn=range(5, 6))
            if number % 2
            else partial(save_slots, two.slow, two.doctor_id, withdrawn=range(6, 7)),
        ]

        outcomes = together(deeds)

        assert not [o for o in outcomes if not isinstance(o, RequestRejectedError | None)]
        for slot, name, outcome in zip(wanted, names, outcomes, strict=False):
            if outcome is None:
                assert slot.start not in has
                has[slot.start] = name
        claims = two.assert_invariants()
        assert {start: name for start, name in claims.items() if name} == has
        for start in [start for start in has if dice.random() < 0.5]:
            cancel_booking(two.fast, SlotId(two.doctor_id, start), has.pop(start))
        for n in (5, 6):
            if SLOT_STARTS[n] not in claims:
                save_slots(two.slow, two.doctor_id, opened=range(n, n + 1))
