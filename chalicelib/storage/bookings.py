"""What patients do to a slot: one transaction each, without a read before it."""

from __future__ import annotations

from functools import partial, reduce
from operator import and_
from typing import TYPE_CHECKING

from msgspec import Struct
from pynamodb.exceptions import DoesNotExist

from chalicelib.domain.errors import DayChanged, SlotDiffers
from chalicelib.domain.slot import SlotStatus
from chalicelib.domain.slot_id import SlotId
from chalicelib.domain.wall_time import local_date
from chalicelib.storage import day_items, keys, slot_map
from chalicelib.storage.failures import reading
from chalicelib.storage.records import DayRecord, SlotRecord
from chalicelib.storage.transaction import Transaction

if TYPE_CHECKING:
    from datetime import datetime

    from pynamodb.expressions.condition import Condition
    from pynamodb.expressions.update import Action

    from chalicelib.domain.claims import Booking, ClaimedSlot, Hold
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.slot import Slot
    from chalicelib.storage.transaction import RawItem


class _Step(Struct, frozen=True, kw_only=True):
    """What becomes of one slot, in its own item and in its day's map, and on what condition."""

    doctor: Doctor
    start: datetime
    if_: Condition
    becomes: SlotStatus
    until: datetime | None = None
    claim: list[Action]

    @property
    def slot_key(self) -> tuple[str, str]:
        return keys.of_doctor(self.doctor.doctor_id), keys.of_slot(self.start)

    @property
    def day_key(self) -> tuple[str, str]:
        on = local_date(self.start, self.doctor.zone)
        return keys.of_doctor(self.doctor.doctor_id), keys.of_day(on)

    @property
    def is_in_day(self) -> Condition:
        is_in_day: Condition = DayRecord.slots[keys.instant(self.start)].exists()
        return is_in_day

    def on_slot(self) -> list[Action]:
        until = SlotRecord.held_until
        return [
            SlotRecord.status.set(str(self.becomes)),
            until.set(slot_map.moment(self.until)) if self.until else until.remove(),
            *self.claim,
        ]

    def on_day(self) -> list[Action]:
        entry = DayRecord.slots[keys.instant(self.start)]
        until = entry["until"]
        return [
            entry["status"].set(str(self.becomes)),
            until.set(slot_map.moment(self.until)) if self.until else until.remove(),
        ]

    def differs(self, found: RawItem | None) -> SlotDiffers:
        claimed = day_items.read_slot(SlotRecord.from_raw_data(found)) if found else None
        return SlotDiffers(SlotId(self.doctor.doctor_id, self.start), claimed)


class Bookings:
    """Holds and bookings of all slots.

    Every deed but ``find`` raises ``SlotDiffers`` with what was found where the slot is not as it
    must be, ``Unavailable``, ``OutcomeUnknown``. A ``slot`` that is taken is as the caller believes
    it to be, free and of that length: where it has another, it differs.
    """

    def find(self, doctor: Doctor, start: datetime) -> ClaimedSlot | None:
        """The slot as it is stored. Strongly consistent. Raises ``Unavailable``."""
        partition = keys.of_doctor(doctor.doctor_id)
        try:
            with reading():
                item = SlotRecord.get(partition, keys.of_slot(start), consistent_read=True)
        except DoesNotExist:
            return None
        return day_items.read_slot(item)

    def hold(self, doctor: Doctor, slot: Slot, hold: Hold, *, now: datetime) -> None:
        """Keep a slot that is free, or that the holder holds already."""
        step = _Step(
            doctor=doctor,
            start=slot.start,
            if_=_is_takable(slot, hold.holder, now),
            becomes=SlotStatus.HELD,
            until=hold.until,
            claim=[SlotRecord.holder.set(hold.holder)],
        )
        _write(step)

    def release(self, doctor: Doctor, start: datetime, holder: str) -> None:
        """Let a slot go that the holder holds."""
        step = _Step(
            doctor=doctor,
            start=start,
            if_=(SlotRecord.status == str(SlotStatus.HELD)) & (SlotRecord.holder == holder),
            becomes=SlotStatus.FREE,
            claim=[SlotRecord.holder.remove()],
        )
        _write(step)

    def book(self, doctor: Doctor, slot: Slot, booking: Booking, *, now: datetime) -> None:
        """Book a slot that is free, or that the booking's holder holds."""
        _write(_taking(doctor, slot, booking, now))

    def move(
        self, doctor: Doctor, slot: Slot, booking: Booking, *, now: datetime, old: Doctor
    ) -> None:
        """Book a slot and free the one, of the doctor ``old``, that the booking ``moves``."""
        if booking.moves is None:
            raise ValueError(booking)
        _write(
            _taking(doctor, slot, booking, now),
            _freeing(old, booking.moves.start, booking.booking_id),
        )

    def cancel(self, doctor: Doctor, start: datetime, booking_id: str) -> None:
        """Free a slot that is booked as that."""
        _write(_freeing(doctor, start, booking_id))


def _is_takable(slot: Slot, holder: str | None, now: datetime) -> Condition:
    may_end = SlotRecord.held_until <= slot_map.moment(now)
    if holder is not None:
        may_end = may_end | (SlotRecord.holder == holder)
    is_held = SlotRecord.status == str(SlotStatus.HELD)
    is_open = (SlotRecord.status == str(SlotStatus.FREE)) | (is_held & may_end)
    is_takable: Condition = (SlotRecord.end == keys.instant(slot.end)) & is_open
    return is_takable


def _taking(doctor: Doctor, slot: Slot, booking: Booking, now: datetime) -> _Step:
    return _Step(
        doctor=doctor,
        start=slot.start,
        if_=_is_takable(slot, booking.holder, now),
        becomes=SlotStatus.BOOKED,
        claim=[
            SlotRecord.holder.remove(),
            SlotRecord.booking_id.set(booking.booking_id),
            SlotRecord.patient_reference.set(booking.patient_reference),
        ],
    )


def _freeing(doctor: Doctor, start: datetime, booking_id: str) -> _Step:
    return _Step(
        doctor=doctor,
        start=start,
        if_=(SlotRecord.status == str(SlotStatus.BOOKED)) & (SlotRecord.booking_id == booking_id),
        becomes=SlotStatus.FREE,
        claim=[SlotRecord.booking_id.remove(), SlotRecord.patient_reference.remove()],
    )


def _write(*steps: _Step) -> None:
    """All of it in one transaction: each slot in its own item, and all of a day in the day's."""
    transaction = Transaction()
    days: dict[tuple[str, str], list[_Step]] = {}
    for step in steps:
        transaction.update(
            SlotRecord(*step.slot_key),
            step.on_slot(),
            if_=step.if_,
            otherwise=partial(_Step.differs, step),
        )
        days.setdefault(step.day_key, []).append(step)
    for key, within in days.items():
        transaction.update(
            DayRecord(*key),
            # The version stays: what a patient does fails no save of the doctor's.
            [
                DayRecord.revision.set(DayRecord.revision + 1),
                *(action for step in within for action in step.on_day()),
            ],
            # Always so where the slot is as it must be; else the update would be malformed, and
            # the slot's own condition not be told.
            if_=reduce(and_, (step.is_in_day for step in within)),
            otherwise=DayChanged(),
        )
    transaction.commit()
