"""Move a booking to another slot, which frees the one that it had."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain import availability
from chalicelib.domain.audit_log import ChangeKind
from chalicelib.domain.booking import StoredSlot
from chalicelib.domain.booking_claim import BookingClaim
from chalicelib.domain.booking_writes import (
    BookedFor,
    BookingWrites,
    NothingToDo,
    RecordFor,
    RecordWrite,
    SlotWrite,
)
from chalicelib.domain.slot import SlotStatus, format_start
from chalicelib.domain.slot_operation import (
    expected_slot,
    slot_not_found,
    taken_by_another,
)

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.audit_log import AuditLogEntry
    from chalicelib.domain.booking import BookingRecord, Observed
    from chalicelib.domain.booking_writes import SlotRequirement
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.slot import Slot, SlotId
    from chalicelib.domain.violations import SlotViolation


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
            self._require_available(stored, observed, now)
        after = self._booked(stored, now)
        claim = self._claim(stored, after, observed, now)
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
        """Return the record with a cancellation of the former slot.

        If the booking is cancelled later, a late repeat of the first request books nothing either.
        """
        expected = RecordFor(self.former_slot_id, self.booking.patient_reference)
        write = self._record_write(slot, record, expected, now)
        return replace(write, new_cancellation=(self.former_slot_id, now))

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
