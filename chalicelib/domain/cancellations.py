"""Cancel a booking, and record that it has left its slot."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain import availability
from chalicelib.domain.audit_log import ChangeKind
from chalicelib.domain.booking import MAX_CANCELLATION_AGE
from chalicelib.domain.booking_writes import (
    BookedAs,
    BookingWrites,
    NothingToDo,
    RecordAt,
    RecordVersion,
    RecordWrite,
)
from chalicelib.domain.slot import SlotStatus
from chalicelib.domain.slot_operation import SlotOperation, taken_by_another

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.booking import Observed
    from chalicelib.domain.slot import SlotId


def cancelled_record(
    owner: str, booking_id: str, slot_id: SlotId, observed: Observed, now: datetime
) -> RecordWrite:
    """Return the record of a booking that leaves the slot: it says so, to recognise a repeat."""
    record = observed.record
    write = RecordWrite(
        owner=owner,
        booking_id=booking_id,
        requires=RecordVersion(record.version) if record else RecordAt(slot_id),
        slot_id=None,
        patient_reference=None,
        expires_at=now + MAX_CANCELLATION_AGE,
        new_cancellation=(slot_id, now),
    )
    if record is None or record.slot_id in (None, slot_id):
        return write
    return replace(
        write,
        slot_id=record.slot_id,
        patient_reference=record.patient_reference,
        expires_at=record.expires_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation(SlotOperation):
    """Free a slot that is booked with that id."""

    booking_id: str

    @property
    def record_key(self) -> tuple[str, str]:
        """The booking's own record."""
        return self.owner, self.booking_id

    def must_read(self, now: datetime) -> bool:
        """Return whether the slot has begun."""
        return self.slot_id.start <= now

    def plan(self, observed: Observed, now: datetime) -> BookingWrites | NothingToDo:
        """Return the writes of the cancellation; none if the slot is not booked.

        Nor if the slot is closed because this booking, which was disrupted, has been cancelled.
        """
        if self._has_closed_slot(observed, now):
            return NothingToDo(replace(self.expected_slot(), status=SlotStatus.UNAVAILABLE))
        stored = self.find_slot(observed, now)
        if self.slot_id in observed.slots:
            if stored.slot.status is not SlotStatus.BOOKED:
                return NothingToDo(stored.slot)
            if not stored.is_booked_as(self.booking_id, self.owner):
                raise self.conflict(taken_by_another(stored.slot, self.doctor, "booked"))
        if stored.slot.has_begun(now):
            raise self.conflict(availability.in_past(stored.slot, self.doctor))
        after, at = stored.freed(), observed.instant_after(now)
        requires = BookedAs(booking_id=self.booking_id, owner=self.owner, end=stored.slot.end)
        return BookingWrites(
            at=at,
            slot=after.slot,
            slots=(self.write_slot(stored, after, requires),),
            record=cancelled_record(self.owner, self.booking_id, self.slot_id, observed, now),
            entries=(
                self.log_entry(ChangeKind.CANCELLATION, at, after.slot, cancelled=(after.slot,)),
            ),
        )

    def _has_closed_slot(self, observed: Observed, now: datetime) -> bool:
        is_closed = observed.slots.get(self.slot_id, self) is None
        record = observed.record
        return is_closed and record is not None and record.was_cancelled_on(self.slot_id, now)
