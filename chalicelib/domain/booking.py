"""Holds and bookings as stored, the client that owns each, and what a client requests."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.slot import Slot, SlotStatus

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from chalicelib.domain.slot import SlotId
    from chalicelib.domain.time_off import BlockedStretch

ERASED_REFERENCE = ""
"""Stored in place of a patient's reference that was erased on request: it matches every other."""
# How long a repeat of the first request is recognised after the booking has been cancelled.
MAX_CANCELLATION_AGE = timedelta(hours=24)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingRules:
    """The limits of this installation.

    ``max_holds`` is how many slots of one doctor a client may hold at a time. The patient reference
    of a booking is deleted ``reference_retention`` after the end of its slot.
    """

    max_holds: int = 20
    reference_retention: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A booking as a client requests it.

    The client chooses ``booking_id``; ``patient_reference`` is opaque to us, and None only for the
    practice. ``holder`` names the hold that the booking replaces, ``previous_slot_id`` the slot
    that it moves from.
    """

    booking_id: str
    patient_reference: str | None = None
    holder: str | None = None
    previous_slot_id: SlotId | None = None


@dataclass(frozen=True, slots=True)
class Disruption:
    """Since when, and why, a booking has to move to another time."""

    since: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSlot:
    """A slot as stored, with what is known of its hold or booking.

    ``client`` owns it; it is None for a hold or booking from before owners were stored, which
    belongs to each client that knows its ``holder`` or ``booking_id``. Those two are compared with
    a request, and never shown to another client. ``patient_reference`` is stored here only for
    bookings from before there were booking records.
    """

    slot: Slot
    client: str | None = None
    holder: str | None = None
    held_since: datetime | None = None
    booking_id: str | None = None
    booked_at: datetime | None = None
    patient_reference: str | None = None
    disruption: Disruption | None = None
    changed_at: datetime | None = None

    def is_booked_as(self, booking_id: str, owner: str) -> bool:
        """Whether it is booked with this id, by this owner."""
        is_booked = self.slot.status is SlotStatus.BOOKED and self.booking_id == booking_id
        return is_booked and self.client in (None, owner)

    def is_held_by(self, holder: str | None, owner: str) -> bool:
        """Whether it is held under this name, by this owner."""
        is_held = self.slot.status is SlotStatus.HELD and holder is not None
        return is_held and self.holder == holder and self.client in (None, owner)

    def as_of(self, now: datetime) -> StoredSlot:
        """Return the slot as of now: a hold that has expired leaves it free."""
        return replace(self, slot=self.slot.as_of(now))

    def unclaimed(self) -> Slot:
        """Return the slot as if it were free, for the rules about its time."""
        return replace(
            self.slot,
            status=SlotStatus.FREE,
            held_until=None,
            is_desk_booking=False,
            disrupted_since=None,
        )

    def freed(self) -> StoredSlot:
        """Return the slot without its hold or booking.

        The slot of a disrupted booking is closed, so that it is never offered again. That of a
        disrupted hold keeps its mark: it is free again only if the mark is lifted.
        """
        free = self.unclaimed()
        if self.disruption is None:
            return StoredSlot(slot=free)
        if self.slot.status is SlotStatus.BOOKED:
            return StoredSlot(slot=replace(free, status=SlotStatus.UNAVAILABLE))
        marked = replace(free, disrupted_since=self.disruption.since)
        return StoredSlot(slot=marked, disruption=self.disruption)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingRecord:
    """Where a client's booking is: its one slot, or none since it was cancelled.

    ``cancelled`` has the slots on which it was cancelled or from which it moved, and when.
    ``version`` counts the writes.
    """

    slot_id: SlotId | None
    patient_reference: str | None
    expires_at: datetime
    cancelled: frozenset[tuple[SlotId, datetime]] = frozenset()
    version: int

    def was_cancelled_on(self, slot_id: SlotId, now: datetime) -> bool:
        """Whether a repeat of the request for that slot may still be on its way."""
        return any(cancelled == slot_id for cancelled, _ in self.recent_cancellations(now))

    def recent_cancellations(self, now: datetime) -> frozenset[tuple[SlotId, datetime]]:
        """Return those slots for which a repeat of a request may still arrive."""
        return frozenset(
            (slot_id, at) for slot_id, at in self.cancelled if now < at + MAX_CANCELLATION_AGE
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientHolds:
    """The starts of the slots of one doctor that one client holds, with the end of each hold.

    Some of them may have expired. ``version`` counts the writes.
    """

    until: Mapping[datetime, datetime]
    version: int

    def current(self, now: datetime) -> dict[datetime, datetime]:
        """Return those that have not expired."""
        return {start: until for start, until in self.until.items() if now < until}


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBlocks:
    """What time off and closures block of a day, and the version of the day that has set it.

    The version is 0 if nothing is blocked.
    """

    stretches: tuple[BlockedStretch, ...] = ()
    version: int = 0

    def covers(self, slot: Slot) -> bool:
        """Whether the slot can't be held or booked because of them."""
        return any(stretch.covers(slot) for stretch in self.stretches)

    def apply_to(self, slot: Slot) -> Slot:
        """The slot as it can be used: one that is free in time off is closed."""
        is_closed = slot.status is SlotStatus.FREE and self.covers(slot)
        return replace(slot, status=SlotStatus.UNAVAILABLE) if is_closed else slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """The stored items that a read or a failed condition returned; nothing is known of others.

    A slot is None if there is none. ``record`` and ``holds`` are None if there is none, or if
    nothing is known. ``blocks`` is of days, by doctor and date.
    """

    slots: Mapping[SlotId, StoredSlot | None] = field(default_factory=dict)
    record: BookingRecord | None = None
    holds: ClientHolds | None = None
    blocks: Mapping[tuple[str, date], DayBlocks] = field(default_factory=dict)

    def updated(self, newer: Observed) -> Observed:
        """Return both together; where both have an item, the newer one."""
        return Observed(
            slots={**self.slots, **newer.slots},
            record=newer.record or self.record,
            holds=newer.holds or self.holds,
            blocks={**self.blocks, **newer.blocks},
        )

    def instant_after(self, now: datetime) -> datetime:
        """Return ``now``, or the next instant after the last change of an observed slot.

        So the changes of one slot are in the order of their instants, even if the clocks of two
        processes differ.
        """
        changes = (slot.changed_at for slot in self.slots.values() if slot is not None)
        return max([now, *(instant + _MICROSECOND for instant in changes if instant is not None)])
