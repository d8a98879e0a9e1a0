"""Webhooks whose endpoint fails: when they are tried again, given up and replayed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.support.factories import SUNDAY_NOON
from tests.support.http_server import unused_url
from tests.support.webhook_receiver import change, states
from tests.support.webhooks import create_webhook, list_deliveries, path_of

if TYPE_CHECKING:
    from tests.support.app_client import AppClient
    from tests.support.webhook_receiver import Receiver, WebhookSystem

HOUR = timedelta(hours=1)


def test_endpoint_that_is_down_for_an_hour_gets_everything(
    client: AppClient, system: WebhookSystem, receiver: Receiver
) -> None:
    webhook = create_webhook(client, receiver.url)
    receiver.status = 503
    for revision in range(1, 6):
        system.events.queue_all([change(revision, client.clock())])
        system.run_until(client.clock() + timedelta(minutes=12))
    receiver.received.clear()
    receiver.status = 200

    system.run_until(client.clock() + 3 * HOUR)

    revisions = [request.json["data"]["revision"] for request in receiver.received]
    assert sorted(revisions) == [1, 2, 3, 4, 5]
    assert {state for state, *_ in states(client, webhook)} == {"delivered"}


def test_first_retry_is_within_ten_seconds_with_new_timestamp(
    client: AppClient, system: WebhookSystem, receiver: Receiver
) -> None:
    webhook = create_webhook(client, receiver.url)
    receiver.next_statuses = [500]

    system.events.queue_all([change(1)])
    system.run_until(SUNDAY_NOON + timedelta(seconds=10))

    first, second = receiver.received
    assert first.message_id == second.message_id
    assert first.body == second.body
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert second.is_signed_with(webhook["secret"])
    assert states(client, webhook) == [("delivered", 2, 200)]


def test_endpoint_that_never_accepts_is_given_up_after_72_hours(
    client: AppClient, system: WebhookSystem, receiver: Receiver
) -> None:
    webhook = create_webhook(client, receiver.url)
    receiver.status = 500
    system.events.queue_all([change(1)])

    system.run_until(SUNDAY_NOON + 62 * HOUR)
    assert [state for state, *_ in states(client, webhook)] == ["pending"]
    system.run_until(SUNDAY_NOON + 72 * HOUR)

    ((state, tries, status),) = states(client, webhook)
    assert (state, status) == ("failed", 500)
    assert tries == len(receiver.received) > 10
    assert system.sqs.next_at is None
    assert system.sqs.longest_delay == 900


def test_failed_delivery_is_replayed(
    client: AppClient, system: WebhookSystem, receiver: Receiver
) -> None:
    webhook = create_webhook(client, receiver.url)
    receiver.status = 500
    system.events.queue_all([change(1)])
    system.run_until(SUNDAY_NOON + 72 * HOUR)
    (delivery,) = list_deliveries(client, webhook)
    receiver.reset()

    replay = f"{path_of(webhook)}/deliveries/{delivery['delivery_id']}/replay"
    assert client.post(replay, {}).status == 202
    system.handle_due()

    assert [request.message_id for request in receiver.received] == [delivery["delivery_id"]]
    assert states(client, webhook) == [("delivered", 1, 200)]
    client.post(replay, {})
    system.handle_due()
    assert len(receiver.received) == 2


def test_replay_takes_the_place_of_the_waiting_retry(
    client: AppClient, system: WebhookSystem, receiver: Receiver
) -> None:
    webhook = create_webhook(client, receiver.url)
    receiver.next_statuses = [500]
    system.events.queue_all([change(1)])
    system.handle_due()
    (delivery,) = list_deliveries(client, webhook)

    client.post(f"{path_of(webhook)}/deliveries/{delivery['delivery_id']}/replay", {})
    system.run_until(SUNDAY_NOON + HOUR)

    assert len(receiver.received) == 2


def test_410_disables_the_webhook(
    client: AppClient, system: WebhookSystem, receiver: Receiver
) -> None:
    webhook = create_webhook(client, receiver.url)
    receiver.status = 410
    system.events.queue_all([change(1)])
    system.run_until(SUNDAY_NOON + HOUR)

    assert client.get(path_of(webhook)).json["state"] == "disabled"
    system.events.queue_all([change(2)])
    system.run_until(SUNDAY_NOON + 2 * HOUR)
    assert len(receiver.received) == 1
    assert states(client, webhook) == [("failed", 1, 410)]
    assert client.post(f"{path_of(webhook)}/test", {}).status == 409


def test_what_waits_for_a_disabled_webhook_is_not_sent(
    client: AppClient, system: WebhookSystem, receiver: Receiver
) -> None:
    webhook = create_webhook(client, receiver.url)
    receiver.next_statuses = [500, 410]
    system.events.queue_all([change(1), change(2)])
    system.run_until(SUNDAY_NOON + HOUR)

    assert len(receiver.received) == 2
    assert {state for state, *_ in states(client, webhook)} == {"failed"}


def test_redirect_is_not_followed_and_tried_again(
    client: AppClient, system: WebhookSystem, receiver: Receiver
) -> None:
    webhook = create_webhook(client, receiver.url)
    receiver.next_statuses, receiver.location = [302], receiver.url

    system.events.queue_all([change(1)])
    system.handle_due()
    assert states(client, webhook) == [("pending", 1, 302)]
    assert len(receiver.received) == 1
    system.run_until(SUNDAY_NOON + HOUR)

    assert states(client, webhook) == [("delivered", 2, 200)]


def test_endpoint_that_is_unreachable_has_an_error(
    client: AppClient, system: WebhookSystem
) -> None:
    webhook = create_webhook(client, unused_url())
    system.events.queue_all([change(1)])
    system.handle_due()

    (delivery,) = list_deliveries(client, webhook)
    assert (delivery["last_status"], delivery["last_error"]) == (None, "connection")
    assert delivery["next_try_at"] is not None
