"""Webhooks from the table's stream through the queue to a receiver, as in the cloud."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from jsonschema_rs import Draft202012Validator
from msgspec import structs

from chalicelib import bootstrap
from tests.support.app_client import make_slot_id
from tests.support.webhook_receiver import Receiver, run_receiver
from tests.support.webhooks import create_webhook, list_deliveries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.app_client import AppClient
    from tests.support.stream_and_queue import Stream, Subscriber


DOCUMENT = json.loads((Path(__file__).parents[2] / "static" / "openapi.json").read_text())


def is_documented(body: Any) -> bool:  # noqa: ANN401  JSON
    """Whether it is as the section ``webhooks`` of the OpenAPI document says."""
    request = DOCUMENT["webhooks"][body["type"]]["post"]["requestBody"]
    schema = request["content"]["application/json"]["schema"]
    validator = Draft202012Validator({**schema, "components": DOCUMENT["components"]})
    return bool(validator.is_valid(body))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver of webhooks on this machine."""
    with run_receiver() as receiver:
        yield receiver


class Functions:
    """The two functions of webhooks, which a test calls as Lambda does."""

    def __init__(self, client: AppClient, stream: Stream, sqs: Any, url: str) -> None:  # noqa: ANN401  no types for it here
        self._client = client
        self._stream = stream
        self._sqs = sqs
        self._url = url
        self.lines: list[str] = []

    def run(self) -> Any:  # noqa: ANN401  what the function of the stream returns
        """Hand over the stream's records, and then each message of the queue."""
        call = self._client.chalice_client.lambda_.invoke
        response = call("slots_changed", self._stream.read_event()).payload
        while found := self._sqs.receive_message(QueueUrl=self._url).get("Messages"):
            for message in found:
                event = self._client.chalice_client.events.generate_sqs_event([message["Body"]])
                call("deliver_webhooks", event)
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return response


@pytest.fixture
def functions(
    client: AppClient,
    stream: Stream,
    subscriber: Subscriber,
    ministack: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Functions]:
    """The app with the queue of webhooks, which may go to this machine."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", ministack)
    sqs = boto3.client("sqs", endpoint_url=ministack)
    url = sqs.create_queue(QueueName="webhooks")["QueueUrl"]
    settings = structs.replace(
        client.services.settings,
        webhook_queue_url=url,
        allows_loopback_webhooks=True,
        has_request_log=True,
    )
    functions = Functions(client, stream, sqs, url)
    client.use_services(
        bootstrap.build_services(
            settings, now=client.clock, pause=lambda _: None, log=functions.lines.append
        )
    )
    yield functions
    sqs.delete_queue(QueueUrl=url)


def test_changes_reach_a_receiver_through_stream_and_queue(
    client: AppClient, functions: Functions, receiver: Receiver
) -> None:
    webhook = create_webhook(client, receiver.url)
    client.save("09:00", "09:30")
    client.book("09:00", "b-1")
    functions.run()
    client.clock.now += timedelta(seconds=1)
    client.book("09:30", "b-1", moves=make_slot_id("09:00"))
    client.clock.now += timedelta(seconds=1)
    client.cancel("09:30", "b-1")

    functions.run()

    assert all(request.is_signed_with(webhook["secret"]) for request in receiver.received)
    bodies = [request.json for request in receiver.received]
    assert [body for body in bodies if not is_documented(body)] == []
    days = [body["data"] for body in bodies if body["type"] == "slots.changed"]
    assert sorted(each["revision"] for each in days) == [1, 2, 3, 4]
    (moved,) = (body["data"] for body in bodies if body["type"] == "booking.moved")
    assert moved["booking_id"] == "b-1"
    assert moved["slot"]["slot_id"] == make_slot_id("09:00")
    assert moved["moved_to"]["slot_id"] == make_slot_id("09:30")
    (cancelled,) = (body["data"] for body in bodies if body["type"] == "booking.cancelled")
    assert cancelled["slot"]["slot_id"] == make_slot_id("09:30")
    assert cancelled["revision"] == moved["revision"] + 1
    assert {each["state"] for each in list_deliveries(client, webhook)} == {"delivered"}


def test_log_has_neither_url_nor_event(
    client: AppClient, functions: Functions, receiver: Receiver
) -> None:
    webhook = create_webhook(client, f"{receiver.url}?token=secret", "slots.changed")
    client.save("09:00")

    functions.run()

    (line,) = (line for line in functions.lines if "deliver_webhooks" in line)
    assert json.loads(line)["webhook_id"] == webhook["webhook_id"]
    assert (json.loads(line)["state"], json.loads(line)["status"]) == ("delivered", 200)
    assert json.loads(line)["WebhooksDelivered"] == 1
    assert "secret" not in line
    assert "slot" not in line


def test_stream_is_read_again_if_the_queue_is_gone(
    client: AppClient, functions: Functions, receiver: Receiver
) -> None:
    create_webhook(client, receiver.url)
    client.save("09:00")
    broken = structs.replace(
        client.services.settings, webhook_queue_url="http://127.0.0.1:9/000000000000/none"
    )
    client.use_services(bootstrap.build_services(broken, now=client.clock))

    failures = functions.run()["batchItemFailures"]

    assert len(failures) == 1
