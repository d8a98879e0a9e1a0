"""Deliveries of webhooks: one event for one endpoint, its tries, and when the next one is due."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.domain.webhook import EventType

DELIVERY_AGE = timedelta(days=14)
"""How long a delivery can be listed and replayed."""
MAX_RETRY_TIME = timedelta(hours=72)
"""How long after the first try a delivery is given up."""
_MINUTE, _HOUR = 60, 3600
# As in the example of Standard Webhooks 1.0, with more tries in the first hour.
RETRY_SECONDS = (
    *(5, 30, 2 * _MINUTE, 5 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE),
    *(_HOUR, 2 * _HOUR, 5 * _HOUR, 10 * _HOUR, 12 * _HOUR, 12 * _HOUR, 14 * _HOUR, 14 * _HOUR),
)
_MAX_JITTER = 0.1
_INSTANT_FORMAT = "%Y%m%dT%H%M%S%fZ"
_DELIVERY_ID = re.compile(r"msg_[0-9]{8}T[0-9]{12}Z_[0-9a-f]{24}")


class DeliveryState(StrEnum):
    """A pending delivery is tried, again and again; a failed one is given up."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class DeliveryError(StrEnum):
    """Why a try had no response with a status."""

    TIMEOUT = "timeout"
    CONNECTION = "connection"
    NOT_PUBLIC = "address_not_public"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """The result of a try: the status of the response, or the error if there was none."""

    status: int | None = None
    error: DeliveryError | None = None

    @property
    def is_success(self) -> bool:
        """Whether the endpoint has accepted the event; a redirect is none."""
        return (
            self.status is not None and HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES
        )

    @property
    def disables_webhook(self) -> bool:
        """Whether the endpoint wants no more events."""
        return self.status == HTTPStatus.GONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event for one endpoint; ``body`` is what is sent, the same with each try.

    ``delivery_id`` is the ``webhook-id``, the same for every try. ``replays`` counts how often it
    was started again, with ``tries`` and ``started_at`` of its own.
    """

    webhook_id: str
    delivery_id: str
    kind: EventType
    body: str
    created_at: datetime
    started_at: datetime
    state: DeliveryState = DeliveryState.PENDING
    replays: int = 0
    tries: int = 0
    last: Attempt | None = None
    tried_at: datetime | None = None
    next_try_at: datetime | None = None

    def after(self, attempt: Attempt, now: datetime) -> Delivery:
        """Return the delivery after a try: done, to be tried again later, or given up."""
        tried = replace(self, tries=self.tries + 1, last=attempt, tried_at=now, next_try_at=None)
        if attempt.is_success:
            return replace(tried, state=DeliveryState.DELIVERED)
        due = tried.next_due(now)
        if attempt.disables_webhook or due is None:
            return replace(tried, state=DeliveryState.FAILED)
        return replace(tried, next_try_at=due)

    def next_due(self, now: datetime) -> datetime | None:
        """Return when a failed try is followed by the next one; None if there is no time left."""
        if self.tries > len(RETRY_SECONDS):
            return None
        seconds = RETRY_SECONDS[self.tries - 1]
        due = now + timedelta(seconds=seconds * (1 - self._jitter()))
        return due if due - self.started_at <= MAX_RETRY_TIME else None

    def _jitter(self) -> float:
        """Return by which share the delay is shorter, so that not all tries fall together."""
        digest = hashlib.sha256(f"{self.delivery_id}{self.tries}".encode()).digest()
        return digest[0] / 256 * _MAX_JITTER

    def stopped(self) -> Delivery:
        """Return the delivery as given up: the webhook is disabled."""
        return replace(self, state=DeliveryState.FAILED, next_try_at=None)

    def replayed(self, now: datetime) -> Delivery:
        """Return the delivery as it starts again."""
        return replace(
            self,
            state=DeliveryState.PENDING,
            replays=self.replays + 1,
            tries=0,
            started_at=now,
            next_try_at=now,
        )


def make_delivery_id(webhook_id: str, event_id: str, at: datetime) -> str:
    """Return the id of an event for an endpoint, the same whenever the event is read again."""
    digest = hashlib.sha256(f"{webhook_id} {event_id}".encode()).hexdigest()
    return f"msg_{at.astimezone(UTC).strftime(_INSTANT_FORMAT)}_{digest[:24]}"


def is_valid_delivery_id(text: str) -> bool:
    """Whether the text has the form of a delivery's id."""
    return _DELIVERY_ID.fullmatch(text) is not None
