"""How many events may go into one call of ``PutEvents``, and which must not go together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import get_session
from msgspec import Struct

from chalicelib.events import schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from chalicelib.domain.events import SlotsChanged


MAX_BATCH_ENTRIES = 10
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html: of all entries.
MAX_BATCH_BYTES = 256 * 1024
# Of an entry's time, whatever it is.
_TIME_BYTES = 14


class Entry(Struct, frozen=True, kw_only=True):
    """An event as it is sent."""

    doctor_id: str
    time: datetime
    detail: str

    @classmethod
    def from_event(cls, event: SlotsChanged) -> Entry:
        """The event in its JSON."""
        return cls(doctor_id=event.doctor_id, time=event.changed_at, detail=schema.encode(event))

    @property
    def size(self) -> int:
        """In bytes, as EventBridge counts them."""
        told = (schema.SOURCE, schema.DETAIL_TYPE, self.detail)
        return _TIME_BYTES + sum(len(text.encode()) for text in told)


def batched(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """The entries in their order, as many at a time as one call may take.

    Of one doctor no two are together: a call may fail in part, and what came behind must not be
    accepted then.
    """
    batch: list[Entry] = []
    for entry in entries:
        if batch and not _fits(batch, entry):
            yield batch
            batch = []
        batch.append(entry)
    if batch:
        yield batch


def _fits(batch: list[Entry], entry: Entry) -> bool:
    return (
        len(batch) < MAX_BATCH_ENTRIES
        and all(entry.doctor_id != other.doctor_id for other in batch)
        # "Must be less than": a limit that is met is one that is passed.
        and sum(other.size for other in batch) + entry.size < MAX_BATCH_BYTES
    )


class EventBridgeClient(Protocol):
    """The part of botocore's ``events`` client that is used here."""

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803  AWS's
        """``PutEvents``."""


def create_client() -> EventBridgeClient:
    """A client at the endpoint and region, and with the keys, that the environment names."""
    # What is not accepted is sent again with its batch of the stream: no need to insist here.
    config = Config(
        connect_timeout=1,
        read_timeout=4,
        retries={"mode": "standard", "total_max_attempts": 3},
    )
    client: Any = get_session().create_client("events", config=config)
    return cast("EventBridgeClient", client)


class SendResult(Struct, frozen=True, kw_only=True):
    """How many events were accepted before the first that was not; ``error`` is its code."""

    accepted_count: int
    error_code: str | None = None


class EventPublisher:
    """The bus of that name."""

    def __init__(self, client: EventBridgeClient, name: str) -> None:
        """Nothing is sent yet."""
        self._client = client
        self._name = name

    def publish(self, events: Iterable[SlotsChanged]) -> SendResult:
        """Send them in their order, up to the first that is not accepted.

        One of another doctor that stands behind that may have been accepted with it; of the same
        doctor none is.
        """
        number = 0
        for batch in batched(map(Entry.from_event, events)):
            sent = self._put_batch(batch)
            number += sent.accepted_count
            if sent.error_code is not None:
                return SendResult(accepted_count=number, error_code=sent.error_code)
        return SendResult(accepted_count=number)

    def _put_batch(self, batch: Sequence[Entry]) -> SendResult:
        try:
            answer = self._client.put_events(
                Entries=[self._request_entry(entry) for entry in batch]
            )
        except ClientError as error:
            return SendResult(
                accepted_count=0, error_code=str(error.response.get("Error", {}).get("Code"))
            )
        except BotoCoreError as error:
            return SendResult(accepted_count=0, error_code=type(error).__name__)
        codes = [entry.get("ErrorCode") for entry in answer["Entries"]]
        failed = next(((n, code) for n, code in enumerate(codes) if code), None)
        if failed is None:
            return SendResult(accepted_count=len(batch))
        return SendResult(accepted_count=failed[0], error_code=failed[1])

    def _request_entry(self, entry: Entry) -> dict[str, Any]:
        return {
            "EventBusName": self._name,
            "Source": schema.SOURCE,
            "DetailType": schema.DETAIL_TYPE,
            "Time": entry.time,
            "Detail": entry.detail,
        }
