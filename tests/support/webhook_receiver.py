"""Another system that receives webhooks, and a queue that a test's clock drives."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import standardwebhooks
from msgspec import structs

from chalicelib.domain.events import ChangedSlot, SlotsChanged
from chalicelib.domain.slot import SlotId, SlotStatus
from chalicelib.domain.webhook_event import BookingLeft
from chalicelib.events.webhook_queue import WebhookQueue, parse_message
from chalicelib.events.webhook_sender import WebhookSender
from chalicelib.storage.delivery_repository import DeliveryRepository
from chalicelib.storage.webhook_repository import WebhookRepository
from chalicelib.use_cases.deliver_webhooks import DeliverWebhooks
from chalicelib.use_cases.manage_webhooks import ManageWebhooks
from chalicelib.use_cases.queue_webhooks import QueueWebhooks
from chalicelib.webhook_services import WebhookServices
from tests.support.app_client import build_services
from tests.support.factories import MONDAY, SUNDAY_NOON, make_slot, to_instant
from tests.support.http_server import serve
from tests.support.webhooks import list_deliveries

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from wsgiref.types import StartResponse, WSGIEnvironment

    from tests.support.app_client import AppClient
    from tests.support.clock import Clock

HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


@dataclass(frozen=True)
class Received:
    """A request of a webhook."""

    body: str
    headers: dict[str, str]

    @property
    def message_id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def json(self) -> Any:  # noqa: ANN401  JSON of any shape
        return json.loads(self.body)

    def is_signed_with(self, secret: str) -> bool:
        """Whether one of the signatures is of that secret, whatever time it is."""
        at = datetime.fromtimestamp(int(self.headers["webhook-timestamp"]), UTC)
        expected = standardwebhooks.Webhook(secret).sign(self.message_id, at, self.body)
        return expected in self.headers["webhook-signature"].split()


@dataclass
class Receiver:
    """Responds with ``status``, or with those that are ``next_statuses`` first."""

    url: str = ""
    status: int = 200
    location: str = ""
    next_statuses: list[int] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        length = int(environ["CONTENT_LENGTH"])
        headers = {name: environ[f"HTTP_{name.upper().replace('-', '_')}"] for name in HEADERS}
        self.received.append(Received(environ["wsgi.input"].read(length).decode(), headers))
        status = self.next_statuses.pop(0) if self.next_statuses else self.status
        headers = {"Location": self.location} if self.location else {}
        start_response(f"{status} Status", [*headers.items()])
        return [b"ok"]

    def reset(self) -> None:
        """Forget everything, and accept what comes."""
        self.status, self.location = 200, ""
        self.next_statuses.clear()
        self.received.clear()


@contextmanager
def run_receiver() -> Iterator[Receiver]:
    """Serve while the block runs."""
    receiver = Receiver()
    with serve(receiver) as url:
        receiver.url = f"{url}/hooks"
        yield receiver


class ClockedQueue:
    """SQS, as far as webhooks use it, on the clock of a test."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: list[tuple[datetime, str]] = []
        self.longest_delay = 0
        self.is_down = False

    def send_message_batch(self, *, QueueUrl: str, Entries: Sequence[Any]) -> dict[str, Any]:  # noqa: ARG002, N803  AWS's
        if self.is_down:
            return {"Failed": [{"Id": "0"}]}
        for entry in Entries:
            delay = entry.get("DelaySeconds", 0)
            self.longest_delay = max(delay, self.longest_delay)
            due = self._clock() + timedelta(seconds=delay)
            self._waiting.append((due, entry["MessageBody"]))
        return {}

    def take_due(self) -> list[str]:
        """Return the messages that are visible by now, and remove them."""
        due = [body for at, body in self._waiting if at <= self._clock()]
        self._waiting = [each for each in self._waiting if each[0] > self._clock()]
        return due

    @property
    def next_at(self) -> datetime | None:
        """When the next message becomes visible."""
        return min((at for at, _ in self._waiting), default=None)


class WebhookSystem:
    """The app's webhooks on that queue, delivered to this machine."""

    def __init__(self, client: AppClient) -> None:
        self.client = client
        self.sqs = ClockedQueue(client.clock)
        queue = WebhookQueue(self.sqs, "url")
        webhooks, deliveries = WebhookRepository(), DeliveryRepository()
        clock = client.clock
        sender = WebhookSender(allow_loopback=True, seconds=0.3)
        manage = ManageWebhooks(
            webhooks, deliveries, lambda: queue, clock, lambda _: None, allow_loopback=True
        )
        self.events = QueueWebhooks(webhooks, queue, clock)
        self.deliver = DeliverWebhooks(webhooks, deliveries, queue, sender, clock, lambda _: None)
        services = WebhookServices(
            manage=manage, queue_events=lambda: self.events, deliver=lambda: self.deliver
        )
        settings = structs.replace(client.services.settings, allows_loopback_webhooks=True)
        built = build_services(settings, client.clock)
        client.use_services(structs.replace(built, create_webhooks=lambda _: services))

    def handle_due(self) -> None:
        """Handle the messages that are visible by now."""
        for body in self.sqs.take_due():
            self.deliver.handle(parse_message(body))

    def run_until(self, end: datetime) -> None:
        """Let the clock run, and handle each message at its time."""
        self.handle_due()
        while (at := self.sqs.next_at) and at <= end:
            self.client.clock.now = at
            self.handle_due()
        self.client.clock.now = end


def change(revision: int, at: datetime = SUNDAY_NOON) -> SlotsChanged:
    """Return the change of Dr Lee's Monday with that number."""
    changed = ChangedSlot(slot=make_slot("09:00"), previous_status=SlotStatus.UNAVAILABLE)
    return SlotsChanged(
        doctor_id="dr-lee", date=MONDAY, revision=revision, changed_at=at, slots=(changed,)
    )


def cancellation(owner: str) -> BookingLeft:
    """Return the cancellation of a booking of that client."""
    return BookingLeft(
        owner=owner,
        booking_id="b-1",
        slot_id=SlotId("dr-lee", to_instant("09:00")),
        moved_to=None,
        revision=2,
        changed_at=SUNDAY_NOON,
    )


def states(client: AppClient, webhook: dict[str, Any]) -> list[tuple[str, int, int | None]]:
    """Return state, number of tries and last status of each delivery."""
    return [
        (each["state"], each["tries"], each["last_status"])
        for each in list_deliveries(client, webhook)
    ]
