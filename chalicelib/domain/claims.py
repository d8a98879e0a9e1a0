"""Book a slot, and move a booking to it from another one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain import availability, local_time
from chalicelib.domain.audit_log import ChangeKind
from chalicelib.domain.booking import ERASED_REFERENCE, StoredSlot
from chalicelib.domain.booking_writes import (
    Available,
    BookedFor,
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
from chalicelib.domain.slot import SlotStatus, format_start
from chalicelib.domain.slot_operation import (
    SlotOperation,
    expected_slot,
    slot_not_found,
    taken_by_another,
)
from chalicelib.domain.violations import BookedElsewhere, BookingCancelled, BookingDiffers

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.audit_log import AuditLogEntry
    from chalicelib.domain.booking import Booking, BookingRecord, Observed
    from chalicelib.domain.booking_writes import SlotRequirement
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.slot import Slot, SlotId
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
        self.require_none(self._reason_unavailable(stored, now))
        after = self._booked(stored, now)
        at = observed.instant_after(now)
        is_desk = self.owner == PRACTICE
        kind = ChangeKind.DESK if is_desk else ChangeKind.BOOKING
        return BookingWrites(
            at=at,
            slot=after.slot,
            slots=(self._claim(stored, after, now),),
            record=self._record_write(after.slot, record, NoRecord(), now),
            holds=self._holds_write(),
            entries=(self.log_entry(kind, at, after.slot, booked=(after.slot,)),),
        )

    def _is_booked(self, stored: StoredSlot) -> bool:
        return stored.is_booked_as(self.booking.booking_id, self.owner)

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

    def _claim(self, stored: StoredSlot, after: StoredSlot, now: datetime) -> SlotWrite:
        end, holder = stored.slot.end, self.booking.holder
        requires: SlotRequirement = Available(end=end, now=now, owner=self.owner, holder=holder)
        if holder is not None and self.must_read(now):
            requires = UnexpiredHold(end=end, now=now, owner=self.owner, holder=holder)
        return SlotWrite(
            doctor=self.doctor,
            slot_id=self.slot_id,
            requires=requires,
            disruption=stored.disruption,
            after=after,
        )

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
            marks=record.recent_marks(now) if record else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveClaim(BookingClaim):
    """Book a slot and, in the same transaction, free the one that the booking had before.

    If the booking already has the slot, only what is left to do is done: the former slot is freed.
    """

    former_slot_id: SlotId
    former_doctor: Doctor

    @property
    def slot_ids(self) -> tuple[SlotId, ...]:
        """The new and the former slot."""
        return (self.slot_id, self.former_slot_id)

    def must_read(self, now: datetime) -> bool:
        """Return whether the new slot is not bookable, or the former one has begun."""
        return self._has_former_begun(now) or BookingClaim.must_read(self, now)

    def plan(self, observed: Observed, now: datetime) -> BookingWrites | NothingToDo:
        """Return the writes of the move; none if it is done."""
        stored, record = self.find_slot(observed, now), observed.record
        is_booked = self._is_booked(stored)
        if is_booked:
            self._require_same_patient(stored, record)
            if not self._is_at_former(observed):
                return NothingToDo(stored.slot)
        else:
            self._require_not_elsewhere(stored.slot, record)
        self._require_at_former(observed, record, now)
        if not is_booked:
            self.require_none(self._reason_unavailable(stored, now))
        after = self._booked(stored, now)
        claim = self._claim(stored, after, now)
        if is_booked:
            claim = replace(claim, requires=self._still_booked(stored))
        former = self._former(observed)
        freed = former.freed()
        release = SlotWrite(
            doctor=self.former_doctor,
            slot_id=self.former_slot_id,
            requires=self._still_booked(former),
            disruption=former.disruption,
            after=freed,
            rebooked_to=self.slot_id,
        )
        at = observed.instant_after(now)
        return BookingWrites(
            at=at,
            slot=after.slot,
            slots=(claim, release),
            record=self._moved_record(after.slot, record, now),
            holds=self._holds_write(),
            entries=self._entries(after.slot, freed.slot, at),
        )

    def _moved_record(self, slot: Slot, record: BookingRecord | None, now: datetime) -> RecordWrite:
        """Return the record with a mark on the former slot, like that of a cancellation.

        If the booking is cancelled later, a late repeat of the first request books nothing either.
        """
        expected = RecordFor(self.former_slot_id, self.booking.patient_reference)
        write = self._record_write(slot, record, expected, now)
        return replace(write, new_mark=(self.former_slot_id, now))

    def _has_former_begun(self, now: datetime) -> bool:
        return self.former_slot_id.start <= now

    def _former(self, observed: Observed) -> StoredSlot:
        """Return the former slot as observed, or as expected."""
        slot = expected_slot(self.former_slot_id, self.former_doctor)
        return observed.slots.get(self.former_slot_id) or StoredSlot(slot=slot)

    def _is_at_former(self, observed: Observed) -> bool:
        """Return whether the former slot has the booking, unless it was observed otherwise."""
        if self.former_slot_id not in observed.slots:
            return True
        former = observed.slots[self.former_slot_id]
        return former is not None and self._is_booked(former)

    def _require_at_former(
        self, observed: Observed, record: BookingRecord | None, now: datetime
    ) -> None:
        """Raise ``ConflictError`` if the booking cannot leave its former slot."""
        former, zone = self._former(observed), self.former_doctor.zone
        if not self._is_at_former(observed):
            violation: SlotViolation = slot_not_found(self.former_slot_id, self.former_doctor)
            if former.slot.status is SlotStatus.BOOKED:
                violation = taken_by_another(former.slot, self.former_doctor, "booked")
            raise self.conflict(violation, zone=zone)
        self._require_same_patient(former, record)
        if self._has_former_begun(now):
            raise self.conflict(availability.in_past(former.slot, self.former_doctor), zone=zone)

    def _still_booked(self, stored: StoredSlot) -> SlotRequirement:
        return BookedFor(
            booking_id=self.booking.booking_id,
            owner=self.owner,
            end=stored.slot.end,
            patient_reference=self.booking.patient_reference,
        )

    def _entries(self, booked: Slot, freed: Slot, at: datetime) -> tuple[AuditLogEntry, ...]:
        former_date = freed.date_in(self.former_doctor.zone)
        is_same_day = self.doctor.doctor_id == self.former_doctor.doctor_id and (
            booked.date_in(self.doctor.zone) == former_date
        )
        if is_same_day:
            return (
                self.log_entry(ChangeKind.MOVE, at, booked, booked=(booked,), cancelled=(freed,)),
            )
        arrival = self.log_entry(
            ChangeKind.MOVE, at, booked, booked=(booked,), moved_from=self.former_slot_id
        )
        departure = replace(
            arrival,
            doctor_id=self.former_doctor.doctor_id,
            date=former_date,
            suffix=format_start(self.former_slot_id.start),
            booked=(),
            cancelled=(freed,),
            moved_from=None,
            moved_to=self.slot_id,
        )
        return arrival, departure
