"""A simple model of holds and bookings: each operation returns the code of its rejection, or None.

It has no storage and no concurrency, and is written without the app's code.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.support.factories import to_instant

if TYPE_CHECKING:
    from chalicelib.domain.booking import Booking

MAX_HOLDS = 2
_MAX_HOLD_AGE = timedelta(minutes=30)
_MINUTE = timedelta(minutes=1)
Place = tuple[int, datetime]


@dataclass
class ModelSlot:
    """A slot of the model, with its hold or booking."""

    end: datetime
    owner: str | None = None
    holder: str | None = None
    held_since: datetime | None = None
    held_until: datetime | None = None
    booking_id: str | None = None
    is_disrupted: bool = False

    def is_held(self, now: datetime) -> bool:
        return self.held_until is not None and now < self.held_until

    def is_taken(self, now: datetime) -> bool:
        return self.booking_id is not None or self.is_held(now)

    def is_held_by(self, owner: str, holder: str | None, now: datetime) -> bool:
        return self.is_held(now) and (self.owner, self.holder) == (owner, holder)

    def is_booked_as(self, owner: str, booking_id: str) -> bool:
        return (self.owner, self.booking_id) == (owner, booking_id)

    def free(self) -> None:
        """Remove the hold or the booking."""
        self.owner = self.holder = self.held_since = self.held_until = self.booking_id = None
        self.is_disrupted = False


@dataclass
class ModelDay:
    """The model of one doctor's Monday, with a session from 9:00 to 11:00."""

    minutes: int = 30
    slots: dict[datetime, ModelSlot] = field(default_factory=dict)

    def grid_start(self, index: int) -> datetime:
        return to_instant("09:00") + index * self.minutes * _MINUTE

    def is_on_grid(self, start: datetime) -> bool:
        return start + self.minutes * _MINUTE <= to_instant("11:00")


@dataclass
class ModelRecord:
    """Where a booking is, for whom, and when it left which slot by a cancellation or move."""

    place: Place | None = None
    reference: str | None = None
    cancelled: dict[Place, datetime] = field(default_factory=dict)


