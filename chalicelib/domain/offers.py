"""Which slots to propose to a patient whose appointment has to move.

An offer is a proposal: nothing is reserved, and holding or booking decides, so no slot is booked
twice. Patients of disrupted bookings are offered different slots, so that they don't all request
the same one: the first gets the first slots, the second those from the second on, and so on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from chalicelib.domain.availability import is_bookable
from chalicelib.domain.slot import SlotStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from chalicelib.domain.day import Day
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.slot import Slot


class Offer(NamedTuple):
    """A bookable slot of a doctor."""

    slot: Slot
    doctor: Doctor

    @property
    def order(self) -> tuple[datetime, str]:
        """Sorts offers: the soonest first."""
        return self.slot.start, self.doctor.doctor_id


def bookable_offers(day: Day, doctor: Doctor, like: Slot, now: datetime) -> Iterator[Offer]:
    """Yield the bookable slots of a day that are as long as ``like``, in time order."""
    current = day.as_of(now)
    for start in sorted(current.slots):
        slot = current.slots[start]
        if slot.length == like.length and is_bookable(slot, doctor, now=now):
            yield Offer(slot, doctor)


def count_disrupted_before(day: Day, order: tuple[datetime, str], now: datetime) -> int:
    """Count the disrupted bookings of a day, still to come, that stand before that one."""
    return sum(
        slot.status is SlotStatus.BOOKED
        and slot.is_disrupted
        and not slot.has_begun(now)
        and (slot.start, day.doctor_id) < order
        for slot in day.slots.values()
    )


def share(offers: Sequence[Offer], rank: int, limit: int) -> list[Offer]:
    """Return the offers for the patient of that rank, in their order.

    They begin with the offer of the same number, and go round if there are fewer. So an offer goes
    to at most ``limit`` patients if there are at least as many offers as patients.
    """
    count = min(limit, len(offers))
    chosen = {(rank + n) % len(offers) for n in range(count)}
    return [offers[number] for number in sorted(chosen)]


def earliest(offers: Iterable[Offer]) -> list[Offer]:
    """Return the offers, the soonest first."""
    return sorted(offers, key=lambda offer: offer.order)
