"""Cancel a booking, and the overrides: end a hold, mark a booking or remove it for a reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain import availability, local_time
from chalicelib.domain.audit_log import ChangeKind
from chalicelib.domain.booking import CANCELLED_MARK_AGE, Disruption
from chalicelib.domain.booking_writes import (
    AsOverridden,
    BookedAs,
    BookingWrites,
    NothingToDo,
    RecordAt,
    RecordVersion,
    RecordWrite,
    RemoveHold,
    SlotWrite,
)
from chalicelib.domain.slot import SlotStatus
from chalicelib.domain.slot_operation import SlotOperation, taken_by_another
from chalicelib.domain.violations import NotBooked

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.booking import Observed, StoredSlot
    from chalicelib.domain.booking_writes import SlotRequirement
    from chalicelib.domain.slot import SlotId


def _cancelled_record(
    owner: str, booking_id: str, slot_id: SlotId, observed: Observed, now: datetime
) -> RecordWrite:
    """Return the record of a booking that leaves the slot: with a mark, so a repeat is known."""
    record = observed.record
    write = RecordWrite(
        owner=owner,
        booking_id=booking_id,
        requires=RecordVersion(record.version) if record else RecordAt(slot_id),
        slot_id=None,
        patient_reference=None,
        expires_at=now + CANCELLED_MARK_AGE,
        new_mark=(slot_id, now),
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
        """Return the writes of the cancellation; none if the slot is not booked."""
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
            slots=(
                SlotWrite(doctor=self.doctor, slot_id=self.slot_id, requires=requires, after=after),
            ),
            record=_cancelled_record(self.owner, self.booking_id, self.slot_id, observed, now),
            entries=(
                self.log_entry(ChangeKind.CANCELLATION, at, after.slot, cancelled=(after.slot,)),
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Override(SlotOperation):
    """An act of the doctor's side on another client's hold or booking, which has to be read."""

    reason: str | None = None

    def must_read(self, _now: datetime) -> bool:
        """Return True: the owner is not known."""
        return True

    def _write(self, stored: StoredSlot, after: StoredSlot) -> tuple[SlotWrite]:
        requires: SlotRequirement = AsOverridden(stored=stored)
        write = SlotWrite(doctor=self.doctor, slot_id=self.slot_id, requires=requires, after=after)
        return (write,)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseOverride(_Override):
    """End the hold of any client; of ``client`` only, if that is given."""

    client: str | None = None

    def plan(self, observed: Observed, now: datetime) -> BookingWrites | NothingToDo:
        """Return the writes of the release; none if the slot is not held."""
        stored = self.find_slot(observed, now)
        is_held = stored.slot.status is SlotStatus.HELD
        if not is_held or self.client not in (None, stored.client):
            return NothingToDo(stored.slot)
        after, at = stored.freed(), observed.instant_after(now)
        start = self.slot_id.start
        return BookingWrites(
            at=at,
            slot=after.slot,
            slots=self._write(stored, after),
            holds=RemoveHold(owner=stored.client, start=start) if stored.client else None,
            entries=(
                self.log_entry(
                    ChangeKind.RELEASE, at, after.slot, affected=(after.slot,), reason=self.reason
                ),
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DisruptionOverride(_Override):
    """Mark a booking: it has to move to another time."""

    reason: str

    def plan(self, observed: Observed, now: datetime) -> BookingWrites | NothingToDo:
        """Return the writes of the mark; none if the booking has one."""
        stored = self.find_slot(observed, now)
        if stored.slot.status is not SlotStatus.BOOKED:
            label = local_time.format_range(stored.slot, self.doctor.zone)
            raise self.conflict(NotBooked(start=stored.slot.start, slot_label=label))
        if stored.disruption is not None:
            return NothingToDo(stored.slot)
        if stored.slot.has_begun(now):
            raise self.conflict(availability.in_past(stored.slot, self.doctor))
        at = observed.instant_after(now)
        after = replace(
            stored,
            slot=replace(stored.slot, is_disrupted=True),
            disruption=Disruption(now, self.reason),
        )
        return BookingWrites(
            at=at,
            slot=after.slot,
            slots=self._write(stored, after),
            entries=(
                self.log_entry(
                    ChangeKind.DISRUPTION,
                    at,
                    after.slot,
                    affected=(after.slot,),
                    reason=self.reason,
                ),
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation(_Override):
    """Remove the booking of any client."""

    reason: str

    def plan(self, observed: Observed, now: datetime) -> BookingWrites | NothingToDo:
        """Return the writes of the removal; none if the slot is not booked."""
        stored = self.find_slot(observed, now)
        if stored.slot.status is not SlotStatus.BOOKED:
            return NothingToDo(stored.slot)
        if stored.slot.has_begun(now):
            raise self.conflict(availability.in_past(stored.slot, self.doctor))
        after, at = stored.freed(), observed.instant_after(now)
        record = None
        if stored.client is not None and stored.booking_id is not None:
            record = _cancelled_record(
                stored.client, stored.booking_id, self.slot_id, observed, now
            )
        return BookingWrites(
            at=at,
            slot=after.slot,
            slots=self._write(stored, after),
            record=record,
            entries=(
                self.log_entry(
                    ChangeKind.REVOKE, at, after.slot, cancelled=(after.slot,), reason=self.reason
                ),
            ),
        )
