"""Create the use cases of webhooks, which most requests do not need."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.settings import SettingsError
from chalicelib.storage.delivery_repository import DeliveryRepository
from chalicelib.storage.webhook_repository import WebhookRepository
from chalicelib.use_cases.manage_webhooks import ManageWebhooks

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.events.webhook_queue import WebhookQueue
    from chalicelib.service_factories import Foundations
    from chalicelib.settings import Settings
    from chalicelib.use_cases.deliver_webhooks import DeliverWebhooks
    from chalicelib.use_cases.queue_webhooks import QueueWebhooks


class WebhookServices(Struct, frozen=True, kw_only=True):
    """Manage webhooks, queue events for them, and deliver.

    ``queue_events`` returns None if the settings have no queue, and ``deliver`` raises
    ``SettingsError``.
    """

    manage: ManageWebhooks
    queue_events: Callable[[], QueueWebhooks | None]
    deliver: Callable[[], DeliverWebhooks]


def create(base: Foundations) -> WebhookServices:
    webhooks, deliveries = WebhookRepository(), DeliveryRepository()
    queue = cache(partial(_create_queue, base.settings))
    return WebhookServices(
        manage=ManageWebhooks(
            webhooks,
            deliveries,
            queue,
            base.now,
            base.pause,
            allow_loopback=base.settings.allows_loopback_webhooks,
        ),
        queue_events=cache(partial(_create_queue_events, base, webhooks, queue)),
        deliver=cache(partial(_create_deliver, base, webhooks, deliveries, queue)),
    )


def _create_queue(settings: Settings) -> WebhookQueue | None:
    if settings.webhook_queue_url is None:
        return None
    # Another AWS client, which slows a cold start.
    from chalicelib.events import sqs
    from chalicelib.events.webhook_queue import WebhookQueue

    return WebhookQueue(sqs.create_client(), settings.webhook_queue_url)


def _create_queue_events(
    base: Foundations, webhooks: WebhookRepository, queue: Callable[[], WebhookQueue | None]
) -> QueueWebhooks | None:
    from chalicelib.use_cases.queue_webhooks import QueueWebhooks

    found = queue()
    return QueueWebhooks(webhooks, found, base.now) if found else None


def _create_deliver(
    base: Foundations,
    webhooks: WebhookRepository,
    deliveries: DeliveryRepository,
    queue: Callable[[], WebhookQueue | None],
) -> DeliverWebhooks:
    from chalicelib.events.webhook_sender import WebhookSender
    from chalicelib.use_cases.deliver_webhooks import DeliverWebhooks

    found = queue()
    if found is None:
        raise SettingsError("WEBHOOK_QUEUE_URL is not set: webhooks cannot be delivered without it")
    sender = WebhookSender(allow_loopback=base.settings.allows_loopback_webhooks)
    return DeliverWebhooks(webhooks, deliveries, found, sender, base.now, base.pause)
