"""Slot items with their holds and bookings, booking records and counted holds as domain values."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chalicelib.domain.booking import (
    BookingRecord,
    ClientHolds,
    Disruption,
    StoredSlot,
)
from chalicelib.domain.permissions import PRACTICE
from chalicelib.domain.slot import Slot, SlotId, SlotStatus
from chalicelib.storage import keys
from chalicelib.storage.decoding import decoder
from chalicelib.storage.mapping import (
    format_microsecond,
    format_timestamp,
    parse_optional_timestamp,
    parse_timestamp,
)
from chalicelib.storage.models import BookingItem, HoldsItem, SlotItem

if TYPE_CHECKING:
    from pynamodb.attributes import Attribute
    from pynamodb.expressions.operand import Path
    from pynamodb.expressions.update import Action

    from chalicelib.storage.models import RawItem

SlotCancellation = tuple[SlotId, datetime]
# PynamoDB creates four objects for each action, so those that are always the same are created once.
_REMOVALS = {
    name: SlotItem.get_attributes()[name].remove()
    for name in (
        "held_until",
        "client",
        "holder",
        "held_since",
        "booking_id",
        "booked_at",
        "patient_reference",
        "disrupted_since",
        "disruption_reason",
    )
}
_STATUSES = {status: SlotItem.status.set(str(status)) for status in SlotStatus}


@decoder
def slot_from_item(item: SlotItem) -> StoredSlot:
    """Return the slot with its hold or booking."""
    status = SlotStatus(item.status)
    disruption = (
        Disruption(parse_timestamp(item.disrupted_since), item.disruption_reason or "")
        if item.disrupted_since
        else None
    )
    return StoredSlot(
        slot=Slot(
            start=keys.parse_instant(item.start),
            end=keys.parse_instant(item.end),
            status=status,
            held_until=parse_optional_timestamp(item.held_until),
            stored_date=keys.parse_date(item.date) if item.date else None,
            is_desk_booking=status is SlotStatus.BOOKED and item.client == PRACTICE,
            disrupted_since=disruption.since if disruption else None,
        ),
        client=item.client,
        holder=item.holder,
        held_since=parse_optional_timestamp(item.held_since),
        booking_id=item.booking_id,
        booked_at=parse_optional_timestamp(item.booked_at),
        patient_reference=item.patient_reference,
        disruption=disruption,
        changed_at=parse_optional_timestamp(item.changed_at),
    )


def slot_actions(after: StoredSlot, at: datetime) -> list[Action]:
    """Return the actions that give a slot item this hold or booking, or none."""
    since, disruption, slot = after.held_since, after.disruption, after.slot
    texts = {
        "held_until": format_timestamp(slot.held_until) if slot.held_until else None,
        "client": after.client,
        "holder": after.holder,
        "held_since": format_microsecond(since) if since else None,
        "booking_id": after.booking_id,
        "booked_at": format_timestamp(after.booked_at) if after.booked_at else None,
        "patient_reference": after.patient_reference,
        "disrupted_since": format_timestamp(disruption.since) if disruption else None,
        "disruption_reason": disruption.reason if disruption else None,
    }
    attributes = SlotItem.get_attributes()
    # Items of the first releases have no date; one that had to be looked up is kept.
    dates = [SlotItem.date.set(slot.stored_date.isoformat())] if slot.stored_date else []
    return [
        *dates,
        _STATUSES[slot.status],
        SlotItem.changed_at.set(format_microsecond(at)),
        *(
            _REMOVALS[name] if text is None else attributes[name].set(text)
            for name, text in texts.items()
        ),
    ]


def set_or_remove(path: Attribute[str] | Path, text: str | None) -> Action:
    """Return the action that sets an attribute, or removes it if there is no text."""
    return path.remove() if text is None else path.set(text)


@decoder
def record_from_item(item: BookingItem) -> BookingRecord:
    """Return where a booking is. Raises ``UnreadableItemError`` if the item is malformed."""
    return BookingRecord(
        slot_id=SlotId.parse(item.slot_id) if item.slot_id else None,
        patient_reference=item.patient_reference,
        expires_at=datetime.fromtimestamp(int(item.expires_at), UTC),
        cancelled=frozenset(_parse_cancellation(text) for text in item.cancelled or ()),
        version=int(item.version),
    )


def format_cancellation(cancellation: SlotCancellation) -> str:
    """Return the text of a cancellation: ``dr-lee~20261123T0900Z@2026-11-22T12:00:00Z``."""
    slot_id, instant = cancellation
    return f"{slot_id}@{format_timestamp(instant)}"


def _parse_cancellation(text: str) -> SlotCancellation:
    slot_id, _, instant = text.rpartition("@")
    return SlotId.parse(slot_id), parse_timestamp(instant)


def holds_from_raw(raw_item: RawItem) -> ClientHolds:
    """Return the slots that a client holds; the end of each is an attribute of its own.

    Raises ``UnreadableItemError``.
    """

    @decoder
    def decode(item: HoldsItem) -> ClientHolds:
        return ClientHolds(
            until={
                keys.parse_instant(start): parse_timestamp(raw_item[start]["S"])
                for start in item.held or ()
            },
            version=int(item.version),
        )

    return decode(HoldsItem.from_raw_data(raw_item))
