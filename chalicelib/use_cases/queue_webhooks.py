"""Queue events for webhooks: a message for each endpoint that receives the event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.webhook_delivery import Delivery, make_delivery_id
from chalicelib.events.webhook_bodies import encode_body, to_webhook_event
from chalicelib.events.webhook_queue import TryMessage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from chalicelib.domain.events import SlotsChanged, StoredEvent
    from chalicelib.domain.webhook import Webhook
    from chalicelib.domain.webhook_event import BookingLeft, WebhookEvent
    from chalicelib.events.webhook_queue import WebhookQueue
    from chalicelib.storage.webhook_repository import WebhookRepository


class QueueWebhooks:
    def __init__(
        self, webhooks: WebhookRepository, queue: WebhookQueue, now: Callable[[], datetime]
    ) -> None:
        self._webhooks = webhooks
        self._queue = queue
        self._now = now

    def queue_all(self, changes: Iterable[SlotsChanged | StoredEvent | BookingLeft]) -> int:
        """Queue the events of these changes; return the number of messages.

        An event that is queued again makes deliveries with the same ids. Raises
        ``StoreUnavailableError``, ``UndeliveredError``: some may be queued then.
        """
        events = [event for change in changes if (event := to_webhook_event(change))]
        webhooks = self._webhooks.list_all() if events else ()
        messages = [
            _message(event, webhook)
            for event in events
            for webhook in webhooks
            if webhook.receives(event.kind, event.owner)
        ]
        self._queue.send(messages, self._now())
        return len(messages)


def _message(event: WebhookEvent, webhook: Webhook) -> TryMessage:
    return TryMessage.first(
        Delivery(
            webhook_id=webhook.webhook_id,
            delivery_id=make_delivery_id(webhook.webhook_id, event.event_id, event.at),
            kind=event.kind,
            body=encode_body(event),
            created_at=event.at,
            started_at=event.at,
        )
    )
