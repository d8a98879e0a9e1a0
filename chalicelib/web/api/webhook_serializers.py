"""Serialize webhooks and their deliveries to the schemas of JSON responses."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from msgspec import convert

from chalicelib.web.api import webhook_schemas

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chalicelib.domain.webhook import Webhook
    from chalicelib.domain.webhook_delivery import Delivery
    from chalicelib.use_cases.manage_webhooks import DeliveryPage


def serialize_webhooks(found: Iterable[Webhook]) -> webhook_schemas.WebhookList:
    """Webhooks, without their secrets."""
    return webhook_schemas.WebhookList(webhooks=[*map(serialize_webhook, found)])


def serialize_webhook(webhook: Webhook) -> webhook_schemas.Webhook:
    """A webhook, without its secret."""
    return convert(_fields(webhook), webhook_schemas.Webhook)


def serialize_new_webhook(webhook: Webhook) -> webhook_schemas.NewWebhook:
    """A webhook with its secret."""
    secret = webhook.secrets[0].value
    return convert(_fields(webhook) | {"secret": secret}, webhook_schemas.NewWebhook)


def serialize_rotation(webhook: Webhook) -> webhook_schemas.RotatedSecret:
    """The new secret, and how long the previous one signs too."""
    current, previous = webhook.secrets
    if previous.valid_until is None:
        raise ValueError(webhook.webhook_id)
    return webhook_schemas.RotatedSecret(
        webhook_id=webhook.webhook_id,
        secret=current.value,
        previous_valid_until=_format(previous.valid_until),
    )


def serialize_deliveries(page: DeliveryPage) -> webhook_schemas.DeliveryList:
    """A page of deliveries."""
    return webhook_schemas.DeliveryList(
        deliveries=[*map(serialize_delivery, page.deliveries)], next=page.cursor
    )


def serialize_delivery(delivery: Delivery) -> webhook_schemas.Delivery:
    """A delivery, without its body."""
    last = delivery.last
    fields = {
        "delivery_id": delivery.delivery_id,
        "type": str(delivery.kind),
        "state": str(delivery.state),
        "tries": delivery.tries,
        "created_at": _format(delivery.created_at),
        "last_tried_at": _format(delivery.tried_at) if delivery.tried_at else None,
        "last_status": last.status if last else None,
        "last_error": str(last.error) if last and last.error else None,
        "next_try_at": _format(delivery.next_try_at) if delivery.next_try_at else None,
    }
    return convert(fields, webhook_schemas.Delivery)


def _fields(webhook: Webhook) -> dict[str, Any]:
    return {
        "webhook_id": webhook.webhook_id,
        "url": webhook.url,
        "events": sorted(map(str, webhook.events)),
        "state": str(webhook.state),
        "client": webhook.client,
        "created_at": _format(webhook.created_at),
    }


def _format(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
