"""A patient's side: looking at a slot, holding, booking, moving and cancelling it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from chalicelib.domain import wall_time
from chalicelib.domain.claims import Hold
from chalicelib.domain.errors import (
    Busy,
    Conflict,
    DoctorNotFound,
    LostRace,
    Refused,
    SlotDiffers,
)
from chalicelib.domain.faults import AlreadyTaken, FieldFault
from chalicelib.domain.slot import SlotStatus
from chalicelib.use_cases.attempts import until_settled
from chalicelib.use_cases.taking import DoctorsSlot, Taking, existing, not_there

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from chalicelib.domain.caller import Caller
    from chalicelib.domain.claims import Booking
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.slot import Slot
    from chalicelib.domain.slot_id import SlotId
    from chalicelib.storage.bookings import BookingRepository
    from chalicelib.storage.recent_doctors import DoctorCache

T = TypeVar("T")


class BookSlots:
    """``now`` tells the time; ``pause`` waits before another attempt (see ``until_settled``).

    Every deed raises ``SlotUnknown``, ``DoctorNotFound``, ``Unavailable``, and those that write
    ``NotAllowed``, ``Conflict`` and ``OutcomeUnknown`` besides.
    """

    def __init__(
        self,
        bookings: BookingRepository,
        recent: DoctorCache,
        now: Callable[[], datetime],
        pause: Callable[[int], None],
    ) -> None:
        """Nothing is read before somebody asks."""
        self._bookings = bookings
        self._recent = recent
        self._now = now
        self._pause = pause

    def look_at(self, slot_id: SlotId) -> DoctorsSlot:
        """The slot as it stands now."""
        doctor = self._recent.get(slot_id.doctor_id)
        now = self._now()
        found = self._settled(lambda: self._bookings.get(doctor, slot_id.start))
        slot = existing(found, slot_id, doctor).slot
        return DoctorsSlot(doctor=doctor, slot=slot.at(now))

    def hold(self, caller: Caller, slot_id: SlotId, holder: str, length: timedelta) -> DoctorsSlot:
        """Keep the slot for the holder from now on; a hold of the same holder begins anew."""
        doctor = self._recent.get(slot_id.doctor_id)
        caller.require_may_book()

        def write(slot: Slot, now: datetime) -> Slot:
            hold = Hold.lasting(length, holder, now=now)
            self._bookings.hold(doctor, slot, hold, now=now)
            return replace(slot, status=SlotStatus.HELD, held_until=hold.until)

        taking = Taking(
            doctor=doctor,
            slot_id=slot_id,
            holder=holder,
            now=self._now,
            find=lambda: self._bookings.get(doctor, slot_id.start),
            write=write,
        )
        return self._settled(taking.attempt)

    def book(self, caller: Caller, slot_id: SlotId, booking: Booking) -> DoctorsSlot:
        """Book the slot, and free in the same instant the one that the booking moves, if any.

        Where the slot is booked as that already, nothing changes. Raises ``Refused`` for a move
        to the slot itself.
        """
        doctor = self._recent.get(slot_id.doctor_id)
        caller.require_may_book()
        if booking.moves == slot_id:
            raise Refused(FieldFault("moves", "invalid", "A booking cannot move to where it is"))

        def write(slot: Slot, now: datetime) -> Slot:
            if booking.moves is None:
                self._bookings.book(doctor, slot, booking, now=now)
            else:
                self._move(doctor, slot, booking, booking.moves, now)
            return replace(slot, status=SlotStatus.BOOKED)

        taking = Taking(
            doctor=doctor,
            slot_id=slot_id,
            holder=booking.holder,
            booking_id=booking.booking_id,
            now=self._now,
            find=lambda: self._bookings.get(doctor, slot_id.start),
            write=write,
        )
        return self._settled(taking.attempt)

    def release(self, caller: Caller, slot_id: SlotId, holder: str) -> None:
        """Let the holder's hold go, if it is still there."""
        doctor = self._recent.get(slot_id.doctor_id)
        caller.require_may_book()

        def attempt() -> None:
            now = self._now()
            try:
                self._bookings.release(doctor, slot_id.start, holder)
            except SlotDiffers as differs:
                slot = existing(differs.found, slot_id, doctor).slot.at(now)
                if slot.status is SlotStatus.HELD:
                    raise _taken(slot, doctor, "held by somebody else") from None

        self._settled(attempt)

    def cancel(self, caller: Caller, slot_id: SlotId, booking_id: str) -> None:
        """Free the slot, if it is still booked as that."""
        doctor = self._recent.get(slot_id.doctor_id)
        caller.require_may_book()

        def attempt() -> None:
            try:
                self._bookings.cancel(doctor, slot_id.start, booking_id)
            except SlotDiffers as differs:
                slot = existing(differs.found, slot_id, doctor).slot
                if slot.status is SlotStatus.BOOKED:
                    raise _taken(slot, doctor, "booked by somebody else") from None

        self._settled(attempt)

    def _move(
        self, doctor: Doctor, slot: Slot, booking: Booking, old_id: SlotId, now: datetime
    ) -> None:
        """Raise ``Conflict`` where the old slot is not there, or not of that booking."""
        try:
            old = self._recent.get(old_id.doctor_id)
        except DoctorNotFound as error:
            raise Conflict(FieldFault("moves", "slot_not_found", str(error))) from None
        try:
            self._bookings.move(doctor, slot, booking, now=now, previous_doctor=old)
        except SlotDiffers as differs:
            if differs.slot_id != old_id:
                raise
            found = differs.found
            if found is not None and found.slot.status is SlotStatus.BOOKED:
                raise _taken(found.slot, old, "booked by somebody else") from None
            raise Conflict(not_there(old_id, old), zone=old.zone) from None

    def _settled(self, attempt: Callable[[], T]) -> T:
        try:
            return until_settled(attempt, self._pause)
        except LostRace as lost:
            raise Busy from lost


def _taken(slot: Slot, doctor: Doctor, taken: str) -> Conflict:
    called = wall_time.called(slot, doctor.zone)
    return Conflict(AlreadyTaken(start=slot.start, called=called, taken=taken), zone=doctor.zone)
