"""The parts that operations on one slot share: hold, book, move, cancel, release and overrides.

An operation plans its writes before the slot is read (ADR 0008). If a condition of the writes
fails, DynamoDB returns the stored items, and the operation plans again with what they show.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain import availability, local_time
from chalicelib.domain.audit_log import AuditLogEntry
from chalicelib.domain.booking import StoredSlot
from chalicelib.domain.booking_writes import SlotWrite
from chalicelib.domain.errors import ConflictError, SlotNotFoundError
from chalicelib.domain.slot import Slot, SlotId, format_start
from chalicelib.domain.text import Text
from chalicelib.domain.violations import AlreadyTaken, SlotMissing

if TYPE_CHECKING:
    from datetime import date, datetime
    from typing import Any
    from zoneinfo import ZoneInfo

    from chalicelib.domain.audit_log import Actor, ChangeKind
    from chalicelib.domain.booking import BookingRules, DayBlocks, Observed
    from chalicelib.domain.booking_writes import BookingWrites, NothingToDo, SlotRequirement
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.violations import SlotViolation


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotOperation:
    """A caller's operation on one slot of a doctor; ``owner`` is whom its result belongs to."""

    doctor: Doctor
    slot_id: SlotId
    owner: str
    actor: Actor
    rules: BookingRules

    @property
    def slot_ids(self) -> tuple[SlotId, ...]:
        """The slots to read."""
        return (self.slot_id,)

    @property
    def record_key(self) -> tuple[str, str] | None:
        """The owner and the booking id of the record to read, if any."""
        return None

    @property
    def day_key(self) -> tuple[str, date] | None:
        """The doctor and the date of which to read what is blocked, if a read needs that."""
        return None

    def must_read(self, now: datetime) -> bool:
        """Return whether a write without a read is in vain, because of the time alone."""
        raise NotImplementedError

    def plan(self, observed: Observed, now: datetime) -> BookingWrites | NothingToDo:
        """Return the writes that what is known of the stored items suggests.

        Raises ``SlotNotFoundError``, ``ConflictError``, ``TooManyHoldsError``.
        """
        raise NotImplementedError

    def expected_slot(self) -> Slot:
        """Return the slot that the first attempt expects: free, of the doctor's slot length."""
        return expected_slot(self.slot_id, self.doctor)

    def find_slot(self, observed: Observed, now: datetime) -> StoredSlot:
        """Return the slot as of now, as it was observed or else as expected.

        Raises ``SlotNotFoundError`` if it was observed that there is none.
        """
        if self.slot_id not in observed.slots:
            return StoredSlot(slot=self.expected_slot())
        return require_found(observed.slots[self.slot_id], self.slot_id, self.doctor).as_of(now)

    def find_blocks(self, observed: Observed, slot: Slot) -> DayBlocks | None:
        """Return what is blocked of the slot's date, if that was observed."""
        key = self.doctor.doctor_id, slot.date_in(self.doctor.zone)
        return observed.blocks.get(key)

    def require_not_blocked(self, observed: Observed, slot: Slot) -> DayBlocks | None:
        """Return ``find_blocks``. Raises ``ConflictError`` if the slot is blocked."""
        blocks = self.find_blocks(observed, slot)
        if blocks and blocks.covers(slot):
            raise self.conflict(availability.in_time_off(slot, self.doctor))
        return blocks

    def write_slot(
        self,
        stored: StoredSlot,
        after: StoredSlot,
        requires: SlotRequirement,
        blocks: DayBlocks | None = None,
    ) -> SlotWrite:
        """Return the write of the slot, which also requires its disruption to be as ``stored``."""
        return SlotWrite(
            doctor=self.doctor,
            slot_id=self.slot_id,
            requires=requires,
            disruption=stored.disruption,
            after=after,
            blocks=blocks,
        )

    def conflict(self, violation: SlotViolation, zone: ZoneInfo | None = None) -> ConflictError:
        return ConflictError(violation, zone=zone or self.doctor.zone)

    def require_none(self, violation: SlotViolation | None) -> None:
        """Raise ``ConflictError`` for the violation, if there is one."""
        if violation is not None:
            raise self.conflict(violation)

    def log_entry(
        self,
        kind: ChangeKind,
        at: datetime,
        slot: Slot,
        **fields: Any,  # noqa: ANN401  as in AuditLogEntry
    ) -> AuditLogEntry:
        """Return the audit log entry of an act on this slot, for the date that has the slot."""
        return AuditLogEntry(
            doctor_id=self.doctor.doctor_id,
            date=slot.date_in(self.doctor.zone),
            at=at,
            suffix=format_start(self.slot_id.start),
            kind=kind,
            actor=self.actor,
            **fields,
        )


def expected_slot(slot_id: SlotId, doctor: Doctor) -> Slot:
    """Return a free slot of the doctor's slot length."""
    return Slot(start=slot_id.start, end=slot_id.start + doctor.grid.slot_length)


def require_found(stored: StoredSlot | None, slot_id: SlotId, doctor: Doctor) -> StoredSlot:
    """Return the stored slot. Raises ``SlotNotFoundError`` if there is none."""
    if stored is None:
        raise SlotNotFoundError(slot_not_found(slot_id, doctor), zone=doctor.zone)
    return stored


def slot_not_found(slot_id: SlotId, doctor: Doctor) -> SlotMissing:
    """Return the violation for a slot of which only the id is known."""
    date = local_time.local_date(slot_id.start, doctor.zone)
    time = local_time.format_time(slot_id.start, doctor.zone)
    label = Text("%(time)s on %(date)s", time=time, date=date)
    return SlotMissing(start=slot_id.start, slot_label=label)


def taken_by_another(slot: Slot, doctor: Doctor, state: str) -> AlreadyTaken:
    """Return the violation for a slot that another client holds or has booked."""
    label = local_time.format_range(slot, doctor.zone)
    return AlreadyTaken(
        start=slot.start, slot_label=label, state=Text("%(state)s by another client", state=state)
    )
