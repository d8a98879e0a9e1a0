"""The queue of the schedule and of closures: a message for a page of doctors, or for one."""

from __future__ import annotations

from datetime import date  # noqa: TC003  msgspec evaluates the type of a field
from typing import TYPE_CHECKING

import msgspec

from chalicelib.domain.closure import ClosureRest
from chalicelib.events.sqs import QueueMessage, send_all

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.events.sqs import SqsClient


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
    """Apply a closure to a doctor: its dates from ``first`` on while ``version`` is the latest."""

    closure_id: str
    doctor_id: str
    version: int | None = None
    first: date | None = None

    @property
    def rest(self) -> ClosureRest:
        """What is left of the closure for the doctor."""
        return ClosureRest(version=self.version, first=self.first)


class BackfillPageMessage(msgspec.Struct, frozen=True, tag="backfill_page"):
    """Backfill a page of doctors of earlier releases; ``cursor`` as above."""

    cursor: str | None = None


ClosureTask = ClosurePageMessage | ClosureMessage
Message = PageMessage | DoctorMessage | ClosurePageMessage | ClosureMessage | BackfillPageMessage
_decoder: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)


class SeriesQueue:
    """Sends messages to the queue at ``url``."""

    def __init__(self, client: SqsClient, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, messages: Iterable[Message]) -> None:
        """Send the messages, in batches. Raises ``UndeliveredError``."""
        bodies = (msgspec.json.encode(message).decode() for message in messages)
        send_all(self._client, self._url, map(QueueMessage, bodies))


def parse_message(body: str) -> Message:
    """Reverse the encoding of a message. Raises ``msgspec.DecodeError``."""
    return _decoder.decode(body)
