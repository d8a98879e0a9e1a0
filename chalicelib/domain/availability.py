"""What a patient may take: the one rule that listing, holding and booking share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain import local_time
from chalicelib.domain.slot import Slot, SlotStatus
from chalicelib.domain.violations import AlreadyTaken, NotBookable, SlotInPast, SlotViolation

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.doctor import Doctor


def is_bookable(slot: Slot, doctor: Doctor, *, now: datetime) -> bool:
    """Free, to come, not before the lead time, within the booking window.

    ``slot`` is as it stands ``now``.
    """
    if slot.is_taken or slot.start < now + doctor.lead_time or slot.has_begun(now):
        return False
    return local_time.local_date(slot.start, doctor.zone) <= doctor.last_bookable_date(now)


def reason_not_bookable(slot: Slot, doctor: Doctor, *, now: datetime) -> SlotViolation | None:
    """Why a patient cannot have the slot; None where she can.

    The window is whole dates of the doctor's: with one of a day, all of tomorrow is bookable.
    """
    # A list has hundreds of slots, and no words about those that are in it.
    if is_bookable(slot, doctor, now=now):
        return None
    called = local_time.format_range(slot, doctor.zone)
    if slot.is_taken:
        taken = "already booked" if slot.status is SlotStatus.BOOKED else "held by another client"
        return AlreadyTaken(start=slot.start, slot_label=called, state=taken)
    if slot.has_begun(now):
        return SlotInPast(start=slot.start, slot_label=called)
    is_late = slot.start < now + doctor.lead_time
    why = "can no longer be booked" if is_late else "can't be booked yet"
    return NotBookable(start=slot.start, slot_label=called, reason=why)
