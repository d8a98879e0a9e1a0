"""Conditions of the writes of webhooks and their deliveries: each version is stored once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.permissions import Caller, Role
from chalicelib.domain.webhook import (
    EventType,
    Secret,
    Webhook,
    WebhookAct,
    WebhookAuditEntry,
    WebhookModifiedError,
    WebhookNotFoundError,
)
from chalicelib.domain.webhook_delivery import Attempt, Delivery, make_delivery_id
from chalicelib.storage.delivery_repository import DeliveryRepository
from chalicelib.storage.webhook_repository import WebhookRepository
from tests.support.factories import SUNDAY_NOON

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.app_client import AppClient

WEBHOOK = Webhook(
    webhook_id="1f0c9ae27b3540d8",
    client="site-a",
    url="https://hooks.example.org/",
    events=frozenset({EventType.SLOTS_CHANGED}),
    secrets=(Secret(value="whsec_AAAA"),),
    created_at=SUNDAY_NOON,
    created_by="site-a",
)
ROTATED = WEBHOOK.rotated("whsec_BBBB", SUNDAY_NOON)
DELIVERY = Delivery(
    webhook_id=WEBHOOK.webhook_id,
    delivery_id=make_delivery_id(WEBHOOK.webhook_id, "event", SUNDAY_NOON),
    kind=EventType.SLOTS_CHANGED,
    body="{}",
    created_at=SUNDAY_NOON,
    started_at=SUNDAY_NOON,
)
TRIED = DELIVERY.after(Attempt(status=500), SUNDAY_NOON)
WEBHOOKS, DELIVERIES = WebhookRepository(), DeliveryRepository()


def entry(number: int) -> WebhookAuditEntry:
    """Return an entry of an instant of its own."""
    actor = Caller(name="site-a", client="site-a", roles=frozenset({Role.BOOKING_SITE}))
    at = SUNDAY_NOON + timedelta(seconds=number)
    return WebhookAuditEntry(at=at, act=WebhookAct.CREATE, webhook=WEBHOOK, actor=actor)


@pytest.fixture(autouse=True)
def _stored(client: AppClient) -> AppClient:
    WEBHOOKS.put(WEBHOOK, entry(0))
    DELIVERIES.put(DELIVERY, None)
    return client


def assert_rejected(
    client: AppClient, write: Callable[[], None], error: type[Exception] = WebhookModifiedError
) -> None:
    before = client.export()
    with pytest.raises(error):
        write()
    assert client.export() == before


def test_webhook_is_created_once(client: AppClient) -> None:
    other = replace(WEBHOOK, url="https://other.example.org/")
    assert_rejected(client, lambda: WEBHOOKS.put(other, entry(1)))


def test_two_rotations_do_not_make_the_same_version(client: AppClient) -> None:
    WEBHOOKS.put(ROTATED, entry(1))
    again = WEBHOOK.rotated("whsec_CCCC", SUNDAY_NOON)
    assert_rejected(client, lambda: WEBHOOKS.put(again, entry(2)))


def test_rotation_does_not_bring_a_deleted_webhook_back(client: AppClient) -> None:
    WEBHOOKS.delete(WEBHOOK, entry(1))
    assert_rejected(client, lambda: WEBHOOKS.put(ROTATED, entry(2)))


def test_webhook_is_deleted_once(client: AppClient) -> None:
    WEBHOOKS.delete(WEBHOOK, entry(1))
    assert_rejected(client, lambda: WEBHOOKS.delete(WEBHOOK, entry(2)), WebhookNotFoundError)


def test_audit_entry_is_not_overwritten(client: AppClient) -> None:
    assert_rejected(client, lambda: WEBHOOKS.put(ROTATED, entry(0)))


def test_delivery_is_stored_once(client: AppClient) -> None:
    assert_rejected(client, lambda: DELIVERIES.put(TRIED, None))


def test_try_is_recorded_once(client: AppClient) -> None:
    DELIVERIES.put(TRIED, DELIVERY)
    other = DELIVERY.after(Attempt(status=200), SUNDAY_NOON)
    assert_rejected(client, lambda: DELIVERIES.put(other, DELIVERY))


def test_try_before_a_replay_is_not_recorded(client: AppClient) -> None:
    DELIVERIES.put(DELIVERY.replayed(SUNDAY_NOON), DELIVERY)
    assert_rejected(client, lambda: DELIVERIES.put(TRIED, DELIVERY))


def test_everything_of_a_webhook_is_read_back() -> None:
    WEBHOOKS.put(ROTATED)
    DELIVERIES.put(TRIED, DELIVERY)

    assert WEBHOOKS.get(WEBHOOK.webhook_id) == ROTATED
    assert [*WEBHOOKS.list_all()] == [ROTATED]
    assert DELIVERIES.get(WEBHOOK.webhook_id, DELIVERY.delivery_id) == TRIED
