"""What an operation on holds and bookings writes, in one transaction: conditions and new values.

Each write has a requirement. Storage turns it into the condition of the write.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.slot import SlotStatus

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.domain.audit_log import AuditLogEntry
    from chalicelib.domain.booking import DayBlocks, Disruption, StoredSlot
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.slot import Slot, SlotId


@dataclass(frozen=True, slots=True, kw_only=True)
class Available:
    """The slot is free, its hold has expired, or ``holder`` of ``owner`` holds it."""

    end: datetime
    now: datetime
    owner: str
    holder: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBy:
    """``holder`` of ``owner`` holds the slot."""

    holder: str
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnexpiredHold(HeldBy):
    """... and the hold has not expired."""

    end: datetime
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldSince(HeldBy):
    """... since that instant, or for an unknown time."""

    end: datetime
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedAs:
    """The slot has this booking of ``owner``."""

    booking_id: str
    owner: str
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedFor(BookedAs):
    """... for this patient."""

    patient_reference: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AsOverridden:
    """The slot has exactly the hold or booking that was read; its owner may be unknown."""

    stored: StoredSlot


SlotRequirement = Available | HeldBy | BookedAs | AsOverridden


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotWrite:
    """Replaces the hold or booking of a slot that is as required, and has exactly this disruption.

    ``after`` with the status unavailable closes the slot: it is deleted. ``rebooked_to`` is where
    its booking moves. ``blocks`` is what is known to be blocked of the day, for a slot that has to
    be available.
    """

    doctor: Doctor
    slot_id: SlotId
    requires: SlotRequirement
    disruption: Disruption | None = None
    after: StoredSlot
    rebooked_to: SlotId | None = None
    blocks: DayBlocks | None = None

    @property
    def needs_open_day(self) -> bool:
        """Whether nothing else may be blocked of the day: the slot may only have been held."""
        return isinstance(self.requires, Available)

    @property
    def closes_slot(self) -> bool:
        """Whether the slot is deleted, because its booking was disrupted."""
        return self.after.slot.status is SlotStatus.UNAVAILABLE


@dataclass(frozen=True, slots=True)
class NoRecord:
    """The client has no booking with this id, and had none in the last time."""


@dataclass(frozen=True, slots=True)
class RecordAt:
    """The booking has this slot; or there is no record, as the booking is older than records."""

    slot_id: SlotId


@dataclass(frozen=True, slots=True)
class RecordFor(RecordAt):
    """... and this patient."""

    patient_reference: str | None


@dataclass(frozen=True, slots=True)
class RecordVersion:
    """The record is exactly as it was observed."""

    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordWrite:
    """Writes where a booking is.

    ``cancellations`` replace the stored ones, unless they are None; ``new_cancellation`` is added
    in any case. Both are slots that the booking has left, and when.
    """

    owner: str
    booking_id: str
    requires: NoRecord | RecordAt | RecordVersion
    slot_id: SlotId | None
    patient_reference: str | None
    expires_at: datetime
    cancellations: frozenset[tuple[SlotId, datetime]] | None = None
    new_cancellation: tuple[SlotId, datetime] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddHold:
    """Counts a hold, if the owner has fewer than ``limit`` or has this one already."""

    owner: str
    start: datetime
    until: datetime
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceHolds:
    """Counts exactly these holds and forgets the ``expired`` ones, if nothing has changed."""

    owner: str
    until: Mapping[datetime, datetime]
    expired: frozenset[datetime]
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveHold:
    """Counts a hold no longer."""

    owner: str
    start: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingWrites:
    """The writes of one operation; ``at`` is later than every earlier change of its slots.

    ``slot`` is the slot of the request as the operation leaves it. ``changes_disruptions`` if
    bookings are marked as disrupted or lose that mark: subscribers have to know.
    """

    at: datetime
    slot: Slot
    slots: tuple[SlotWrite, ...]
    record: RecordWrite | None = None
    holds: AddHold | ReplaceHolds | RemoveHold | None = None
    entries: tuple[AuditLogEntry, ...] = ()
    changes_disruptions: bool = False


@dataclass(frozen=True, slots=True)
class NothingToDo:
    """The slot already is as the request wants it."""

    slot: Slot
