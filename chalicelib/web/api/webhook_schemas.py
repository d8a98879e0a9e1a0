"""The JSON of webhooks."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.web.api.fields import Cursor

WebhookId = Annotated[str, Meta(description="A webhook's id.", examples=["1f0c9ae27b3540d8"])]
DeliveryId = Annotated[
    str,
    Meta(
        description="The delivery's id: the header `webhook-id` of each try.",
        examples=["msg_20261122T120000000000Z_9f86d081884c7d659a2feaa0"],
    ),
]
EndpointUrl = Annotated[
    str,
    Meta(
        description="Where events are sent, by POST: `https` and a public address.",
        examples=["https://hooks.site.example/slots"],
        extra_json_schema={"format": "uri", "maxLength": 2000},
    ),
]
EventName = Literal["slots.changed", "bookings.disrupted", "booking.cancelled", "booking.moved"]
_Instant = Annotated[
    str,
    Meta(
        description="An instant in UTC (RFC 3339).",
        examples=["2026-11-22T12:00:00+00:00"],
        extra_json_schema={"format": "date-time"},
    ),
]
_EventNames = Annotated[
    list[Annotated[str, Meta(extra_json_schema={"enum": [*EventName.__args__]})]],
    Meta(
        description="Which events are sent. `booking.cancelled` and `booking.moved` are of your "
        "own bookings only, also if another user changed them.",
        extra_json_schema={"minItems": 1},
    ),
]
_SigningSecret = Annotated[
    str,
    Meta(
        description="Verifies the signatures. It is shown this once.",
        examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw3v8l8kYJm6s="],
    ),
]


class WebhookRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    """A webhook to create."""

    url: EndpointUrl
    events: _EventNames


class Webhook(Struct, kw_only=True):
    """An endpoint to which events are sent."""

    webhook_id: WebhookId
    url: EndpointUrl
    events: list[EventName]
    state: Annotated[
        Literal["enabled", "disabled"],
        Meta(description="An endpoint that answers 410 is disabled: nothing is sent any more."),
    ]
    client: Annotated[str, Meta(description="The client that it belongs to.")]
    created_at: _Instant


class NewWebhook(Webhook, kw_only=True):
    """A webhook with its secret, which is shown this once."""

    secret: _SigningSecret


class WebhookList(Struct, kw_only=True):
    """The oldest first."""

    webhooks: list[Webhook]


class RotatedSecret(Struct, kw_only=True):
    """The new secret; the one before it signs too until then."""

    webhook_id: WebhookId
    secret: _SigningSecret
    previous_valid_until: _Instant


class Delivery(Struct, kw_only=True):
    """An event for an endpoint, and how far it is."""

    delivery_id: DeliveryId
    type: str
    state: Annotated[
        Literal["pending", "delivered", "failed"],
        Meta(description="A failed delivery is not tried again, unless you replay it."),
    ]
    tries: Annotated[int, Meta(description="Since it was created, or replayed.")]
    created_at: _Instant
    last_tried_at: _Instant | None
    last_status: Annotated[int | None, Meta(description="Of the last response, if there was one.")]
    last_error: Annotated[
        Literal["timeout", "connection", "address_not_public"] | None,
        Meta(description="Why the last try had no response."),
    ]
    next_try_at: _Instant | None


class DeliveryList(Struct, kw_only=True):
    """The newest first; they are kept for 14 days."""

    deliveries: list[Delivery]
    next: Cursor
