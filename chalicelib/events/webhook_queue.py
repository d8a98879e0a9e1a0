"""The queue of webhooks: one message for each try of a delivery.

The first message has the event; the following ones only name the delivery, which is stored by then.
SQS delays a message by 15 minutes at most: one that is due later goes round until then.
"""

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

import msgspec

from chalicelib.domain.webhook import EventType
from chalicelib.domain.webhook_delivery import Delivery
from chalicelib.events.sqs import MAX_DELAY_SECONDS, QueueMessage, send_all

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.events.sqs import SqsClient


class NewEvent(msgspec.Struct, frozen=True, kw_only=True):
    """The event of a delivery that is not stored yet."""

    kind: EventType
    body: str


class TryMessage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The next try of a delivery, after so many tries since so many replays, not before ``due``."""

    webhook_id: str
    delivery_id: str
    due: datetime
    replays: int = 0
    tries: int = 0
    event: NewEvent | None = None

    @classmethod
    def first(cls, delivery: Delivery) -> Self:
        """Return the message of a delivery that is not stored."""
        return cls(
            webhook_id=delivery.webhook_id,
            delivery_id=delivery.delivery_id,
            due=delivery.created_at,
            event=NewEvent(kind=delivery.kind, body=delivery.body),
        )

    @classmethod
    def next(cls, delivery: Delivery, due: datetime) -> Self:
        """Return the message for the next try of a stored delivery."""
        return cls(
            webhook_id=delivery.webhook_id,
            delivery_id=delivery.delivery_id,
            due=due,
            replays=delivery.replays,
            tries=delivery.tries,
        )

    def new_delivery(self) -> Delivery | None:
        """Return the delivery as it is before its first try, if the message has its event."""
        if self.event is None:
            return None
        return Delivery(
            webhook_id=self.webhook_id,
            delivery_id=self.delivery_id,
            kind=self.event.kind,
            body=self.event.body,
            created_at=self.due,
            started_at=self.due,
        )


class WebhookQueue:
    """Sends messages to the queue at ``url``; without one, as on a laptop, nothing is sent."""

    def __init__(self, client: "SqsClient", url: str) -> None:
        self._client = client
        self._url = url

    def send(self, messages: "Iterable[TryMessage]", now: datetime) -> None:
        """Send the messages; each is received when it is due. Raises ``UndeliveredError``."""
        send_all(self._client, self._url, (_to_message(message, now) for message in messages))


def _to_message(message: TryMessage, now: datetime) -> QueueMessage:
    # Not a moment too early: it would come back at once. A new event waits for no clock.
    waiting = timedelta(0) if message.event else message.due - now
    seconds = max(0, math.ceil(waiting.total_seconds()))
    body = msgspec.json.encode(message).decode()
    # The messages of an endpoint that hangs do not delay those of others (fair queues).
    return QueueMessage(body, min(seconds, MAX_DELAY_SECONDS), message.webhook_id)


_decoder = msgspec.json.Decoder(TryMessage)


def parse_message(body: str) -> TryMessage:
    """Reverse the encoding of a message. Raises ``msgspec.DecodeError``."""
    return _decoder.decode(body)
