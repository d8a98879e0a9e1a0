"""Days, their slots and their changes as items, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.caller import Role
from chalicelib.domain.claims import ClaimedSlot
from chalicelib.domain.day import Change, Day
from chalicelib.domain.saved import Saved
from chalicelib.domain.slot import Slot, SlotStatus
from chalicelib.storage import keys, slot_map
from chalicelib.storage.records import ChangeRecord, DayRecord, SlotRecord

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.domain.doctor import Doctor


def place(doctor: Doctor) -> str:
    """Where her days stand among those of her specialty on a date."""
    return keys.in_directory(doctor.location, doctor.doctor_id)


def read(item: DayRecord) -> Day:
    """A day."""
    return Day(
        doctor_id=keys.doctor_id_of(item.pk),
        date=keys.date_of_day(item.sk),
        version=int(item.version),
        revision=int(item.revision),
        slots=slot_map.read(item.slots),
    )


def read_slot(item: SlotRecord) -> ClaimedSlot:
    """A slot, and who has it."""
    return ClaimedSlot(
        slot=Slot(
            start=keys.read_instant(item.start),
            end=keys.read_instant(item.end),
            status=SlotStatus(item.status),
            held_until=slot_map.read_moment(item.held_until) if item.held_until else None,
        ),
        holder=item.holder,
        booking_id=item.booking_id,
    )


def write_slot(partition: str, slot: Slot) -> SlotRecord:
    """A slot that nobody has."""
    return SlotRecord(
        partition,
        keys.of_slot(slot.start),
        start=keys.instant(slot.start),
        end=keys.instant(slot.end),
        status=str(slot.status),
    )


def write_saved(partition: str, on: date, saved: Saved) -> ChangeRecord:
    """A save of that date, as a change item."""
    return ChangeRecord(
        partition,
        keys.of_change(on, saved.request_id),
        request_id=saved.request_id,
        fingerprint=saved.fingerprint,
        version=saved.version,
        at=slot_map.moment(saved.at),
        by=saved.by,
        role=str(saved.role),
        client=saved.client,
        opened=slot_map.write(saved.change.opens),
        withdrawn=slot_map.write(saved.change.withdraws),
    )


def read_saved(item: ChangeRecord) -> Saved:
    """The reverse of ``write_saved``."""
    return Saved(
        request_id=item.request_id,
        fingerprint=item.fingerprint,
        version=int(item.version),
        at=slot_map.read_moment(item.at),
        by=item.by,
        role=Role(item.role),
        client=item.client,
        change=Change(
            opens=tuple(slot_map.read(item.opened).values()),
            withdraws=tuple(slot_map.read(item.withdrawn).values()),
        ),
    )