@dataclass
class BookingModel:
    """The holds and bookings of all owners with two doctors, at an instant."""

    days: list[ModelDay]
    now: datetime
    records: dict[tuple[str, str], ModelRecord] = field(default_factory=dict)

    def _slot(self, place: Place) -> ModelSlot | None:
        doctor, start = place
        return self.days[doctor].slots.get(start)

    def _record(self, owner: str, booking_id: str) -> ModelRecord:
        return self.records.setdefault((owner, booking_id), ModelRecord())

    def _reason_unavailable(
        self, place: Place, slot: ModelSlot, owner: str, holder: str | None
    ) -> str | None:
        if slot.is_taken(self.now) and not slot.is_held_by(owner, holder, self.now):
            return "slot_taken"
        return "in_past" if place[1] <= self.now else None

    def save(self, doctor: int, opened: set[datetime], closed: set[datetime]) -> bool:
        """Open and close slots of a doctor; return False, and change nothing, if rejected."""
        day = self.days[doctor]
        taken = {start for start, slot in day.slots.items() if slot.is_taken(self.now)}
        new = {start: ModelSlot(end=start + day.minutes * _MINUTE) for start in opened}
        remaining = {start: slot for start, slot in day.slots.items() if start not in closed}
        intervals = sorted((start, slot.end) for start, slot in [*remaining.items(), *new.items()])
        is_valid = (
            bool(opened or closed)
            and all(start > self.now for start in opened | closed)
            and closed <= day.slots.keys() - taken
            and all(start not in day.slots and day.is_on_grid(start) for start in opened)
            and all(earlier[1] <= later[0] for earlier, later in pairwise(intervals))
        )
        if is_valid:
            day.slots = remaining | new
        return is_valid

    def hold(
        self, doctor: int, start: datetime, owner: str, holder: str, length: timedelta
    ) -> str | None:
        """Hold a slot, or renew the hold."""
        place = (doctor, start)
        slot = self._slot(place)
        if slot is None:
            return "slot_not_found"
        if code := self._reason_unavailable(place, slot, owner, holder):
            return code
        others = [
            other
            for other in self.days[doctor].slots.values()
            if other is not slot and other.owner == owner and other.is_held(self.now)
        ]
        if len(others) >= MAX_HOLDS:
            return "too_many_holds"
        is_renewal = slot.is_held_by(owner, holder, self.now)
        since = slot.held_since if is_renewal and slot.held_since else self.now
        slot.owner, slot.holder, slot.held_since = owner, holder, since
        slot.held_until = min(self.now + length, since + _MAX_HOLD_AGE, start)
        return None

    def release(self, doctor: int, start: datetime, owner: str, holder: str) -> str | None:
        """End the hold of this owner and holder."""
        slot = self._slot((doctor, start))
        if slot is None:
            return "slot_not_found"
        is_own = slot.holder is not None and (slot.owner, slot.holder) == (owner, holder)
        if slot.is_held(self.now) and not is_own:
            return "slot_taken"
        if is_own:
            slot.free()
        return None

    def book(self, doctor: int, start: datetime, owner: str, booking: Booking) -> str | None:
        """Book a slot."""
        place = (doctor, start)
        slot = self._slot(place)
        record = self._record(owner, booking.booking_id)
        if slot is None:
            return "slot_not_found"
        if slot.is_booked_as(owner, booking.booking_id):
            return None if record.reference == booking.patient_reference else "booking_differs"
        if record.place is not None:
            return "booked_elsewhere"
        marked_at = record.cancelled.get(place)
        if marked_at is not None and self.now < marked_at + timedelta(hours=24):
            return "cancelled"
        if code := self._reason_unavailable(place, slot, owner, booking.holder):
            return code
        self._take(place, slot, owner, booking)
        return None

    def _take(self, place: Place, slot: ModelSlot, owner: str, booking: Booking) -> None:
        slot.free()
        slot.owner, slot.booking_id = owner, booking.booking_id
        record = self._record(owner, booking.booking_id)
        record.place, record.reference = place, booking.patient_reference

    def move(self, new: Place, old: Place, owner: str, booking: Booking) -> str | None:
        """Move a booking."""
        if new == old:
            return "invalid"
        slot = self._slot(new)
        record = self._record(owner, booking.booking_id)
        if slot is None:
            return "slot_not_found"
        if slot.is_booked_as(owner, booking.booking_id):
            return None if record.reference == booking.patient_reference else "booking_differs"
        code = self._reason_to_stay(old, owner, booking) or self._reason_unavailable(
            new, slot, owner, booking.holder
        )
        if code is None:
            former = self._slot(old)
            assert former
            self._vacate(old, former)
            record.cancelled[old] = self.now
            self._take(new, slot, owner, booking)
        return code

    def _reason_to_stay(self, old: Place, owner: str, booking: Booking) -> str | None:
        """Return why a booking cannot leave a slot."""
        former, record = self._slot(old), self._record(owner, booking.booking_id)
        if record.place not in (None, old):
            return "booked_elsewhere"
        if former is None or former.booking_id is None:
            return "slot_not_found"
        if not former.is_booked_as(owner, booking.booking_id):
            return "slot_taken"
        if record.reference != booking.patient_reference:
            return "booking_differs"
        return "in_past" if old[1] <= self.now else None

    def cancel(self, doctor: int, start: datetime, owner: str, booking_id: str) -> str | None:
        """Cancel a booking of this owner."""
        place = (doctor, start)
        slot = self._slot(place)
        if slot is None:
            marked_at = self._record(owner, booking_id).cancelled.get(place)
            is_repeat = marked_at is not None and self.now < marked_at + timedelta(hours=24)
            return None if is_repeat else "slot_not_found"
        if slot.booking_id is None:
            return None
        if not slot.is_booked_as(owner, booking_id):
            return "slot_taken"
        return self._free_booking((doctor, start), slot)

    def _free_booking(self, place: Place, slot: ModelSlot) -> str | None:
        if place[1] <= self.now:
            return "in_past"
        assert slot.owner
        assert slot.booking_id
        record = self._record(slot.owner, slot.booking_id)
        record.place = record.reference = None
        record.cancelled[place] = self.now
        self._vacate(place, slot)
        return None

    def _vacate(self, place: Place, slot: ModelSlot) -> None:
        """Free the slot of a booking that leaves it; one that was disrupted is closed."""
        if slot.is_disrupted:
            del self.days[place[0]].slots[place[1]]
        else:
            slot.free()

    def override(self, doctor: int, start: datetime, act: str) -> str | None:
        """Release, disrupt or revoke the hold or booking of any owner."""
        slot = self._slot((doctor, start))
        if slot is None:
            return "slot_not_found"
        if act == "release":
            if slot.is_held(self.now):
                slot.free()
            return None
        if slot.booking_id is None:
            return "not_booked" if act == "disrupt" else None
        if act == "revoke":
            return self._free_booking((doctor, start), slot)
        if not slot.is_disrupted and start <= self.now:
            return "in_past"
        slot.is_disrupted = True
        return None

    def release_holds(self, doctor: int, owner: str) -> int:
        """End all holds of an owner; return their number."""
        held = [
            slot
            for slot in self.days[doctor].slots.values()
            if slot.owner == owner and slot.is_held(self.now)
        ]
        for slot in held:
            slot.free()
        return len(held)
