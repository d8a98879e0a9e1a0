"""Webhooks on their way: signatures, retries, endpoints that fail, and replays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import standardwebhooks
from botocore.exceptions import ReadTimeoutError

from chalicelib.domain.errors import OutcomeUnknownError
from chalicelib.events.sqs import UndeliveredError
from chalicelib.events.webhook_queue import parse_message
from chalicelib.events.webhook_signature import make_secret, sign
from tests.support.factories import SUNDAY_NOON
from tests.support.webhook_receiver import cancellation, change, states
from tests.support.webhooks import create_webhook, list_deliveries, path_of

if TYPE_CHECKING:
    from tests.support.app_client import AppClient
    from tests.support.webhook_receiver import Receiver, WebhookSystem

HOUR = timedelta(hours=1)


def test_event_is_sent_as_the_standard_says(
    client: AppClient, system: WebhookSystem, receiver: Receiver
) -> None:
    webhook = create_webhook(client, receiver.url, "slots.changed")

    system.events.queue_all([change(7)])
    system.handle_due()

    (request,) = receiver.received
    assert request.json["type"] == "slots.changed"
    assert request.json["timestamp"] == "2026-11-22T12:00:00Z"
    assert request.json["data"]["revision"] == 7
    assert request.json["data"]["slots"][0]["status"] == "free"
    assert request.is_signed_with(webhook["secret"])
    assert not request.is_signed_with(make_secret())
    assert states(client, webhook) == [("delivered", 1, 200)]


def test_signature_is_verified_by_the_library_of_the_standard() -> None:
    old, new = make_secret(), make_secret()
    headers = sign("msg_1", '{"type":"x"}', (new, old), datetime.now(UTC))

    for secret in (old, new):
        assert standardwebhooks.Webhook(secret).verify('{"type":"x"}', headers) == {"type": "x"}
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(old).verify('{"type":"y"}', headers)


def test_both_secrets_sign_for_a_day_after_a_rotation(
    client: AppClient, system: WebhookSystem, receiver: Receiver
) -> None:
    webhook = create_webhook(client, receiver.url)
    new = client.post(f"{path_of(webhook)}/rotate", {}).json["secret"]

    for revision, wait in ((1, timedelta(hours=23)), (2, HOUR)):
        client.clock.now += wait
        system.events.queue_all([change(revision)])
        system.handle_due()

    first, second = receiver.received
    assert (first.is_signed_with(webhook["secret"]), first.is_signed_with(new)) == (True, True)
    assert (second.is_signed_with(webhook["secret"]), second.is_signed_with(new)) == (False, True)


def test_booking_events_go_to_the_owner_of_the_booking_only(
    client: AppClient, system: WebhookSystem, receiver: Receiver
) -> None:
    create_webhook(client, receiver.url, "booking.cancelled")

    assert system.events.queue_all([cancellation("site-a")]) == 0
    assert system.events.queue_all([cancellation("practice")]) == 1
    assert system.events.queue_all([change(1)]) == 0
    system.handle_due()

    (request,) = receiver.received
    assert request.json["type"] == "booking.cancelled"
    assert request.json["data"]["booking_id"] == "b-1"
    assert request.json["data"]["slot"]["slot_id"] == "dr-lee~20261123T0900Z"


def test_event_that_is_read_twice_is_sent_once(
    client: AppClient, system: WebhookSystem, receiver: Receiver
) -> None:
    create_webhook(client, receiver.url)

    for _ in range(2):
        system.events.queue_all([change(1)])
    system.handle_due()

    assert len(receiver.received) == 1


def test_try_whose_result_was_lost_is_made_again(
    client: AppClient, system: WebhookSystem, receiver: Receiver
) -> None:
    webhook = create_webhook(client, receiver.url)
    receiver.next_statuses = [500]
    system.events.queue_all([change(1)])
    (body,) = system.sqs.take_due()
    with (
        client.inject_responses("TransactWriteItems", *[ReadTimeoutError(endpoint_url="x")] * 2),
        pytest.raises(OutcomeUnknownError),
    ):
        system.deliver.handle(parse_message(body))

    # SQS delivers the message again, and the retry is in the queue as well.
    system.deliver.handle(parse_message(body))
    system.run_until(SUNDAY_NOON + HOUR)

    assert {request.message_id for request in receiver.received} == {
        receiver.received[0].message_id
    }
    assert states(client, webhook)[0][0] == "delivered"


def test_message_is_handled_again_if_the_next_try_is_not_queued(
    client: AppClient, system: WebhookSystem, receiver: Receiver
) -> None:
    webhook = create_webhook(client, receiver.url)
    receiver.next_statuses = [500]
    system.events.queue_all([change(1)])
    (body,) = system.sqs.take_due()
    system.sqs.is_down = True
    with pytest.raises(UndeliveredError):
        system.deliver.handle(parse_message(body))
    assert list_deliveries(client, webhook) == []
    system.sqs.is_down = False

    system.deliver.handle(parse_message(body))

    assert states(client, webhook) == [("delivered", 1, 200)]


def test_nothing_is_sent_to_a_deleted_webhook(
    client: AppClient, system: WebhookSystem, receiver: Receiver
) -> None:
    webhook = create_webhook(client, receiver.url)
    system.events.queue_all([change(1)])
    client.delete(path_of(webhook))

    system.handle_due()

    assert receiver.received == []


def test_test_is_503_while_the_queue_is_down(
    client: AppClient, system: WebhookSystem, receiver: Receiver
) -> None:
    webhook = create_webhook(client, receiver.url)
    system.sqs.is_down = True

    assert client.post(f"{path_of(webhook)}/test", {}).status == 503


def test_secret_before_the_last_two_signs_nothing_more(
    client: AppClient, system: WebhookSystem, receiver: Receiver
) -> None:
    webhook = create_webhook(client, receiver.url)
    rotated = [client.post(f"{path_of(webhook)}/rotate", {}).json["secret"] for _ in range(2)]

    system.events.queue_all([change(1)])
    system.handle_due()

    (request,) = receiver.received
    signed = [request.is_signed_with(secret) for secret in (webhook["secret"], *rotated)]
    assert signed == [False, True, True]
