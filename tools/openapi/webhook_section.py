"""What the OpenAPI document says of the requests that the app sends: its webhooks.

https://spec.openapis.org/oas/v3.1.0#oasWebhooks
"""

from __future__ import annotations

from typing import Any

import msgspec

from chalicelib.domain.webhook import EventType
from chalicelib.events.disruption_events import DisruptionDetail
from chalicelib.events.schema import SlotsChangedDetail
from chalicelib.events.webhook_bodies import BookingDetail, TestDetail
from chalicelib.web.routing import BOOKING_SITES

_EVENTS: dict[EventType, tuple[str, type]] = {
    EventType.SLOTS_CHANGED: ("Slots of a doctor have changed", SlotsChangedDetail),
    EventType.BOOKINGS_DISRUPTED: ("Bookings of a doctor have to move", DisruptionDetail),
    EventType.BOOKING_CANCELLED: ("One of your bookings was cancelled", BookingDetail),
    EventType.BOOKING_MOVED: ("One of your bookings was moved", BookingDetail),
    EventType.TEST: ("You have requested a test", TestDetail),
}
_HEADERS = {
    "webhook-id": "The same for each try of the event: an event with a known id is a repetition.",
    "webhook-timestamp": "When this try was made, in seconds since 1970.",
    "webhook-signature": "One signature for each valid secret, as in Standard Webhooks 1.0.",
}
# The schemas of the API have some of these names too.
_PREFIX = "Event"


def build_webhooks() -> dict[str, Any]:
    """Return the section ``webhooks``."""
    schemas, _ = _schemas()
    return {str(kind): {"post": _operation(kind, schemas[kind])} for kind in _EVENTS}


def build_webhook_schemas() -> dict[str, Any]:
    """Return the schemas to which the section refers, by name."""
    _, components = _schemas()
    return {f"{_PREFIX}{name}": schema for name, schema in components.items()}


def _schemas() -> tuple[dict[EventType, Any], dict[str, Any]]:
    schemas, components = msgspec.json.schema_components(
        [detail for _, detail in _EVENTS.values()],
        ref_template=f"#/components/schemas/{_PREFIX}{{name}}",
    )
    return dict(zip(_EVENTS, schemas, strict=True)), components


def _operation(kind: EventType, detail: Any) -> dict[str, Any]:  # noqa: ANN401  JSON
    summary, _ = _EVENTS[kind]
    words = "_".join(str(kind).split("."))
    return {
        "tags": [BOOKING_SITES],
        "operationId": f"receive_{words}",
        "summary": summary,
        "description": "Sent to the webhooks that have chosen this event.",
        "security": [],
        "parameters": [_header(name, text) for name, text in _HEADERS.items()],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _body(kind, detail)}},
        },
        "responses": {
            "2XX": {"description": "Received. Any other status is tried again."},
            "410": {"description": "Send nothing more: the webhook is disabled."},
        },
    }


def _header(name: str, description: str) -> dict[str, Any]:
    schema = {"type": "string"}
    return {"name": name, "in": "header", "required": True, "description": description} | {
        "schema": schema
    }


def _body(kind: EventType, detail: Any) -> dict[str, Any]:  # noqa: ANN401  JSON
    return {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"type": "string", "enum": [str(kind)]},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": detail,
        },
    }
