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
from chalicelib.domain.slot_id import SlotId
from tests.builders import SUNDAY_NOON, a_doctor, a_grid, at
from tests.faults import IS_LONG
from tests.faults.whole import require_whole
from tests.race.at_once import crowd
from tests.race.test_bookings_race import ANYBODY, HALVES, book, cancel, save

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.bootstrap import Services
    from tests.faults.conftest import Stage
    from tests.race.at_once import Together

ROUNDS = 500 if IS_LONG else 60
APART = timedelta(minutes=7)
FIVE_MINUTES = timedelta(minutes=5)


@dataclass
class Two:
    """The same app twice, one ahead of the other; ``slow`` tells the true time."""

    stage: Stage
    doctor_id: str
    now: datetime = SUNDAY_NOON

    def __post_init__(self) -> None:
        settings = self.stage.site.services.settings
        self.slow = bootstrap.build_services(settings, now=lambda: self.now)
        self.fast = bootstrap.build_services(settings, now=lambda: self.now + APART)

    @property
    def slots(self) -> list[SlotId]:
        return [SlotId(self.doctor_id, start) for start in HALVES]

    def require_whole(self) -> dict[datetime, str | None]:
        """Fail unless the table is whole; who has booked which of her slots."""
        items = self.stage.site.export()
        require_whole(items)
        return {
            datetime.fromisoformat(item["start"]["S"]): item.get("booking_id", {}).get("S")
            for item in items
            if item["PK"]["S"] == f"DOCTOR#{self.doctor_id}" and item["type"]["S"] == "slot"
        }


@pytest.fixture
def two(stage: Stage) -> Two:
    """With a doctor whose Monday has eight free slots."""
    stage.reset()
    two = Two(stage, f"dr-{uuid4().hex}")
    two.slow.doctors.add(a_doctor(two.doctor_id, a_grid(("09:00", "13:00"))))
    save(two.slow, two.doctor_id, opens=range(8))
    return two


@pytest.fixture(scope="module")
def together() -> Iterator[Together]:
    """A few at the same moment."""
    with crowd(6) as together:
        yield together


def hold(services: Services, slot: SlotId, holder: str) -> None:
    services.book_slots.hold(ANYBODY, slot, holder, FIVE_MINUTES)


def test_a_hold_ends_earlier_for_a_clock_that_is_ahead_and_its_holder_is_told_so(two: Two) -> None:
    slot = two.slots[0]
    hold(two.slow, slot, "hannah")

    book(two.fast, slot, "b-ivan")

    with pytest.raises(ConflictError):
        book(two.slow, slot, "b-hannah", holder="hannah")
    assert two.require_whole()[slot.start] == "b-ivan"


def test_a_hold_by_a_clock_that_is_ahead_lasts_longer_for_the_others(two: Two) -> None:
    slot = two.slots[0]
    hold(two.fast, slot, "hannah")
    two.now += FIVE_MINUTES

    with pytest.raises(ConflictError):
        book(two.slow, slot, "b-ivan")
    two.now += APART
    book(two.slow, slot, "b-ivan")

    assert two.require_whole()[slot.start] == "b-ivan"


def test_a_slot_of_a_hold_that_has_ended_for_one_clock_alone_is_withdrawn_whole(two: Two) -> None:
    slot = two.slots[0]
    hold(two.slow, slot, "hannah")

    with pytest.raises(RequestRejectedError):
        save(two.slow, two.doctor_id, withdraws=range(1))
    save(two.fast, two.doctor_id, withdraws=range(1))

    with pytest.raises(RequestRejectedError):
        book(two.slow, slot, "b-hannah", holder="hannah")
    assert slot.start not in two.require_whole()


def test_a_slot_that_has_begun_for_one_clock_is_still_sold_once_by_the_other(two: Two) -> None:
    slot = two.slots[0]
    two.now = at("09:00") - FIVE_MINUTES

    with pytest.raises(ConflictError):
        book(two.fast, slot, "b-ivan")
    book(two.slow, slot, "b-hannah")

    assert two.require_whole()[slot.start] == "b-hannah"


def test_whatever_many_do_by_two_clocks_nothing_is_sold_twice_or_lost(
    two: Two, together: Together
) -> None:
    dice = random.Random(4)  # noqa: S311  the same rounds each time
    has: dict[datetime, str] = {}
    for number in range(ROUNDS):
        two.now += timedelta(seconds=dice.randrange(200))
        names = [f"b-{number}-{n}" for n in range(3)]
        wanted = [dice.choice(two.slots[:4]) for _ in names]
        deeds = [
            *(
                partial(book, dice.choice([two.slow, two.fast]), slot, name)
                for slot, name in zip(wanted, names, strict=True)
            ),
            partial(hold, two.slow, dice.choice(two.slots[:4]), f"h-{number}"),
            partial(hold, two.fast, dice.choice(two.slots[:4]), f"i-{number}"),
            partial(save, two.fast, two.doctor_id, withdraws=range(5, 6))
            if number % 2
            else partial(save, two.slow, two.doctor_id, withdraws=range(6, 7)),
        ]

        outcomes = together(deeds)

        assert not [o for o in outcomes if not isinstance(o, RequestRejectedError | None)]
        for slot, name, outcome in zip(wanted, names, outcomes, strict=False):
            if outcome is None:
                assert slot.start not in has
                has[slot.start] = name
        claims = two.require_whole()
        assert {start: name for start, name in claims.items() if name} == has
        for start in [start for start in has if dice.random() < 0.5]:
            cancel(two.fast, SlotId(two.doctor_id, start), has.pop(start))
        for n in (5, 6):
            if HALVES[n] not in claims:
                save(two.slow, two.doctor_id, opens=range(n, n + 1))
