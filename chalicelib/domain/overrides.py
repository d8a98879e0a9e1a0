"""Overrides of the doctor's side: end a hold, mark a booking or remove it, for a reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain import availability, local_time
from chalicelib.domain.audit_log import ChangeKind
from chalicelib.domain.booking import Disruption
from chalicelib.domain.booking_writes import (
    AsOverridden,
    BookingWrites,
    NothingToDo,
    RemoveHold,
    SlotWrite,
)
from chalicelib.domain.cancellations import cancelled_record
from chalicelib.domain.slot import SlotStatus
from chalicelib.domain.slot_operation import SlotOperation
from chalicelib.domain.violations import NotBooked

if TYPE_CHECKING:
    from datetime import date, datetime

    from chalicelib.domain.booking import Observed, StoredSlot
    from chalicelib.domain.slot import Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class _Override(SlotOperation):
    """An act of the doctor's side on another client's hold or booking, which has to be read."""

    reason: str | None = None

    @property
    def day_key(self) -> tuple[str, date]:
        """The day of the slot: one that is freed in time off is closed."""
        return self.doctor.doctor_id, local_time.local_date(self.slot_id.start, self.doctor.zone)

    def _usable(self, observed: Observed, stored: StoredSlot, now: datetime) -> Slot:
        """Return the slot as of now; one that would be free but is in time off is closed."""
        blocks = self.find_blocks(observed, stored.slot)
        slot = stored.slot.as_of(now)
        return blocks.apply_to(slot) if blocks else slot

    def must_read(self, _now: datetime) -> bool:
        """Return True: the owner is not known."""
        return True

    def _write(self, stored: StoredSlot, after: StoredSlot) -> tuple[SlotWrite]:
        return (self.write_slot(stored, after, AsOverridden(stored=stored)),)

    def _mark(
        self, stored: StoredSlot, disruption: Disruption | None, at: datetime
    ) -> BookingWrites:
        """Return the writes that give the booking this mark, or none."""
        slot = replace(stored.slot, disrupted_since=disruption.since if disruption else None)
        after = replace(stored, slot=slot, disruption=disruption)
        return BookingWrites(
            at=at,
            slot=slot,
            slots=self._write(stored, after),
            entries=(
                self.log_entry(
                    ChangeKind.DISRUPTION, at, slot, affected=(slot,), reason=self.reason
                ),
            ),
            changes_disruptions=True,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseOverride(_Override):
    """End the hold of any client; of ``client`` only, if that is given."""

    client: str | None = None

    def plan(self, observed: Observed, now: datetime) -> BookingWrites | NothingToDo:
        """Return the writes of the release; none if the slot is not held."""
        stored = self.find_slot(observed, now)
        is_held = stored.slot.status is SlotStatus.HELD
        if not is_held or self.client not in (None, stored.client):
            return NothingToDo(self._usable(observed, stored, now))
        after, at = stored.freed(), observed.instant_after(now)
        start = self.slot_id.start
        return BookingWrites(
            at=at,
            slot=self._usable(observed, after, now),
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
        return self._mark(stored, Disruption(now, self.reason), observed.instant_after(now))


@dataclass(frozen=True, slots=True, kw_only=True)
class DisruptionLift(_Override):
    """Remove the mark of a booking, or of a hold: it can stay."""

    def plan(self, observed: Observed, now: datetime) -> BookingWrites | NothingToDo:
        """Return the writes of the removal; none if no booking or hold has a mark."""
        stored = self.find_slot(observed, now)
        if stored.disruption is None or not stored.slot.is_taken:
            return NothingToDo(stored.slot)
        return self._mark(stored, None, observed.instant_after(now))


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation(_Override):
    """Remove the booking of any client."""

    reason: str

    def plan(self, observed: Observed, now: datetime) -> BookingWrites | NothingToDo:
        """Return the writes of the removal; none if the slot is not booked."""
        stored = self.find_slot(observed, now)
        if stored.slot.status is not SlotStatus.BOOKED:
            return NothingToDo(self._usable(observed, stored, now))
        if stored.slot.has_begun(now):
            raise self.conflict(availability.in_past(stored.slot, self.doctor))
        after, at = stored.freed(), observed.instant_after(now)
        record = None
        if stored.client is not None and stored.booking_id is not None:
            record = cancelled_record(stored.client, stored.booking_id, self.slot_id, observed, now)
        return BookingWrites(
            at=at,
            slot=self._usable(observed, after, now),
            slots=self._write(stored, after),
            record=record,
            entries=(
                self.log_entry(
                    ChangeKind.REVOKE, at, after.slot, cancelled=(after.slot,), reason=self.reason
                ),
            ),
        )
