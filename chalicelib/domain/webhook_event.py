"""Events for webhooks that no day shows: a booking that was cancelled, or moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.booking import BookingRecord
    from chalicelib.domain.slot import SlotId
    from chalicelib.domain.webhook import EventType


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingLeft:
    """A booking of ``owner`` has left a slot, for ``moved_to`` or because it was cancelled.

    ``revision`` counts the changes of the booking.
    """

    owner: str
    booking_id: str
    slot_id: SlotId
    moved_to: SlotId | None
    revision: int
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEvent:
    """An event as webhooks send it; ``data`` is JSON.

    ``event_id`` is the same whenever the event is read again. ``owner`` is the only client that
    learns of it; None if all do.
    """

    event_id: str
    kind: EventType
    at: datetime
    data: str
    owner: str | None = None


def find_left_slot(
    old: BookingRecord | None, new: BookingRecord
) -> tuple[SlotId, SlotId | None] | None:
    """Return the slot that a booking has left with a write of its record, and where it is now.

    None if it has left none. Each write that frees the slot of a booking adds a cancellation to its
    record.
    """
    known = old.cancelled if old else frozenset()
    added = sorted(new.cancelled - known, key=lambda cancellation: cancellation[1])
    if not added:
        return None
    slot_id, _ = added[-1]
    return slot_id, new.slot_id if new.slot_id != slot_id else None
