"""Claim a slot for a booking: check that it can be booked, and return the writes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain import availability, local_time
from chalicelib.domain.audit_log import ChangeKind
from chalicelib.domain.booking import ERASED_REFERENCE, StoredSlot
from chalicelib.domain.booking_writes import (
    Available,
    BookingWrites,
    NoRecord,
    NothingToDo,
    RecordFor,
    RecordVersion,
    RecordWrite,
    RemoveHold,
    SlotWrite,
    UnexpiredHold,
)
from chalicelib.domain.permissions import PRACTICE
from chalicelib.domain.slot import SlotStatus
from chalicelib.domain.slot_operation import SlotOperation
from chalicelib.domain.violations import BookedElsewhere, BookingCancelled, BookingDiffers

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.booking import Booking, BookingRecord, Observed
    from chalicelib.domain.booking_writes import SlotRequirement
    from chalicelib.domain.slot import Slot
    from chalicelib.domain.violations import SlotViolation


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingClaim(SlotOperation):
    """Book a slot that is free, or held by the booking's holder."""

    booking: Booking

    @property
    def record_key(self) -> tuple[str, str]:
        """The booking's own record."""
        return self.owner, self.booking.booking_id

    def must_read(self, now: datetime) -> bool:
        """Return whether the slot is not bookable at that time, or not yet."""
        return self._reason_unavailable(StoredSlot(slot=self.expected_slot()), now) is not None

    def plan(self, observed: Observed, now: datetime) -> BookingWrites | NothingToDo:
        """Return the writes of the booking; none if the slot already has it."""
        stored, record = self.find_slot(observed, now), observed.record
        if self._is_booked(stored):
            self._require_same_patient(stored, record)
            return NothingToDo(stored.slot)
        self._require_not_elsewhere(stored.slot, record)
        if record is not None and record.was_cancelled_on(self.slot_id, now):
            raise self.conflict(self._violation(BookingCancelled, stored.slot))
        self._require_available(stored, observed, now)
        after = self._booked(stored, now)
        at = observed.instant_after(now)
        is_desk = self.owner == PRACTICE
        kind = ChangeKind.DESK if is_desk else ChangeKind.BOOKING
        return BookingWrites(
            at=at,
            slot=after.slot,
            slots=(self._claim(stored, after, observed, now),),
            record=self._record_write(after.slot, record, NoRecord(), now),
            holds=self._holds_write(),
            entries=(self.log_entry(kind, at, after.slot, booked=(after.slot,)),),
        )

    def _is_booked(self, stored: StoredSlot) -> bool:
        return stored.is_booked_as(self.booking.booking_id, self.owner)

    def _require_available(self, stored: StoredSlot, observed: Observed, now: datetime) -> None:
        """Raise ``ConflictError`` if the slot cannot be booked."""
        self.require_none(self._reason_unavailable(stored, now))
        if not stored.is_held_by(self.booking.holder, self.owner):
            self.require_not_blocked(observed, stored.slot)

    def _reason_unavailable(self, stored: StoredSlot, now: datetime) -> SlotViolation | None:
        """Return why the slot cannot be booked; an unexpired hold can be kept whatever changes."""
        if stored.is_held_by(self.booking.holder, self.owner):
            return availability.reason_not_free(stored.unclaimed(), self.doctor, now=now)
        if self.owner == PRACTICE:
            return availability.reason_not_free(
                stored.slot, self.doctor, now=now
            ) or availability.reason_inactive(stored.slot, self.doctor)
        return availability.reason_not_bookable(stored.slot, self.doctor, now=now)

    def _require_same_patient(self, stored: StoredSlot, record: BookingRecord | None) -> None:
        """Raise ``ConflictError`` if the booking is for another patient, as far as is known."""
        is_recorded = record is not None and record.slot_id is not None
        reference = record.patient_reference if record and is_recorded else stored.patient_reference
        is_known = is_recorded or reference is not None
        matching = (ERASED_REFERENCE, self.booking.patient_reference)
        if is_known and reference not in matching:
            raise self.conflict(self._violation(BookingDiffers, stored.slot))

    def _require_not_elsewhere(self, slot: Slot, record: BookingRecord | None) -> None:
        current = record.slot_id if record else None
        if current is not None and current not in self.slot_ids:
            label = local_time.format_range(slot, self.doctor.zone)
            raise self.conflict(
                BookedElsewhere(start=slot.start, slot_label=label, slot_id=current)
            )

    def _violation(self, kind: type[SlotViolation], slot: Slot) -> SlotViolation:
        return kind(start=slot.start, slot_label=local_time.format_range(slot, self.doctor.zone))

    def _booked(self, stored: StoredSlot, now: datetime) -> StoredSlot:
        """Return the slot with the booking; the mark of a disrupted hold stays."""
        slot = replace(
            stored.unclaimed(),
            status=SlotStatus.BOOKED,
            is_desk_booking=self.owner == PRACTICE,
            disrupted_since=stored.slot.disrupted_since,
        )
        return StoredSlot(
            slot=slot,
            client=self.owner,
            booking_id=self.booking.booking_id,
            booked_at=now,
            disruption=stored.disruption,
        )

    def _claim(
        self, stored: StoredSlot, after: StoredSlot, observed: Observed, now: datetime
    ) -> SlotWrite:
        end, holder = stored.slot.end, self.booking.holder
        blocks = self.find_blocks(observed, stored.slot)
        requires: SlotRequirement = Available(end=end, now=now, owner=self.owner, holder=holder)
        is_blocked = blocks is not None and blocks.covers(stored.slot)
        if holder is not None and (is_blocked or self.must_read(now)):
            requires = UnexpiredHold(end=end, now=now, owner=self.owner, holder=holder)
        return self.write_slot(stored, after, requires, blocks)

    def _holds_write(self) -> RemoveHold | None:
        if self.booking.holder is None:
            return None
        return RemoveHold(owner=self.owner, start=self.slot_id.start)

    def _record_write(
        self,
        slot: Slot,
        record: BookingRecord | None,
        expected: NoRecord | RecordFor,
        now: datetime,
    ) -> RecordWrite:
        return RecordWrite(
            owner=self.owner,
            booking_id=self.booking.booking_id,
            requires=RecordVersion(record.version) if record else expected,
            slot_id=self.slot_id,
            patient_reference=self.booking.patient_reference,
            expires_at=slot.end + self.rules.reference_retention,
            cancellations=record.recent_cancellations(now) if record else None,
        )
