"""Requests about webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.app_client import AppClient, AppResponse

URL = "https://hooks.example.org/slots"
ALL_EVENTS = ["slots.changed", "bookings.disrupted", "booking.cancelled", "booking.moved"]


def post_webhook(client: AppClient, url: str = URL, *events: str) -> AppResponse:
    """Create a webhook; by default for all events."""
    return client.post("/webhooks", {"url": url, "events": [*(events or ALL_EVENTS)]})


def create_webhook(client: AppClient, url: str = URL, *events: str) -> dict[str, Any]:
    """Create a webhook and return it, with its secret."""
    created = post_webhook(client, url, *events)
    assert created.status == 201, created.text
    webhook: dict[str, Any] = created.json
    return webhook


def list_deliveries(client: AppClient, webhook: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the deliveries of a webhook, the newest first."""
    found: list[dict[str, Any]] = client.get(f"{path_of(webhook)}/deliveries").json["deliveries"]
    return found


def path_of(webhook: dict[str, Any]) -> str:
    """Return the path of a webhook."""
    return f"/webhooks/{webhook['webhook_id']}"


def _of_first(client: AppClient, send: Callable[[str], AppResponse]) -> AppResponse:
    return send(path_of(client.get("/webhooks").json["webhooks"][0]))


def _replay(client: AppClient, path: str) -> AppResponse:
    (delivery,) = client.get(f"{path}/deliveries").json["deliveries"]
    return client.post(f"{path}/deliveries/{delivery['delivery_id']}/replay", {})


WEBHOOK_OPERATIONS: dict[str, Callable[[AppClient], AppResponse]] = {
    "POST /webhooks": post_webhook,
    "GET /webhooks": lambda client: client.get("/webhooks"),
    "GET /webhooks/{webhook_id}": lambda client: _of_first(client, client.get),
    "POST /webhooks/{webhook_id}/rotate": lambda client: _of_first(
        client, lambda path: client.post(f"{path}/rotate", {})
    ),
    "POST /webhooks/{webhook_id}/test": lambda client: _of_first(
        client, lambda path: client.post(f"{path}/test", {})
    ),
    "GET /webhooks/{webhook_id}/deliveries": lambda client: _of_first(
        client, lambda path: client.get(f"{path}/deliveries")
    ),
    "POST /webhooks/{webhook_id}/deliveries/{delivery_id}/replay": lambda client: _of_first(
        client, lambda path: _replay(client, path)
    ),
    "DELETE /webhooks/{webhook_id}": lambda client: _of_first(client, client.delete),
}
