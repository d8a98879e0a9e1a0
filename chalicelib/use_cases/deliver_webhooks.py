"""Deliver webhooks: one try for each message of the queue, and a message for the next try."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.webhook import (
    DeliveryNotFoundError,
    WebhookModifiedError,
    WebhookNotFoundError,
)
from chalicelib.domain.webhook_delivery import DeliveryState
from chalicelib.events.webhook_queue import TryMessage
from chalicelib.events.webhook_signature import sign
from chalicelib.use_cases.retry import retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.domain.webhook import Webhook
    from chalicelib.domain.webhook_delivery import Attempt, Delivery
    from chalicelib.events.webhook_queue import WebhookQueue
    from chalicelib.events.webhook_sender import WebhookSender
    from chalicelib.storage.delivery_repository import DeliveryRepository
    from chalicelib.storage.webhook_repository import WebhookRepository


class DeliverWebhooks:
    """At least once: the message of a try leaves the queue after the result is stored.

    The next try is queued before that. If the process dies in between, there are two messages for
    one try: the first that is recorded makes the other stale.
    """

    def __init__(
        self,
        webhooks: WebhookRepository,
        deliveries: DeliveryRepository,
        queue: WebhookQueue,
        sender: WebhookSender,
        now: Callable[[], datetime],
        pause: Callable[[int], None],
    ) -> None:
        self._webhooks = webhooks
        self._deliveries = deliveries
        self._queue = queue
        self._sender = sender
        self._now = now
        self._pause = pause

    def handle(self, message: TryMessage) -> Delivery | None:
        """Make the try of a message, and return the delivery; None if there was nothing to do.

        Raises ``StoreUnavailableError``, ``OutcomeUnknownError``, ``UndeliveredError``: the message
        has to be handled again.
        """
        now = self._now()
        if message.due > now and message.event is None:
            self._queue.send([message], now)
            return None
        try:
            webhook = self._webhooks.get(message.webhook_id)
        except WebhookNotFoundError:
            return None
        stored = self._stored(message)
        delivery = _due_delivery(message, stored)
        if delivery is None:
            return None
        after = self._try(webhook, delivery) if webhook.is_enabled else delivery.stopped()
        self._record(after, stored)
        return after

    def _stored(self, message: TryMessage) -> Delivery | None:
        try:
            return self._deliveries.get(message.webhook_id, message.delivery_id)
        except DeliveryNotFoundError:
            return None

    def _try(self, webhook: Webhook, delivery: Delivery) -> Delivery:
        attempt = self._send(webhook, delivery)
        now = self._now()
        after = delivery.after(attempt, now)
        if attempt.disables_webhook:
            retry_on_conflict(lambda: self._disable(webhook.webhook_id), self._pause)
        if after.next_try_at:
            self._queue.send([TryMessage.next(after, after.next_try_at)], now)
        return after

    def _send(self, webhook: Webhook, delivery: Delivery) -> Attempt:
        now = self._now()
        signing = webhook.signing_secrets(now)
        headers = sign(delivery.delivery_id, delivery.body, signing, now)
        return self._sender.send(webhook.url, headers, delivery.body)

    def _disable(self, webhook_id: str) -> None:
        webhook = self._webhooks.get(webhook_id)
        if webhook.is_enabled:
            self._webhooks.put(webhook.disabled())

    def _record(self, after: Delivery, stored: Delivery | None) -> None:
        # Another message of the same try may have recorded it, or a replay has started.
        with suppress(WebhookModifiedError):
            self._deliveries.put(after, stored)


def _due_delivery(message: TryMessage, stored: Delivery | None) -> Delivery | None:
    """Return the delivery before the try of the message; None if the try was made."""
    if stored is None:
        return message.new_delivery()
    is_current = stored.state is DeliveryState.PENDING and stored.replays == message.replays
    if not is_current or stored.tries > message.tries:
        return None
    return replace(stored, tries=message.tries)
