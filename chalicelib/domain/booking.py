"""Holds and bookings: the stored state of a slot, and the operations on it as values.

Each operation is written before the slot is read (ADR 0008). Storage turns it into a conditional
write; if the condition fails, the operation decides what the stored slot means for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NoReturn

from chalicelib.domain import local_time
from chalicelib.domain.availability import is_bookable, reason_not_bookable
from chalicelib.domain.errors import ConflictError, SlotNotFoundError
from chalicelib.domain.slot import Slot, SlotStatus
from chalicelib.domain.violations import AlreadyTaken, SlotMissing

if TYPE_CHECKING:
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.errors import SlotStateMismatchError
    from chalicelib.domain.slot import SlotId

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A slot reserved for one holder until ``expires_at``, a whole second."""

    holder: str
    expires_at: datetime

    @classmethod
    def create(cls, length: timedelta, holder: str, *, now: datetime) -> Hold:
        """Return a hold of that length from now, with its end rounded up to a whole second."""
        end = now + length
        rounded_down = end.replace(microsecond=0)
        expires_at = rounded_down if rounded_down == end else rounded_down + _SECOND
        return cls(holder=holder, expires_at=expires_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A booking as a booking site requests it.

    The site chooses ``booking_id``; ``patient_reference`` is opaque to us. ``holder`` names the
    hold that the booking replaces, ``previous_slot_id`` the slot that it moves from.
    """

    booking_id: str
    patient_reference: str
    holder: str | None = None
    previous_slot_id: SlotId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSlot:
    """A slot as stored, with its ``holder`` while it is held and ``booking_id`` once it is booked.

    Both are compared with those of a request, and never shown to a client.
    """

    slot: Slot
    holder: str | None = None
    booking_id: str | None = None

    def is_booked_with(self, booking_id: str) -> bool:
        return self.slot.status is SlotStatus.BOOKED and self.booking_id == booking_id

    def as_of(self, now: datetime) -> StoredSlot:
        """Return the slot as of now: a hold that has expired leaves it free."""
        return replace(self, slot=self.slot.as_of(now))

    def slot_for(self, holder: str | None) -> Slot:
        """Return the slot as that holder may use it: their own hold counts as free."""
        if self.slot.status is SlotStatus.HELD and holder is not None and holder == self.holder:
            return replace(self.slot, status=SlotStatus.FREE, held_until=None)
        return self.slot


@dataclass(frozen=True, slots=True, kw_only=True)
class _SlotOperation:
    """A client's operation on one slot of a doctor."""

    doctor: Doctor
    slot_id: SlotId

    def expected_slot(self) -> Slot:
        """Return the slot that the first attempt expects: free, of the doctor's slot length."""
        start = self.slot_id.start
        return Slot(start=start, end=start + self.doctor.grid.slot_length)

    def require_found(self, mismatch: SlotStateMismatchError) -> StoredSlot:
        """Return the stored slot. Raises ``SlotNotFoundError`` if there is none."""
        return require_found(mismatch.stored, self.slot_id, self.doctor)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim(_SlotOperation):
    """An operation that needs a bookable slot."""

    def is_possible(self, slot: Slot, now: datetime) -> bool:
        return is_bookable(slot, self.doctor, now=now)

    def _require_bookable(self, slot: Slot, now: datetime) -> Slot:
        if violation := reason_not_bookable(slot, self.doctor, now=now):
            raise ConflictError(violation, zone=self.doctor.zone)
        return slot


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldClaim(_Claim):
    """Hold a slot for a holder; an existing hold of the same holder is renewed."""

    holder: str
    length: timedelta

    def create_hold(self, now: datetime) -> Hold:
        return Hold.create(self.length, self.holder, now=now)

    def slot_after(self, slot: Slot, now: datetime) -> Slot:
        """Return the slot as the operation leaves it."""
        return replace(slot, status=SlotStatus.HELD, held_until=self.create_hold(now).expires_at)

    def is_done(self, _stored: StoredSlot) -> bool:
        """Return False: each request renews the hold."""
        return False

    def resolve(self, stored: StoredSlot, now: datetime) -> Slot:
        """Return the slot to expect next. Raises ``ConflictError`` if it cannot be held."""
        return self._require_bookable(stored.slot_for(self.holder), now)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingClaim(_Claim):
    """Book a slot that is free, or held by the booking's holder."""

    booking: Booking

    def slot_after(self, slot: Slot, _now: datetime) -> Slot:
        """Return the slot as the operation leaves it."""
        return replace(slot, status=SlotStatus.BOOKED)

    def is_done(self, stored: StoredSlot) -> bool:
        """Return whether the slot is already booked with this id."""
        return stored.is_booked_with(self.booking.booking_id)

    def resolve(self, stored: StoredSlot, now: datetime) -> Slot:
        """Return the slot to expect next. Raises ``ConflictError`` if it cannot be booked."""
        return self._require_bookable(stored.slot_for(self.booking.holder), now)


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReleaseOperation(_SlotOperation):
    """An operation that frees a slot, at any time."""

    def is_possible(self, _slot: Slot, _now: datetime) -> bool:
        return True

    def slot_after(self, slot: Slot, _now: datetime) -> Slot:
        """Return the slot as the operation leaves it."""
        return replace(slot, status=SlotStatus.FREE, held_until=None)

    def _already_taken(self, slot: Slot, state: str) -> ConflictError:
        label = local_time.format_range(slot, self.doctor.zone)
        violation = AlreadyTaken(start=slot.start, slot_label=label, state=state)
        return ConflictError(violation, zone=self.doctor.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(_ReleaseOperation):
    """Free a slot that the holder holds."""

    holder: str

    def is_done(self, stored: StoredSlot) -> bool:
        """Return whether the slot is not held, by this holder or another."""
        return stored.slot.status is not SlotStatus.HELD

    def resolve(self, stored: StoredSlot, _now: datetime) -> NoReturn:
        """Raise ``ConflictError``: another client holds the slot."""
        raise self._already_taken(stored.slot, "held by another client")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation(_ReleaseOperation):
    """Free a slot that is booked with that id."""

    booking_id: str

    def is_done(self, stored: StoredSlot) -> bool:
        """Return whether the slot is not booked, with this id or another."""
        return stored.slot.status is not SlotStatus.BOOKED

    def resolve(self, stored: StoredSlot, _now: datetime) -> NoReturn:
        """Raise ``ConflictError``: the slot is booked with another id."""
        raise self.conflict(stored)

    def conflict(self, stored: StoredSlot) -> ConflictError:
        return self._already_taken(stored.slot, "booked by another client")


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveClaim(BookingClaim):
    """Book a slot and, in the same transaction, cancel the booking of the previous one."""

    cancellation: Cancellation

    def require_found(self, mismatch: SlotStateMismatchError) -> StoredSlot:
        """Return the stored slot to book.

        Raises ``ConflictError`` if the previous slot does not have the booking.
        """
        if mismatch.slot_id == self.slot_id:
            return require_found(mismatch.stored, self.slot_id, self.doctor)
        previous = self.cancellation
        if mismatch.stored is not None and not previous.is_done(mismatch.stored):
            raise previous.conflict(mismatch.stored)
        missing = slot_not_found(previous.slot_id, previous.doctor)
        raise ConflictError(missing, zone=previous.doctor.zone)


SlotOperation = HoldClaim | BookingClaim | MoveClaim | Release | Cancellation


def require_found(stored: StoredSlot | None, slot_id: SlotId, doctor: Doctor) -> StoredSlot:
    """Return the stored slot. Raises ``SlotNotFoundError`` if there is none."""
    if stored is None:
        raise SlotNotFoundError(slot_not_found(slot_id, doctor), zone=doctor.zone)
    return stored


def slot_not_found(slot_id: SlotId, doctor: Doctor) -> SlotMissing:
    """Return the violation for a slot of which only the id is known."""
    date = local_time.local_date(slot_id.start, doctor.zone)
    label = f"{local_time.format_time(slot_id.start, doctor.zone)} on {date}"
    return SlotMissing(start=slot_id.start, slot_label=label)
