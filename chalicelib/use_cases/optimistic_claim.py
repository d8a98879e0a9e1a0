"""Taking a slot without having read it: believing, and thinking again where it differs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import availability, local_time
from chalicelib.domain.errors import (
    ConflictError,
    OutcomeUnknownError,
    SlotNotFoundError,
    SlotStateMismatchError,
)
from chalicelib.domain.slot import Slot
from chalicelib.domain.violations import SlotMissing

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.domain.booking import SlotClaim
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.slot import SlotId


class SlotView(Struct, frozen=True, kw_only=True):
    """A slot as it stands now, and whose it is; ``is_new`` where this very request booked it."""

    doctor: Doctor
    slot: Slot
    created: bool = False


@dataclass(slots=True, kw_only=True)
class OptimisticClaim:
    """Attempts to take a slot, each with what the one before came upon.

    The first believes that it is there, free, and as long as the doctor's slots are now. ``write``
    takes the slot as it is believed to be and gives it as it left it; ``find`` reads it.
    """

    doctor: Doctor
    slot_id: SlotId
    holder: str | None
    booking_id: str | None = None
    now: Callable[[], datetime]
    fetch: Callable[[], SlotClaim | None]
    commit: Callable[[Slot, datetime], Slot]
    expected: Slot = field(init=False)
    may_have_committed: bool = False

    def __post_init__(self) -> None:
        start = self.slot_id.start
        self.expected = Slot(start=start, end=start + self.doctor.grid.slot_length)

    def attempt(self) -> SlotView:
        """Take it, or raise ``SlotDiffers`` where it may be tried anew.

        Raises ``Conflict`` where it cannot be had, ``SlotUnknown``, and what ``write`` raises.
        """
        now = self.now()
        if availability.reason_not_bookable(self.expected, self.doctor, now=now):
            # Whether it is there at all, and whose it is, tells the client more than the clock.
            return self._resolve_mismatch(self.fetch(), now)
        try:
            left = self.commit(self.expected, now)
        except SlotStateMismatchError as differs:
            if differs.slot_id != self.slot_id:
                raise
            return self._resolve_mismatch(differs.stored, now)
        except OutcomeUnknownError:
            self.may_have_committed = True
            raise
        return SlotView(doctor=self.doctor, slot=left, created=True)

    def _resolve_mismatch(self, stored: SlotClaim | None, now: datetime) -> SlotView:
        claimed = require_found(stored, self.slot_id, self.doctor)
        if self.booking_id is not None and claimed.is_booked_with(self.booking_id):
            return SlotView(doctor=self.doctor, slot=claimed.slot, created=self.may_have_committed)
        slot = claimed.slot_for(self.holder, now)
        if fault := availability.reason_not_bookable(slot, self.doctor, now=now):
            raise ConflictError(fault, zone=self.doctor.zone)
        self.expected = slot
        raise SlotStateMismatchError(self.slot_id, stored)


def require_found(stored: SlotClaim | None, slot_id: SlotId, doctor: Doctor) -> SlotClaim:
    """What was found; ``SlotUnknown`` where that is nothing."""
    if stored is None:
        raise SlotNotFoundError(slot_not_found(slot_id, doctor), zone=doctor.zone)
    return stored


def slot_not_found(slot_id: SlotId, doctor: Doctor) -> SlotMissing:
    """Nothing known of the slot but its name."""
    on = local_time.local_date(slot_id.start, doctor.zone)
    called = f"{local_time.format_time(slot_id.start, doctor.zone)} on {on}"
    return SlotMissing(start=slot_id.start, slot_label=called)
