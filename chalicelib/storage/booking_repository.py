"""What patients do to a slot: one transaction each, without a read before it."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

from msgspec import Struct
from pynamodb.exceptions import DoesNotExist

from chalicelib.domain.errors import DayModifiedError, SlotStateMismatchError
from chalicelib.domain.local_time import local_date
from chalicelib.domain.slot import SlotId, SlotStatus
from chalicelib.storage import keys
from chalicelib.storage.errors import translate_read_errors
from chalicelib.storage.mapping import format_timestamp, slot_from_item
from chalicelib.storage.models import DayItem, SlotItem
from chalicelib.storage.transaction import Transaction

if TYPE_CHECKING:
    from datetime import datetime

    from pynamodb.expressions.condition import Condition
    from pynamodb.expressions.update import Action

    from chalicelib.domain.booking import Booking, Hold, SlotClaim
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.slot import Slot
    from chalicelib.storage.transaction import RawItem


class _SlotUpdate(Struct, frozen=True, kw_only=True):
    """What becomes of one slot, in its own item and in its day's map, and on what condition."""

    doctor: Doctor
    start: datetime
    condition: Condition
    new_status: SlotStatus
    held_until: datetime | None = None
    claim_actions: list[Action]

    @property
    def slot_key(self) -> tuple[str, str]:
        return keys.doctor_pk(self.doctor.doctor_id), keys.slot_sk(self.start)

    @property
    def day_key(self) -> tuple[str, str]:
        on = local_date(self.start, self.doctor.zone)
        return keys.doctor_pk(self.doctor.doctor_id), keys.day_sk(on)

    @property
    def day_has_slot(self) -> Condition:
        is_in_day: Condition = DayItem.slots[keys.format_instant(self.start)].exists()
        return is_in_day

    def slot_actions(self) -> list[Action]:
        until = SlotItem.held_until
        return [
            SlotItem.status.set(str(self.new_status)),
            until.set(format_timestamp(self.held_until)) if self.held_until else until.remove(),
            *self.claim_actions,
        ]

    def day_actions(self) -> list[Action]:
        entry = DayItem.slots[keys.format_instant(self.start)]
        until = entry["until"]
        return [
            entry["status"].set(str(self.new_status)),
            until.set(format_timestamp(self.held_until)) if self.held_until else until.remove(),
        ]

    def mismatch(self, raw_item: RawItem | None) -> SlotStateMismatchError:
        claimed = slot_from_item(SlotItem.from_raw_data(raw_item)) if raw_item else None
        return SlotStateMismatchError(SlotId(self.doctor.doctor_id, self.start), claimed)


class BookingRepository:
    """Holds and bookings of all slots.

    Every deed but ``find`` raises ``SlotDiffers`` with what was found where the slot is not as it
    must be, ``Unavailable``, ``OutcomeUnknown``. A ``slot`` that is taken is as the caller believes
    it to be, free and of that length: where it has another, it differs.
    """

    def get(self, doctor: Doctor, start: datetime) -> SlotClaim | None:
        """The slot as it is stored. Strongly consistent. Raises ``Unavailable``."""
        partition = keys.doctor_pk(doctor.doctor_id)
        try:
            with translate_read_errors():
                item = SlotItem.get(partition, keys.slot_sk(start), consistent_read=True)
        except DoesNotExist:
            return None
        return slot_from_item(item)

    def hold(self, doctor: Doctor, slot: Slot, hold: Hold, *, now: datetime) -> None:
        """Keep a slot that is free, or that the holder holds already."""
        step = _SlotUpdate(
            doctor=doctor,
            start=slot.start,
            condition=_can_be_claimed(slot, hold.holder, now),
            new_status=SlotStatus.HELD,
            held_until=hold.expires_at,
            claim_actions=[SlotItem.holder.set(hold.holder)],
        )
        _commit(step)

    def release(self, doctor: Doctor, start: datetime, holder: str) -> None:
        """Let a slot go that the holder holds."""
        step = _SlotUpdate(
            doctor=doctor,
            start=start,
            condition=(SlotItem.status == str(SlotStatus.HELD)) & (SlotItem.holder == holder),
            new_status=SlotStatus.FREE,
            claim_actions=[SlotItem.holder.remove()],
        )
        _commit(step)

    def book(self, doctor: Doctor, slot: Slot, booking: Booking, *, now: datetime) -> None:
        """Book a slot that is free, or that the booking's holder holds."""
        _commit(_booking_update(doctor, slot, booking, now))

    def move(
        self,
        doctor: Doctor,
        slot: Slot,
        booking: Booking,
        *,
        now: datetime,
        previous_doctor: Doctor,
    ) -> None:
        """Book a slot and free the one, of the doctor ``old``, that the booking ``moves``."""
        if booking.previous_slot_id is None:
            raise ValueError(booking)
        _commit(
            _booking_update(doctor, slot, booking, now),
            _cancel_update(previous_doctor, booking.previous_slot_id.start, booking.booking_id),
        )

    def cancel(self, doctor: Doctor, start: datetime, booking_id: str) -> None:
        """Free a slot that is booked as that."""
        _commit(_cancel_update(doctor, start, booking_id))


def _can_be_claimed(slot: Slot, holder: str | None, now: datetime) -> Condition:
    may_end = SlotItem.held_until <= format_timestamp(now)
    if holder is not None:
        may_end = may_end | (SlotItem.holder == holder)
    is_held = SlotItem.status == str(SlotStatus.HELD)
    is_open = (SlotItem.status == str(SlotStatus.FREE)) | (is_held & may_end)
    is_takable: Condition = (SlotItem.end == keys.format_instant(slot.end)) & is_open
    return is_takable


def _booking_update(doctor: Doctor, slot: Slot, booking: Booking, now: datetime) -> _SlotUpdate:
    return _SlotUpdate(
        doctor=doctor,
        start=slot.start,
        condition=_can_be_claimed(slot, booking.holder, now),
        new_status=SlotStatus.BOOKED,
        claim_actions=[
            SlotItem.holder.remove(),
            SlotItem.booking_id.set(booking.booking_id),
            SlotItem.patient_reference.set(booking.patient_reference),
        ],
    )


def _cancel_update(doctor: Doctor, start: datetime, booking_id: str) -> _SlotUpdate:
    return _SlotUpdate(
        doctor=doctor,
        start=start,
        condition=(SlotItem.status == str(SlotStatus.BOOKED)) & (SlotItem.booking_id == booking_id),
        new_status=SlotStatus.FREE,
        claim_actions=[SlotItem.booking_id.remove(), SlotItem.patient_reference.remove()],
    )


def _commit(*updates: _SlotUpdate) -> None:
    """All of it in one transaction: each slot in its own item, and all of a day in the day's."""
    transaction = Transaction()
    days: dict[tuple[str, str], list[_SlotUpdate]] = {}
    for step in updates:
        transaction.update(
            SlotItem(*step.slot_key),
            step.slot_actions(),
            condition=step.condition,
            on_failure=step.mismatch,
        )
        days.setdefault(step.day_key, []).append(step)
    for key, within in days.items():
        transaction.update(
            DayItem(*key),
            # The version stays: what a patient does fails no save of the doctor's.
            [
                DayItem.revision.set(DayItem.revision + 1),
                *(action for step in within for action in step.day_actions()),
            ],
            # Always so where the slot is as it must be; else the update would be malformed, and
            # the slot's own condition not be told.
            condition=reduce(and_, (step.day_has_slot for step in within)),
            on_failure=lambda _: DayModifiedError(),
        )
    transaction.commit()
