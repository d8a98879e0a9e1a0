"""Who has a slot: what a patient's booking site says of itself, compared and never shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.slot import Slot, SlotStatus

if TYPE_CHECKING:
    from chalicelib.domain.slot import SlotId

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Kept for one ``holder`` until then, a whole second."""

    holder: str
    expires_at: datetime

    @classmethod
    def create(cls, length: timedelta, holder: str, *, now: datetime) -> Hold:
        """From now on, and no shorter for being kept in whole seconds."""
        end = now + length
        whole = end.replace(microsecond=0)
        return cls(holder=holder, expires_at=whole if whole == end else whole + _SECOND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """``booking_id`` is the booking site's, ``patient_reference`` says nothing to us.

    ``holder`` is whose hold it ends, ``moves`` the slot that it leaves for this one.
    """

    booking_id: str
    patient_reference: str
    holder: str | None = None
    previous_slot_id: SlotId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotClaim:
    """A stored slot, and whose it is: of ``holder`` while held, of ``booking_id`` once booked."""

    slot: Slot
    holder: str | None = None
    booking_id: str | None = None

    def is_booked_with(self, booking_id: str) -> bool:
        """Whether that very booking has it."""
        return self.slot.status is SlotStatus.BOOKED and self.booking_id == booking_id

    def slot_for(self, holder: str | None, now: datetime) -> Slot:
        """As it stands now for somebody to whom a hold of their own leaves it free."""
        slot = self.slot.as_of(now)
        if slot.status is SlotStatus.HELD and holder is not None and holder == self.holder:
            return replace(slot, status=SlotStatus.FREE, held_until=None)
        return slot
