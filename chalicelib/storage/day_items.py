"""Days, their slots and their changes as items, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.caller import Role
from chalicelib.domain.claims import ClaimedSlot
from chalicelib.domain.day import Change, Day
from chalicelib.domain.saved import Saved
from chalicelib.domain.slot import Slot, SlotStatus
from chalicelib.storage import keys, slot_map
from chalicelib.storage.records import ChangeItem, DayItem, SlotItem

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.domain.doctor import Doctor


def search_sort_key(doctor: Doctor) -> str:
    """Where her days stand among those of her specialty on a date."""
    return keys.join_sort_key(doctor.location, doctor.doctor_id)


def day_from_item(item: DayItem) -> Day:
    """A day."""
    return Day(
        doctor_id=keys.parse_doctor_pk(item.pk),
        date=keys.parse_day_sk(item.sk),
        version=int(item.version),
        revision=int(item.revision),
        slots=slot_map.slot_map_from_raw(item.slots),
    )


def slot_from_item(item: SlotItem) -> ClaimedSlot:
    """A slot, and who has it."""
    return ClaimedSlot(
        slot=Slot(
            start=keys.parse_instant(item.start),
            end=keys.parse_instant(item.end),
            status=SlotStatus(item.status),
            held_until=slot_map.parse_timestamp(item.held_until) if item.held_until else None,
        ),
        holder=item.holder,
        booking_id=item.booking_id,
    )


def slot_to_item(pk: str, slot: Slot) -> SlotItem:
    """A slot that nobody has."""
    return SlotItem(
        pk,
        keys.slot_sk(slot.start),
        start=keys.format_instant(slot.start),
        end=keys.format_instant(slot.end),
        status=str(slot.status),
    )


def log_entry_to_item(pk: str, date: date, log_entry: Saved) -> ChangeItem:
    """A save of that date, as a change item."""
    return ChangeItem(
        pk,
        keys.change_sk(date, log_entry.request_id),
        request_id=log_entry.request_id,
        fingerprint=log_entry.fingerprint,
        version=log_entry.version,
        at=slot_map.format_timestamp(log_entry.at),
        by=log_entry.by,
        role=str(log_entry.role),
        client=log_entry.client,
        opened=slot_map.slot_map_to_raw(log_entry.change.opens),
        withdrawn=slot_map.slot_map_to_raw(log_entry.change.withdraws),
    )


def log_entry_from_item(item: ChangeItem) -> Saved:
    """The reverse of ``write_saved``."""
    return Saved(
        request_id=item.request_id,
        fingerprint=item.fingerprint,
        version=int(item.version),
        at=slot_map.parse_timestamp(item.at),
        by=item.by,
        role=Role(item.role),
        client=item.client,
        change=Change(
            opens=tuple(slot_map.slot_map_from_raw(item.opened).values()),
            withdraws=tuple(slot_map.slot_map_from_raw(item.withdrawn).values()),
        ),
    )
