"""The queue of the schedule and of closures: a message for a page of doctors, or for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast

import msgspec
from botocore.config import Config
from botocore.session import get_session

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MAX_BATCH_ENTRIES = 10


class SqsClient(Protocol):
    """What this module uses of a botocore client for SQS."""

    def send_message_batch(self, *, QueueUrl: str, Entries: Sequence[Any]) -> dict[str, Any]:  # noqa: N803
        """See the SQS API reference."""


class PageMessage(msgspec.Struct, frozen=True, tag="page"):
    """Send a message for each doctor of a page; ``cursor`` is None for the first."""

    cursor: str | None = None


class DoctorMessage(msgspec.Struct, frozen=True, tag="doctor"):
    """Extend the series of a doctor."""

    doctor_id: str


class ClosurePageMessage(msgspec.Struct, frozen=True, tag="closure_page"):
    """Send a message for each doctor of a page, to apply a closure; ``cursor`` as above."""

    closure_id: str
    cursor: str | None = None


class ClosureMessage(msgspec.Struct, frozen=True, tag="closure"):
    """Apply a closure to a doctor."""

    closure_id: str
    doctor_id: str


class NamePageMessage(msgspec.Struct, frozen=True, tag="name_page"):
    """Index the names of a page of doctors; ``cursor`` as above."""

    cursor: str | None = None


Message = PageMessage | DoctorMessage | ClosurePageMessage | ClosureMessage | NamePageMessage
_decoder: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)


class UndeliveredError(Exception):
    """SQS did not accept every message: the caller must repeat what sent them."""


class SeriesQueue:
    """Sends messages to the queue at ``url``."""

    def __init__(self, client: SqsClient, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, messages: Iterable[Message]) -> None:
        """Send the messages, in batches. Raises ``UndeliveredError``."""
        waiting = list(messages)
        for start in range(0, len(waiting), _MAX_BATCH_ENTRIES):
            self._send_batch(waiting[start : start + _MAX_BATCH_ENTRIES])

    def _send_batch(self, messages: Sequence[Message]) -> None:
        entries = [
            {"Id": str(number), "MessageBody": msgspec.json.encode(message).decode()}
            for number, message in enumerate(messages)
        ]
        response = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
        if response.get("Failed"):
            raise UndeliveredError


def parse_message(body: str) -> Message:
    """Reverse the encoding of a message. Raises ``msgspec.DecodeError``."""
    return _decoder.decode(body)


def create_client() -> SqsClient:
    """Create a client from the environment; it needs no boto3."""
    retries = Config(retries={"mode": "standard", "total_max_attempts": 3})
    return cast("SqsClient", get_session().create_client("sqs", config=retries))
