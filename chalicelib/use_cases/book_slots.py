"""A patient's side: looking at a slot, holding, booking, moving and cancelling it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from chalicelib.domain import local_time
from chalicelib.domain.booking import Hold
from chalicelib.domain.errors import (
    ConcurrentModificationError,
    ConflictError,
    DoctorNotFoundError,
    RequestRejectedError,
    SlotStateMismatchError,
    StoreBusyError,
)
from chalicelib.domain.slot import SlotStatus
from chalicelib.domain.violations import AlreadyTaken, FieldViolation
from chalicelib.use_cases.optimistic_claim import (
    OptimisticClaim,
    SlotView,
    require_found,
    slot_not_found,
)
from chalicelib.use_cases.retry import retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from chalicelib.domain.booking import Booking
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.slot import Slot, SlotId
    from chalicelib.storage.booking_repository import BookingRepository
    from chalicelib.storage.doctor_cache import DoctorCache

T = TypeVar("T")


class BookSlots:
    """``now`` tells the time; ``pause`` waits before another attempt (see ``until_settled``).

    Every deed raises ``SlotUnknown``, ``DoctorNotFound``, ``Unavailable``, and those that write
    ``NotAllowed``, ``Conflict`` and ``OutcomeUnknown`` besides.
    """

    def __init__(
        self,
        bookings: BookingRepository,
        doctor_cache: DoctorCache,
        now: Callable[[], datetime],
        pause: Callable[[int], None],
    ) -> None:
        """Nothing is read before somebody asks."""
        self._bookings = bookings
        self._doctor_cache = doctor_cache
        self._now = now
        self._pause = pause

    def get_slot(self, slot_id: SlotId) -> SlotView:
        """The slot as it stands now."""
        doctor = self._doctor_cache.get(slot_id.doctor_id)
        now = self._now()
        found = self._with_retries(lambda: self._bookings.get(doctor, slot_id.start))
        slot = require_found(found, slot_id, doctor).slot
        return SlotView(doctor=doctor, slot=slot.as_of(now))

    def hold(self, caller: Caller, slot_id: SlotId, holder: str, length: timedelta) -> SlotView:
        """Keep the slot for the holder from now on; a hold of the same holder begins anew."""
        doctor = self._doctor_cache.get(slot_id.doctor_id)
        caller.require_can_book()

        def write(slot: Slot, now: datetime) -> Slot:
            hold = Hold.create(length, holder, now=now)
            self._bookings.hold(doctor, slot, hold, now=now)
            return replace(slot, status=SlotStatus.HELD, held_until=hold.expires_at)

        taking = OptimisticClaim(
            doctor=doctor,
            slot_id=slot_id,
            holder=holder,
            now=self._now,
            fetch=lambda: self._bookings.get(doctor, slot_id.start),
            commit=write,
        )
        return self._with_retries(taking.attempt)

    def book(self, caller: Caller, slot_id: SlotId, booking: Booking) -> SlotView:
        """Book the slot, and free in the same instant the one that the booking moves, if any.

        Where the slot is booked as that already, nothing changes. Raises ``Refused`` for a move
        to the slot itself.
        """
        doctor = self._doctor_cache.get(slot_id.doctor_id)
        caller.require_can_book()
        if booking.previous_slot_id == slot_id:
            raise RequestRejectedError(
                FieldViolation(
                    "moves", "invalid", "A booking can't move to the slot it already has"
                )
            )

        def write(slot: Slot, now: datetime) -> Slot:
            if booking.previous_slot_id is None:
                self._bookings.book(doctor, slot, booking, now=now)
            else:
                self._move(doctor, slot, booking, booking.previous_slot_id, now)
            return replace(slot, status=SlotStatus.BOOKED)

        taking = OptimisticClaim(
            doctor=doctor,
            slot_id=slot_id,
            holder=booking.holder,
            booking_id=booking.booking_id,
            now=self._now,
            fetch=lambda: self._bookings.get(doctor, slot_id.start),
            commit=write,
        )
        return self._with_retries(taking.attempt)

    def release(self, caller: Caller, slot_id: SlotId, holder: str) -> None:
        """Let the holder's hold go, if it is still there."""
        doctor = self._doctor_cache.get(slot_id.doctor_id)
        caller.require_can_book()

        def attempt() -> None:
            now = self._now()
            try:
                self._bookings.release(doctor, slot_id.start, holder)
            except SlotStateMismatchError as differs:
                slot = require_found(differs.stored, slot_id, doctor).slot.as_of(now)
                if slot.status is SlotStatus.HELD:
                    raise _already_taken_error(slot, doctor, "held by another client") from None

        self._with_retries(attempt)

    def cancel(self, caller: Caller, slot_id: SlotId, booking_id: str) -> None:
        """Free the slot, if it is still booked as that."""
        doctor = self._doctor_cache.get(slot_id.doctor_id)
        caller.require_can_book()

        def attempt() -> None:
            try:
                self._bookings.cancel(doctor, slot_id.start, booking_id)
            except SlotStateMismatchError as differs:
                slot = require_found(differs.stored, slot_id, doctor).slot
                if slot.status is SlotStatus.BOOKED:
                    raise _already_taken_error(slot, doctor, "booked by another client") from None

        self._with_retries(attempt)

    def _move(
        self, doctor: Doctor, slot: Slot, booking: Booking, previous_slot_id: SlotId, now: datetime
    ) -> None:
        """Raise ``Conflict`` where the old slot is not there, or not of that booking."""
        try:
            old = self._doctor_cache.get(previous_slot_id.doctor_id)
        except DoctorNotFoundError as error:
            raise ConflictError(FieldViolation("moves", "slot_not_found", str(error))) from None
        try:
            self._bookings.move(doctor, slot, booking, now=now, previous_doctor=old)
        except SlotStateMismatchError as differs:
            if differs.slot_id != previous_slot_id:
                raise
            found = differs.stored
            if found is not None and found.slot.status is SlotStatus.BOOKED:
                raise _already_taken_error(found.slot, old, "booked by another client") from None
            raise ConflictError(slot_not_found(previous_slot_id, old), zone=old.zone) from None

    def _with_retries(self, attempt: Callable[[], T]) -> T:
        try:
            return retry_on_conflict(attempt, self._pause)
        except ConcurrentModificationError as lost:
            raise StoreBusyError from lost


def _already_taken_error(slot: Slot, doctor: Doctor, state: str) -> ConflictError:
    called = local_time.format_range(slot, doctor.zone)
    return ConflictError(
        AlreadyTaken(start=slot.start, slot_label=called, state=state), zone=doctor.zone
    )
