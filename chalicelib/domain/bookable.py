"""What a patient may take: the one rule that listing, holding and booking share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain import wall_time
from chalicelib.domain.faults import AlreadyTaken, Fault, InPast, NotBookable
from chalicelib.domain.slot import Slot, SlotStatus

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.doctor import Doctor


def is_bookable(slot: Slot, doctor: Doctor, *, now: datetime) -> bool:
    """Free, to come, not before the lead time, within the booking window.

    ``slot`` is as it stands ``now``.
    """
    return obstacle(slot, doctor, now=now) is None


def obstacle(slot: Slot, doctor: Doctor, *, now: datetime) -> Fault | None:
    """Why a patient cannot have the slot; None where she can.

    The window is whole dates of the doctor's: with one of a day, all of tomorrow is bookable.
    """
    called = wall_time.called(slot, doctor.zone)
    if slot.is_taken:
        taken = "booked already" if slot.status is SlotStatus.BOOKED else "held by somebody else"
        return AlreadyTaken(start=slot.start, called=called, taken=taken)
    if slot.has_begun(now):
        return InPast(start=slot.start, called=called)
    if slot.start < now + doctor.lead_time:
        return NotBookable(start=slot.start, called=called, why="Slot can no longer be booked")
    if wall_time.local_date(slot.start, doctor.zone) > doctor.last_bookable_date(now):
        return NotBookable(start=slot.start, called=called, why="Slot cannot be booked yet")
    return None
