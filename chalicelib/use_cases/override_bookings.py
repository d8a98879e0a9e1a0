"""Use cases of the doctor's side and admins: overrides, each on record, and a list of bookings."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.audit_log import Actor
from chalicelib.domain.errors import SlotNotFoundError
from chalicelib.domain.local_time import MAX_ZONE_SHIFT, to_utc
from chalicelib.domain.overrides import (
    DisruptionLift,
    DisruptionOverride,
    ReleaseOverride,
    Revocation,
)
from chalicelib.domain.permissions import PRACTICE
from chalicelib.domain.slot import SlotId
from chalicelib.use_cases.retry import retry_on_conflict
from chalicelib.use_cases.slot_operations import (
    OperationFields,
    SlotOperationRunner,
    SlotWithDoctor,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from chalicelib.domain.booking import BookingRules, StoredSlot
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.storage.booking_repository import BookingRepository
    from chalicelib.storage.doctor_cache import DoctorCache

_ONE_DAY = timedelta(days=1)


class BookingQuery(Struct, frozen=True, kw_only=True):
    """Dates of a doctor, both included; only disrupted bookings or only others, unless None."""

    doctor_id: str
    first: date
    last: date
    is_disrupted: bool | None = None


class BookingList(Struct, frozen=True, kw_only=True):
    """Bookings in time order; ``shows_booking_ids`` if the caller's client owns all of them."""

    doctor: Doctor
    bookings: tuple[StoredSlot, ...]
    shows_booking_ids: bool


class OverrideBookings:
    """Acts of the doctor's side and of admins on the holds and bookings of any client.

    Every method raises ``DoctorNotFoundError``, ``PermissionDeniedError``,
    ``StoreUnavailableError``; those that write also ``SlotNotFoundError``, ``ConflictError``,
    ``OutcomeUnknownError``.
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

    def release(self, caller: Caller, slot_id: SlotId, reason: str) -> SlotWithDoctor:
        """End the hold of any client; nothing changes if the slot is not held."""
        fields = self._operation_fields(caller, slot_id)
        return self._operations.run(ReleaseOverride(**fields, reason=reason))

    def disrupt(self, caller: Caller, slot_id: SlotId, reason: str) -> SlotWithDoctor:
        """Mark the booking of any client as one that has to move; a mark stays as it is."""
        fields = self._operation_fields(caller, slot_id)
        return self._operations.run(DisruptionOverride(**fields, reason=reason))

    def lift_disruption(self, caller: Caller, slot_id: SlotId) -> SlotWithDoctor:
        """Remove the mark of a booking, which can stay then; nothing changes if it has none."""
        return self._operations.run(DisruptionLift(**self._operation_fields(caller, slot_id)))

    def revoke(self, caller: Caller, slot_id: SlotId, reason: str) -> SlotWithDoctor:
        """Remove the booking of any client, as an admin; nothing changes if there is none."""
        fields = self._operation_fields(caller, slot_id)
        caller.require_admin()
        return self._operations.run(Revocation(**fields, reason=reason))

    def release_holds(self, caller: Caller, doctor_id: str, client: str) -> int:
        """End all holds of a client on slots of the doctor, as an admin; return their number.

        Each is a transaction of its own. After an error, the same request ends the others.
        """
        self._doctor_cache.get(doctor_id)
        caller.require_admin()
        holds = retry_on_conflict(lambda: self._bookings.get_holds(doctor_id, client), self._pause)
        starts = sorted(holds.current(self._now())) if holds else []
        return sum(self._release_hold(caller, SlotId(doctor_id, start), client) for start in starts)

    def _release_hold(self, caller: Caller, slot_id: SlotId, client: str) -> bool:
        """End the client's hold of a slot; return whether there was one."""
        fields = self._operation_fields(caller, slot_id)
        try:
            return self._operations.run(ReleaseOverride(**fields, client=client)).created
        except SlotNotFoundError:
            return False

    def _operation_fields(self, caller: Caller, slot_id: SlotId) -> OperationFields:
        """Return the slot's doctor and the caller's role. Raises ``PermissionDeniedError``."""
        doctor = self._doctor_cache.get(slot_id.doctor_id)
        return {
            "doctor": doctor,
            "slot_id": slot_id,
            "owner": PRACTICE,
            "actor": Actor.of(caller, caller.require_role_for(doctor)),
            "rules": self._rules,
        }

    def list_bookings(self, caller: Caller, query: BookingQuery) -> BookingList:
        """Return the bookings of a doctor on those dates: all, or a booking site's own ones."""
        doctor = self._doctor_cache.get(query.doctor_id)
        is_practice = caller.require_owner(doctor) == PRACTICE
        found = retry_on_conflict(lambda: self._stored_bookings(doctor, query), self._pause)
        return BookingList(
            doctor=doctor,
            bookings=tuple(
                stored
                for stored in found
                if (is_practice or stored.client == caller.client)
                and query.is_disrupted in (None, stored.slot.is_disrupted)
            ),
            shows_booking_ids=not is_practice,
        )

    def _stored_bookings(self, doctor: Doctor, query: BookingQuery) -> list[StoredSlot]:
        # New time zone data may have moved the local time of stored slots across midnight.
        first = to_utc(query.first, timedelta(0), doctor.zone) - MAX_ZONE_SHIFT
        last = to_utc(query.last, _ONE_DAY, doctor.zone) + MAX_ZONE_SHIFT
        found = self._bookings.list_booked(doctor.doctor_id, first, last)
        return [
            stored
            for stored in found
            if query.first <= stored.slot.date_in(doctor.zone) <= query.last
        ]
