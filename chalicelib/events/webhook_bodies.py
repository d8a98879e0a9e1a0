"""The JSON that webhooks send: ``type``, ``timestamp`` and ``data``, the detail of the event."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec

from chalicelib.domain.events import SlotsChanged, StoredEvent
from chalicelib.domain.webhook import EventType
from chalicelib.domain.webhook_event import BookingLeft, WebhookEvent
from chalicelib.events import disruption_events, schema
from chalicelib.events.schema import Instant, format_instant

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.slot import SlotId

SCHEMA_VERSION: Final = 1


class SlotPlace(msgspec.Struct, kw_only=True):
    """Where a booking is, or was."""

    doctor_id: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{1,64}$")]
    slot_id: Annotated[str, msgspec.Meta(description="as in the API, and opaque there")]
    start: Instant


class BookingDetail(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A booking that has left ``slot``; it is in ``moved_to`` now, unless it was cancelled."""

    schema_version: Annotated[Literal[1], msgspec.Meta(description="of this schema")]
    id: Annotated[str, msgspec.Meta(description="identifies the event")]
    booking_id: str
    revision: Annotated[
        int, msgspec.Meta(ge=1, description="counts the changes of this booking, one by one")
    ]
    slot: SlotPlace
    moved_to: SlotPlace | msgspec.UnsetType = msgspec.UNSET


class TestDetail(msgspec.Struct, kw_only=True):
    """The ``data`` of a test."""

    schema_version: Annotated[Literal[1], msgspec.Meta(description="of this schema")]
    id: Annotated[str, msgspec.Meta(description="identifies the event")]
    webhook_id: str


class WebhookBody(msgspec.Struct, kw_only=True):
    """What is sent."""

    type: str
    timestamp: Annotated[str, msgspec.Meta(description="when it happened, in UTC")]
    data: msgspec.Raw


def to_webhook_event(event: SlotsChanged | StoredEvent | BookingLeft) -> WebhookEvent | None:
    """Return the event as webhooks send it; None if they do not."""
    match event:
        case SlotsChanged():
            return WebhookEvent(
                event_id=f"{event.doctor_id}~{event.date.isoformat()}~{event.revision}",
                kind=EventType.SLOTS_CHANGED,
                at=event.changed_at,
                data=schema.encode(event),
            )
        case BookingLeft():
            return _booking_event(event)
    if event.detail_type != disruption_events.DISRUPTED:
        return None
    return WebhookEvent(
        event_id=msgspec.json.decode(event.detail)["id"],
        kind=EventType.BOOKINGS_DISRUPTED,
        at=event.changed_at,
        data=event.detail,
    )


def make_test_event(webhook_id: str, token: str, at: datetime) -> WebhookEvent:
    """Return the event of a test."""
    detail = TestDetail(schema_version=SCHEMA_VERSION, id=f"test~{token}", webhook_id=webhook_id)
    return WebhookEvent(
        event_id=detail.id,
        kind=EventType.TEST,
        at=at,
        data=msgspec.json.encode(detail).decode(),
    )


def encode_body(event: WebhookEvent) -> str:
    """Return what is sent of the event."""
    body = WebhookBody(
        type=str(event.kind),
        timestamp=format_instant(event.at),
        data=msgspec.Raw(event.data.encode()),
    )
    return msgspec.json.encode(body).decode()


def _booking_event(event: BookingLeft) -> WebhookEvent:
    kind = EventType.BOOKING_MOVED if event.moved_to else EventType.BOOKING_CANCELLED
    # A booking id alone is not unique: each client chooses its own.
    booking = hashlib.sha256(f"{event.owner} {event.booking_id}".encode()).hexdigest()[:32]
    detail = BookingDetail(
        schema_version=SCHEMA_VERSION,
        id=f"{booking}~{event.revision}",
        booking_id=event.booking_id,
        revision=event.revision,
        slot=_place(event.slot_id),
        moved_to=_place(event.moved_to) if event.moved_to else msgspec.UNSET,
    )
    return WebhookEvent(
        event_id=detail.id,
        kind=kind,
        at=event.changed_at,
        data=msgspec.json.encode(detail).decode(),
        owner=event.owner,
    )


def _place(slot_id: SlotId) -> SlotPlace:
    return SlotPlace(
        doctor_id=slot_id.doctor_id,
        slot_id=str(slot_id),
        start=format_instant(slot_id.start),
    )
