"""Taking a slot without having read it: believing, and thinking again where it differs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import bookable, wall_time
from chalicelib.domain.errors import Conflict, OutcomeUnknown, SlotDiffers, SlotUnknown
from chalicelib.domain.faults import SlotNotFound
from chalicelib.domain.slot import Slot

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.domain.claims import ClaimedSlot
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.slot_id import SlotId


class DoctorsSlot(Struct, frozen=True, kw_only=True):
    """A slot as it stands now, and whose it is; ``is_new`` where this very request booked it."""

    doctor: Doctor
    slot: Slot
    is_new: bool = False


@dataclass(slots=True, kw_only=True)
class Taking:
    """Attempts to take a slot, each with what the one before came upon.

    The first believes that it is there, free, and as long as the doctor's slots are now. ``write``
    takes the slot as it is believed to be and gives it as it left it; ``find`` reads it.
    """

    doctor: Doctor
    slot_id: SlotId
    holder: str | None
    booking_id: str | None = None
    now: Callable[[], datetime]
    find: Callable[[], ClaimedSlot | None]
    write: Callable[[Slot, datetime], Slot]
    believed: Slot = field(init=False)
    is_unsure: bool = False

    def __post_init__(self) -> None:
        start = self.slot_id.start
        self.believed = Slot(start=start, end=start + self.doctor.grid.slot_length)

    def attempt(self) -> DoctorsSlot:
        """Take it, or raise ``SlotDiffers`` where it may be tried anew.

        Raises ``Conflict`` where it cannot be had, ``SlotUnknown``, and what ``write`` raises.
        """
        now = self.now()
        if bookable.obstacle(self.believed, self.doctor, now=now):
            # Whether it is there at all, and whose it is, tells the client more than the clock.
            return self._judge(self.find(), now)
        try:
            left = self.write(self.believed, now)
        except SlotDiffers as differs:
            if differs.slot_id != self.slot_id:
                raise
            return self._judge(differs.found, now)
        except OutcomeUnknown:
            self.is_unsure = True
            raise
        return DoctorsSlot(doctor=self.doctor, slot=left, is_new=True)

    def _judge(self, found: ClaimedSlot | None, now: datetime) -> DoctorsSlot:
        claimed = existing(found, self.slot_id, self.doctor)
        if self.booking_id is not None and claimed.is_booked_as(self.booking_id):
            return DoctorsSlot(doctor=self.doctor, slot=claimed.slot, is_new=self.is_unsure)
        slot = claimed.seen_by(self.holder, now)
        if fault := bookable.obstacle(slot, self.doctor, now=now):
            raise Conflict(fault, zone=self.doctor.zone)
        self.believed = slot
        raise SlotDiffers(self.slot_id, found)


def existing(found: ClaimedSlot | None, slot_id: SlotId, doctor: Doctor) -> ClaimedSlot:
    """What was found; ``SlotUnknown`` where that is nothing."""
    if found is None:
        raise SlotUnknown(not_there(slot_id, doctor), zone=doctor.zone)
    return found


def not_there(slot_id: SlotId, doctor: Doctor) -> SlotNotFound:
    """Nothing known of the slot but its name."""
    on = wall_time.local_date(slot_id.start, doctor.zone)
    called = f"{wall_time.clock(slot_id.start, doctor.zone)} on {on}"
    return SlotNotFound(start=slot_id.start, called=called)
