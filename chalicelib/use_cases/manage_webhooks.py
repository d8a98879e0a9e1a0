"""Use cases of webhooks: create, list, delete, rotate and test them, and replay a delivery."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from chalicelib.domain import webhook as rules
from chalicelib.domain.errors import ConflictError, StoreUnavailableError
from chalicelib.domain.permissions import Permission
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation
from chalicelib.domain.webhook import (
    DeliveryNotFoundError,
    Secret,
    Webhook,
    WebhookAct,
    WebhookAuditEntry,
    WebhookNotFoundError,
)
from chalicelib.domain.webhook_delivery import Delivery, is_valid_delivery_id, make_delivery_id
from chalicelib.domain.webhook_url import parse_url
from chalicelib.events.sqs import UndeliveredError
from chalicelib.events.webhook_bodies import encode_body, make_test_event
from chalicelib.events.webhook_queue import TryMessage
from chalicelib.events.webhook_signature import make_secret
from chalicelib.use_cases.retry import busy_after_conflicts, retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.webhook import EventType
    from chalicelib.events.webhook_queue import WebhookQueue
    from chalicelib.storage.delivery_repository import DeliveryRepository
    from chalicelib.storage.webhook_repository import WebhookRepository


T = TypeVar("T")


class DeliveryPage(Struct, frozen=True, kw_only=True):
    """Deliveries, the newest first; ``cursor`` leads to the next page, None if there is none."""

    deliveries: tuple[Delivery, ...]
    cursor: str | None


class ManageWebhooks:
    """The webhooks of a client, or all of them for an admin.

    All methods raise ``PermissionDeniedError`` and ``StoreUnavailableError``, those that write also
    ``OutcomeUnknownError``, and those with an id ``WebhookNotFoundError``. Without a ``queue``
    nothing is sent: a delivery only waits.
    """

    def __init__(
        self,
        webhooks: WebhookRepository,
        deliveries: DeliveryRepository,
        queue: Callable[[], WebhookQueue | None],
        now: Callable[[], datetime],
        pause: Callable[[int], None],
        *,
        allow_loopback: bool,
    ) -> None:
        self._webhooks = webhooks
        self._deliveries = deliveries
        self._queue = queue
        self._now = now
        self._pause = pause
        self._allow_loopback = allow_loopback

    def list_all(self, caller: Caller) -> tuple[Webhook, ...]:
        """Return the caller's webhooks, the oldest first."""
        caller.require_permission(Permission.SUBSCRIBE)
        found = self._retry(self._webhooks.list_all)
        visible = (each for each in found if rules.can_see(caller, each))
        return tuple(sorted(visible, key=lambda each: (each.created_at, each.webhook_id)))

    def get(self, caller: Caller, webhook_id: str) -> Webhook:
        """Return one of the caller's webhooks."""
        caller.require_permission(Permission.SUBSCRIBE)
        if not rules.is_valid_webhook_id(webhook_id):
            raise WebhookNotFoundError
        webhook = self._retry(lambda: self._webhooks.get(webhook_id))
        if not rules.can_see(caller, webhook):
            raise WebhookNotFoundError
        return webhook

    def create(self, caller: Caller, url: str, events: frozenset[EventType]) -> Webhook:
        """Create a webhook; its secret is shown this once. Raises ``RequestRejectedError``."""
        caller.require_permission(Permission.SUBSCRIBE)
        parse_url(url, allow_loopback=self._allow_loopback)
        owner = rules.owner_of(caller)
        existing = self._retry(self._webhooks.list_all)
        rules.require_room(sum(each.client == owner for each in existing))
        webhook = Webhook(
            webhook_id=secrets.token_hex(8),
            client=owner,
            url=url,
            events=events,
            secrets=(Secret(value=make_secret()),),
            created_at=self._now(),
            created_by=caller.name,
        )
        self._webhooks.put(webhook, self._entry(WebhookAct.CREATE, webhook, caller))
        return webhook

    def delete(self, caller: Caller, webhook_id: str) -> None:
        """Delete a webhook; what is waiting for it is not sent."""
        webhook = self.get(caller, webhook_id)
        self._webhooks.delete(webhook, self._entry(WebhookAct.DELETE, webhook, caller))

    def rotate(self, caller: Caller, webhook_id: str) -> Webhook:
        """Give a webhook a new secret; the one before it signs too for a day."""
        value = make_secret()

        def attempt() -> Webhook:
            webhook = self.get(caller, webhook_id).rotated(value, self._now())
            self._webhooks.put(webhook, self._entry(WebhookAct.ROTATE, webhook, caller))
            return webhook

        return self._retry(attempt)

    def test(self, caller: Caller, webhook_id: str) -> Delivery:
        """Send a test event. Raises ``ConflictError`` if the webhook is disabled."""
        webhook, now = self._get_enabled(caller, webhook_id), self._now()
        event = make_test_event(webhook_id, secrets.token_hex(8), now)
        delivery = Delivery(
            webhook_id=webhook.webhook_id,
            delivery_id=make_delivery_id(webhook_id, event.event_id, now),
            kind=event.kind,
            body=encode_body(event),
            created_at=now,
            started_at=now,
            next_try_at=now,
        )
        self._deliveries.put(delivery, None)
        self._send(delivery, now)
        return delivery

    def list_deliveries(
        self, caller: Caller, webhook_id: str, *, limit: int, cursor: str | None
    ) -> DeliveryPage:
        """Return a page of deliveries; ``cursor`` is the id of the last one before it."""
        self.get(caller, webhook_id)
        found: Sequence[Delivery] = self._retry(
            lambda: self._deliveries.list_latest(webhook_id, limit, cursor)
        )
        last = found[-1].delivery_id if len(found) == limit else None
        return DeliveryPage(deliveries=tuple(found), cursor=last)

    def replay(self, caller: Caller, webhook_id: str, delivery_id: str) -> Delivery:
        """Send a delivery again, whatever its state.

        Raises ``DeliveryNotFoundError``, and ``ConflictError`` if the webhook is disabled.
        """
        self._get_enabled(caller, webhook_id)
        if not is_valid_delivery_id(delivery_id):
            raise DeliveryNotFoundError

        def attempt() -> Delivery:
            stored = self._deliveries.get(webhook_id, delivery_id)
            delivery = stored.replayed(self._now())
            self._deliveries.put(delivery, stored)
            return delivery

        delivery = self._retry(attempt)
        self._send(delivery, delivery.started_at)
        return delivery

    def _get_enabled(self, caller: Caller, webhook_id: str) -> Webhook:
        webhook = self.get(caller, webhook_id)
        if not webhook.is_enabled:
            detail = Text("The webhook is disabled. Delete it and create another.")
            raise ConflictError(FieldViolation("webhook_id", "invalid", detail))
        return webhook

    def _retry(self, function: Callable[[], T]) -> T:
        with busy_after_conflicts():
            return retry_on_conflict(function, self._pause)

    def _send(self, delivery: Delivery, now: datetime) -> None:
        if queue := self._queue():
            try:
                queue.send([TryMessage.next(delivery, now)], now)
            except UndeliveredError as error:
                raise StoreUnavailableError from error

    def _entry(self, act: WebhookAct, webhook: Webhook, caller: Caller) -> WebhookAuditEntry:
        return WebhookAuditEntry(at=self._now(), act=act, webhook=webhook, actor=caller)
