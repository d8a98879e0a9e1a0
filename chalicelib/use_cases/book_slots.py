"""Use cases of booking: get, hold, release, book, move and cancel a slot, by site or desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain import local_time
from chalicelib.domain.audit_log import Actor
from chalicelib.domain.booking_claim import BookingClaim
from chalicelib.domain.cancellations import Cancellation
from chalicelib.domain.errors import ConflictError, DoctorNotFoundError, RequestRejectedError
from chalicelib.domain.holds import HoldClaim, Release
from chalicelib.domain.moves import MoveClaim
from chalicelib.domain.permissions import PRACTICE
from chalicelib.domain.slot_operation import require_found
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation
from chalicelib.use_cases.retry import retry_on_conflict
from chalicelib.use_cases.slot_operations import (
    OperationFields,
    SlotOperationRunner,
    SlotWithDoctor,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from chalicelib.domain.booking import Booking, BookingRules
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.slot import SlotId
    from chalicelib.storage.booking_repository import BookingRepository
    from chalicelib.storage.doctor_cache import DoctorCache


class BookSlots:
    """Holds and bookings of booking sites, and bookings at the practice's desk.

    ``now`` returns the current time; ``pause`` waits before a further attempt (see ``attempts``).

    Every method raises ``SlotNotFoundError``, ``DoctorNotFoundError``, ``StoreUnavailableError``;
    those that write also ``PermissionDeniedError``, ``ConflictError``, ``OutcomeUnknownError``.
    """

    def __init__(
        self,
        bookings: BookingRepository,
        doctor_cache: DoctorCache,
        rules: BookingRules,
        now: Callable[[], datetime],
        pause: Callable[[int], None],
    ) -> None:
        self._bookings = bookings
        self._doctor_cache = doctor_cache
        self._rules = rules
        self._now = now
        self._pause = pause
        self._operations = SlotOperationRunner(bookings, now, pause)

    def get_slot(self, slot_id: SlotId) -> SlotWithDoctor:
        """Return the slot as of now: closed, if it would be free but is in time off."""
        doctor = self._doctor_cache.get(slot_id.doctor_id)
        now, on = self._now(), local_time.local_date(slot_id.start, doctor.zone)
        day_key = (doctor.doctor_id, on)
        observed = retry_on_conflict(
            lambda: self._bookings.read([slot_id], day_key=day_key), self._pause
        )
        stored = require_found(observed.slots[slot_id], slot_id, doctor)
        slot = observed.blocks[day_key].apply_to(stored.slot.as_of(now))
        return SlotWithDoctor(doctor=doctor, slot=slot)

    def hold(
        self, caller: Caller, slot_id: SlotId, holder: str, length: timedelta
    ) -> SlotWithDoctor:
        """Hold the slot for the holder; an existing hold of the same holder is renewed.

        Raises ``TooManyHoldsError`` too.
        """
        fields = self._operation_fields(caller, slot_id)
        caller.require_can_hold()
        return self._operations.run(HoldClaim(**fields, holder=holder, length=length))

    def release(self, caller: Caller, slot_id: SlotId, holder: str) -> None:
        """Release the holder's hold, if the slot is still held."""
        fields = self._operation_fields(caller, slot_id)
        caller.require_can_hold()
        self._operations.run(Release(**fields, holder=holder))

    def book(self, caller: Caller, slot_id: SlotId, booking: Booking) -> SlotWithDoctor:
        """Book the slot and, if the booking moves, free its former slot in the same transaction.

        Nothing changes if the slot already has that booking. Raises ``RequestRejectedError`` for a
        move from the slot to itself, and if a booking site names no patient reference.
        """
        fields = self._operation_fields(caller, slot_id)
        if booking.patient_reference is None and fields["owner"] != PRACTICE:
            raise RequestRejectedError(FieldViolation.required("patient_reference"))
        if booking.previous_slot_id is None:
            return self._operations.run(BookingClaim(**fields, booking=booking))
        caller.require_can_hold()
        if booking.previous_slot_id == slot_id:
            raise RequestRejectedError(
                FieldViolation(
                    "moves",
                    "invalid",
                    Text("A booking can't move to the slot it already has"),
                )
            )
        return self._operations.run(
            MoveClaim(
                **fields,
                booking=booking,
                former_slot_id=booking.previous_slot_id,
                former_doctor=self._former_doctor(booking.previous_slot_id),
            )
        )

    def cancel(self, caller: Caller, slot_id: SlotId, booking_id: str) -> None:
        """Cancel the booking, if the slot is still booked."""
        fields = self._operation_fields(caller, slot_id)
        self._operations.run(Cancellation(**fields, booking_id=booking_id))

    def _operation_fields(self, caller: Caller, slot_id: SlotId) -> OperationFields:
        """Return the slot's doctor and the owner. Raises ``PermissionDeniedError``."""
        doctor = self._doctor_cache.get(slot_id.doctor_id)
        owner = caller.require_owner(doctor)
        actor = Actor.of(caller, caller.acting_role(doctor))
        return {
            "doctor": doctor,
            "slot_id": slot_id,
            "owner": owner,
            "actor": actor,
            "rules": self._rules,
        }

    def _former_doctor(self, slot_id: SlotId) -> Doctor:
        """Return the doctor of the slot that a booking moves from. Raises ``ConflictError``."""
        try:
            return retry_on_conflict(lambda: self._doctor_cache.get(slot_id.doctor_id), self._pause)
        except DoctorNotFoundError as error:
            raise ConflictError(FieldViolation("moves", "slot_not_found", error.detail)) from None
