"""Lambda handler of the queue of webhooks: one try of a delivery for each message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.webhook_delivery import DeliveryState
from chalicelib.events.webhook_queue import parse_message
from chalicelib.web.observability.handler_log import write_handler_log

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.webhook_delivery import Delivery

_METRICS = {
    DeliveryState.DELIVERED: "WebhooksDelivered",
    DeliveryState.PENDING: "WebhookRetries",
    DeliveryState.FAILED: "WebhooksFailed",
}


def handle_messages(event: Mapping[str, Any]) -> None:
    """Handle each message of the queue. An error makes SQS deliver the batch again.

    Raises:
        SettingsError: there is no queue.
    """
    for record in event["Records"]:
        with request_context.request_scope() as context:
            delivery = get_services().webhooks.deliver().handle(parse_message(record["body"]))
            if delivery:
                context.metrics[_METRICS[delivery.state]] += 1
                write_handler_log("deliver_webhooks", _log_fields(delivery), context.metrics)


def _log_fields(delivery: Delivery) -> dict[str, object]:
    last = delivery.last
    return {
        "webhook_id": delivery.webhook_id,
        "delivery_id": delivery.delivery_id,
        "state": delivery.state,
        "tries": delivery.tries,
        "status": last.status if last else None,
        "error": last.error if last else None,
    }
