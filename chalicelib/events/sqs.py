"""Send messages to a queue of SQS, in batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import get_session
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MAX_DELAY_SECONDS = 900
"""SQS delivers a message after at most 15 minutes."""
_MAX_BATCH_ENTRIES = 10
_MAX_BATCH_BYTES = 250_000


class SqsClient(Protocol):
    """What this module uses of a botocore client for SQS."""

    def send_message_batch(self, *, QueueUrl: str, Entries: Sequence[Any]) -> dict[str, Any]:  # noqa: N803  AWS's
        """See the SQS API reference."""


class UndeliveredError(Exception):
    """SQS did not accept every message: the caller must repeat what sent them."""


class QueueMessage(Struct, frozen=True):
    """A message, and after how many seconds it may be received; ``group`` gets its fair share."""

    body: str
    delay_seconds: int = 0
    group: str | None = None

    def to_entry(self, number: int) -> dict[str, Any]:
        entry: dict[str, Any] = {"Id": str(number), "MessageBody": self.body}
        if self.delay_seconds:
            entry["DelaySeconds"] = self.delay_seconds
        if self.group:
            entry["MessageGroupId"] = self.group
        return entry


def send_all(client: SqsClient, url: str, messages: Iterable[QueueMessage]) -> None:
    """Send the messages to the queue at ``url``. Raises ``UndeliveredError``."""
    for batch in _batched(messages):
        entries = [message.to_entry(number) for number, message in enumerate(batch)]
        try:
            response = client.send_message_batch(QueueUrl=url, Entries=entries)
        except (ClientError, BotoCoreError) as error:
            raise UndeliveredError from error
        if response.get("Failed"):
            raise UndeliveredError


def _batched(messages: Iterable[QueueMessage]) -> Iterator[list[QueueMessage]]:
    batch: list[QueueMessage] = []
    size = 0
    for message in messages:
        length = len(message.body.encode())
        if batch and (len(batch) == _MAX_BATCH_ENTRIES or size + length > _MAX_BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += length
    if batch:
        yield batch


def create_client() -> SqsClient:
    """Create a client from the environment; it needs no boto3."""
    config = Config(
        connect_timeout=1, read_timeout=4, retries={"mode": "standard", "total_max_attempts": 3}
    )
    return cast("SqsClient", get_session().create_client("sqs", config=config))
