"""DynamoDB Streams: records to images of days and bookings, and to new events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from chalicelib.domain.errors import UnreadableItemError
from chalicelib.domain.events import StoredEvent
from chalicelib.domain.webhook_event import BookingLeft, find_left_slot
from chalicelib.storage import keys
from chalicelib.storage.booking_mapping import record_from_item
from chalicelib.storage.decoding import decoder, require
from chalicelib.storage.disruption_models import EventItem
from chalicelib.storage.mapping import day_from_item
from chalicelib.storage.models import BookingItem, DayItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from chalicelib.domain.booking import BookingRecord
    from chalicelib.domain.day import Day


class DayImages(Struct, frozen=True, kw_only=True):
    """A day before and after a write; None if it did not exist."""

    sequence_number: str
    timestamp: datetime
    old: Day | None
    new: Day | None


class NewEvent(Struct, frozen=True, kw_only=True):
    """An event that was stored to be published."""

    sequence_number: str
    event: StoredEvent


class BookingLeftRecord(Struct, frozen=True, kw_only=True):
    """A booking that has left a slot, because it was moved, cancelled or revoked."""

    sequence_number: str
    event: BookingLeft


StreamRecord = DayImages | NewEvent | BookingLeftRecord


def parse_records(records: Iterable[Mapping[str, Any]]) -> Iterator[StreamRecord]:
    """Yield what is to be published of the records of a Lambda event, in their order.

    The stream must have new and old images. A record with an item that cannot be read is left out:
    Lambda would retry it for as long as the stream keeps it, and block the doctor's other changes.
    """
    for record in records:
        try:
            parsed = _parse(record["dynamodb"])
        except UnreadableItemError:
            continue
        if parsed is not None:
            yield parsed


def _parse(change: Mapping[str, Any]) -> StreamRecord | None:
    sk = change["Keys"]["SK"]["S"]
    if sk == keys.BOOKING_SK:
        return _booking_left(change)
    if keys.is_event_sk(sk):
        return None if "OldImage" in change else _new_event(change)
    if not keys.is_day_sk(sk):
        return None
    old, new = (_day_from_image(change.get(name)) for name in ("OldImage", "NewImage"))
    return DayImages(
        sequence_number=change["SequenceNumber"], timestamp=_created_at(change), old=old, new=new
    )


def _created_at(change: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(change["ApproximateCreationDateTime"], UTC)


def _booking_left(change: Mapping[str, Any]) -> BookingLeftRecord | None:
    if "NewImage" not in change:
        return None  # DynamoDB deletes records of bookings that are over (TTL)
    old, new = (_record_from_image(change.get(name)) for name in ("OldImage", "NewImage"))
    left = find_left_slot(old, new) if new else None
    if new is None or left is None:
        return None
    owner, booking_id = _booking_key(BookingItem.from_raw_data(change["NewImage"]))
    slot_id, moved_to = left
    return BookingLeftRecord(
        sequence_number=change["SequenceNumber"],
        event=BookingLeft(
            owner=owner,
            booking_id=booking_id,
            slot_id=slot_id,
            moved_to=moved_to,
            revision=new.version,
            changed_at=_created_at(change),
        ),
    )


@decoder
def _booking_key(item: BookingItem) -> tuple[str, str]:
    """Return the client and the booking id."""
    return keys.parse_booking_pk(item.pk)


def _record_from_image(image: dict[str, Any] | None) -> BookingRecord | None:
    return record_from_item(BookingItem.from_raw_data(image)) if image else None


def _new_event(change: Mapping[str, Any]) -> NewEvent:
    item: EventItem = EventItem.from_raw_data(change["NewImage"])
    detail_type, detail = _event_from_item(item)
    return NewEvent(
        sequence_number=change["SequenceNumber"],
        event=StoredEvent(
            doctor_id=keys.parse_doctor_pk(item.pk),
            changed_at=_created_at(change),
            detail_type=detail_type,
            detail=detail,
        ),
    )


@decoder
def _event_from_item(item: EventItem) -> tuple[str, str]:
    """Return the type and the JSON of the event."""
    return require(item.detail_type), require(item.detail)


def _day_from_image(image: dict[str, Any] | None) -> Day | None:
    if not image:
        return None
    day = day_from_item(DayItem.from_raw_data(image))
    day.require_complete()
    return day
