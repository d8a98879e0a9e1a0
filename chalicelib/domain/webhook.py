"""Webhooks: endpoints of other systems to which events are sent (Standard Webhooks 1.0)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain.errors import (
    ConcurrentModificationError,
    NotFoundError,
    RequestRejectedError,
)
from chalicelib.domain.permissions import PRACTICE, Role
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.permissions import Caller

MAX_WEBHOOKS = 10
"""The most of one client."""
ROTATION_OVERLAP = timedelta(hours=24)
"""How long the previous secret still signs after a rotation."""
SECRET_PREFIX = "whsec_"  # noqa: S105  of the standard, and no secret  # nosec B105
_WEBHOOK_ID = re.compile(r"[0-9a-f]{16}")


class EventType(StrEnum):
    """The events that an endpoint can receive."""

    SLOTS_CHANGED = "slots.changed"
    BOOKINGS_DISRUPTED = "bookings.disrupted"
    BOOKING_CANCELLED = "booking.cancelled"
    BOOKING_MOVED = "booking.moved"
    TEST = "webhook.test"


SUBSCRIBABLE = tuple(kind for kind in EventType if kind is not EventType.TEST)
"""A test is sent on request only."""


class WebhookState(StrEnum):
    """Whether events are sent; an endpoint that answers 410 is disabled."""

    ENABLED = "enabled"
    DISABLED = "disabled"


class WebhookNotFoundError(NotFoundError):
    """The caller's client has no such webhook."""

    code = "webhook_not_found"

    def __init__(self) -> None:
        super().__init__(Text("There is no such webhook"))


class DeliveryNotFoundError(NotFoundError):
    """The webhook has no such delivery, or it is older than ``DELIVERY_AGE``."""

    code = "delivery_not_found"

    def __init__(self) -> None:
        super().__init__(Text("There is no such delivery"))


class WebhookModifiedError(ConcurrentModificationError):
    """The webhook, or its delivery, was changed since it was read."""

    code = "webhook_modified"

    def __init__(self) -> None:
        super().__init__(Text("The webhook has changed meanwhile"))


class WebhookAct(StrEnum):
    """What the audit log records about webhooks."""

    CREATE = "create"
    DELETE = "delete"
    ROTATE = "rotate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A signing secret; ``valid_until`` is None for the current one."""

    value: str
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An endpoint of ``client``, the client that created it; ``version`` counts its changes."""

    webhook_id: str
    client: str
    url: str
    events: frozenset[EventType]
    secrets: tuple[Secret, ...]
    created_at: datetime
    created_by: str
    state: WebhookState = WebhookState.ENABLED
    version: int = 1

    @property
    def is_enabled(self) -> bool:
        return self.state is WebhookState.ENABLED

    def receives(self, kind: EventType, owner: str | None) -> bool:
        """Whether an event is sent there; ``owner`` is the client of a booking, if it is of one."""
        return self.is_enabled and kind in self.events and owner in (None, self.client)

    def signing_secrets(self, now: datetime) -> tuple[str, ...]:
        """Return the secrets that sign now: the current one first."""
        return tuple(
            secret.value
            for secret in self.secrets
            if secret.valid_until is None or now < secret.valid_until
        )

    def rotated(self, value: str, now: datetime) -> Webhook:
        """Return the next version, with another secret; the one before it signs for a while."""
        previous = replace(self.secrets[0], valid_until=now + ROTATION_OVERLAP)
        return replace(self, secrets=(Secret(value=value), previous), version=self.version + 1)

    def disabled(self) -> Webhook:
        """Return the next version, to which nothing is sent."""
        return replace(self, state=WebhookState.DISABLED, version=self.version + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAuditEntry:
    """Who did what to which webhook."""

    at: datetime
    act: WebhookAct
    webhook: Webhook
    actor: Caller


def is_valid_webhook_id(text: str) -> bool:
    """Whether the text has the form of a webhook's id."""
    return _WEBHOOK_ID.fullmatch(text) is not None


def owner_of(caller: Caller) -> str:
    """Return the client to which the caller's webhooks belong; an admin's are the practice's."""
    return PRACTICE if Role.ADMIN in caller.roles else caller.client


def can_see(caller: Caller, webhook: Webhook) -> bool:
    """Whether the caller may use the webhook: an admin any, a client its own."""
    return Role.ADMIN in caller.roles or webhook.client == caller.client


def require_room(count: int) -> None:
    """Raise ``RequestRejectedError`` if a client with so many webhooks can have no other."""
    if count >= MAX_WEBHOOKS:
        detail = Text(
            "A client has at most %(limit)s webhooks. Delete one first.", limit=MAX_WEBHOOKS
        )
        raise RequestRejectedError(FieldViolation("url", "too_many", detail))


def parse_events(names: list[str]) -> frozenset[EventType]:
    """Return the events of these names. Raises ``RequestRejectedError``."""
    known = {kind.value for kind in SUBSCRIBABLE}
    if not names or not known.issuperset(names):
        detail = Text("Choose one or more of %(names)s", names=", ".join(sorted(known)))
        raise RequestRejectedError(FieldViolation("events", "invalid", detail))
    return frozenset(map(EventType, names))
