"""Use cases of booking sites: get, hold, release, book, move and cancel a slot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.booking import (
    BookingClaim,
    Cancellation,
    HoldClaim,
    MoveClaim,
    Release,
    require_found,
)
from chalicelib.domain.errors import (
    ConflictError,
    DoctorNotFoundError,
    OutcomeUnknownError,
    RequestRejectedError,
    SlotStateMismatchError,
)
from chalicelib.domain.violations import FieldViolation
from chalicelib.use_cases.retry import attempts, busy_after_conflicts, retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from chalicelib.domain.booking import Booking, SlotOperation
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.slot import Slot, SlotId
    from chalicelib.storage.booking_repository import BookingRepository
    from chalicelib.storage.doctor_cache import DoctorCache


class SlotWithDoctor(Struct, frozen=True, kw_only=True):
    """A slot as of now, and its doctor; ``created`` if this request made the change."""

    doctor: Doctor
    slot: Slot
    created: bool = False


class BookSlots:
    """Holds and bookings of booking sites.

    ``now`` returns the current time; ``pause`` waits before a further attempt (see ``attempts``).

    Every method raises ``SlotNotFoundError``, ``DoctorNotFoundError``, ``StoreUnavailableError``;
    those that write also ``PermissionDeniedError``, ``ConflictError``, ``OutcomeUnknownError``.
    """

    def __init__(
        self,
        bookings: BookingRepository,
        doctor_cache: DoctorCache,
        now: Callable[[], datetime],
        pause: Callable[[int], None],
    ) -> None:
        self._bookings = bookings
        self._doctor_cache = doctor_cache
        self._now = now
        self._pause = pause

    def get_slot(self, slot_id: SlotId) -> SlotWithDoctor:
        """Return the slot as of now."""
        doctor = self._doctor_cache.get(slot_id.doctor_id)
        now = self._now()
        stored = retry_on_conflict(lambda: self._bookings.get(slot_id), self._pause)
        slot = require_found(stored, slot_id, doctor).slot
        return SlotWithDoctor(doctor=doctor, slot=slot.as_of(now))

    def hold(
        self, caller: Caller, slot_id: SlotId, holder: str, length: timedelta
    ) -> SlotWithDoctor:
        """Hold the slot for the holder; an existing hold of the same holder is renewed."""
        doctor = self._bookable_doctor(caller, slot_id)
        return self._apply(HoldClaim(doctor=doctor, slot_id=slot_id, holder=holder, length=length))

    def book(self, caller: Caller, slot_id: SlotId, booking: Booking) -> SlotWithDoctor:
        """Book the slot and, if the booking moves, free its previous slot in the same transaction.

        Nothing changes if the slot is already booked with that id. Raises ``RequestRejectedError``
        for a move from the slot to itself.
        """
        doctor = self._bookable_doctor(caller, slot_id)
        if booking.previous_slot_id is None:
            return self._apply(BookingClaim(doctor=doctor, slot_id=slot_id, booking=booking))
        if booking.previous_slot_id == slot_id:
            raise RequestRejectedError(
                FieldViolation(
                    "moves", "invalid", "A booking can't move to the slot it already has"
                )
            )
        cancellation = Cancellation(
            doctor=self._previous_doctor(booking.previous_slot_id),
            slot_id=booking.previous_slot_id,
            booking_id=booking.booking_id,
        )
        return self._apply(
            MoveClaim(doctor=doctor, slot_id=slot_id, booking=booking, cancellation=cancellation)
        )

    def release(self, caller: Caller, slot_id: SlotId, holder: str) -> None:
        """Release the holder's hold, if the slot is still held."""
        doctor = self._bookable_doctor(caller, slot_id)
        self._apply(Release(doctor=doctor, slot_id=slot_id, holder=holder))

    def cancel(self, caller: Caller, slot_id: SlotId, booking_id: str) -> None:
        """Cancel the booking, if the slot is still booked."""
        doctor = self._bookable_doctor(caller, slot_id)
        self._apply(Cancellation(doctor=doctor, slot_id=slot_id, booking_id=booking_id))

    def _bookable_doctor(self, caller: Caller, slot_id: SlotId) -> Doctor:
        """Return the slot's doctor. Raises ``PermissionDeniedError`` if the caller may not book."""
        doctor = self._doctor_cache.get(slot_id.doctor_id)
        caller.require_can_book()
        return doctor

    def _previous_doctor(self, slot_id: SlotId) -> Doctor:
        """Return the doctor of the slot that a booking moves from. Raises ``ConflictError``."""
        try:
            return retry_on_conflict(lambda: self._doctor_cache.get(slot_id.doctor_id), self._pause)
        except DoctorNotFoundError as error:
            raise ConflictError(FieldViolation("moves", "slot_not_found", str(error))) from None

    @busy_after_conflicts()
    def _apply(self, operation: SlotOperation) -> SlotWithDoctor:
        """Write without a read; if the stored slot is not as expected, decide again on it."""
        expected = operation.expected_slot()
        may_have_committed = False
        for attempt in attempts(self._pause):
            with attempt:
                now = self._now()
                try:
                    self._write(operation, expected, now)
                except SlotStateMismatchError as mismatch:
                    stored = operation.require_found(mismatch).as_of(now)
                    if operation.is_done(stored):
                        return SlotWithDoctor(
                            doctor=operation.doctor, slot=stored.slot, created=may_have_committed
                        )
                    expected = operation.resolve(stored, now)
                    raise
                except OutcomeUnknownError:
                    may_have_committed = True
                    raise
                after = operation.slot_after(expected, now)
                return SlotWithDoctor(doctor=operation.doctor, slot=after, created=True)
        raise AssertionError  # pragma: no cover  the last attempt returns or raises

    def _write(self, operation: SlotOperation, expected: Slot, now: datetime) -> None:
        """Write the operation; read the slot instead if the time alone makes it impossible.

        The read decides the response: the slot may not exist, or may already have this booking.
        Raises ``SlotStateMismatchError`` with the stored slot.
        """
        if not operation.is_possible(expected, now):
            raise SlotStateMismatchError(operation.slot_id, self._bookings.get(operation.slot_id))
        self._bookings.apply(operation, expected, now)
