"""Publish events with ``PutEvents``: batches, order, partial failures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import get_session
from msgspec import Struct

from chalicelib.domain.events import StoredEvent
from chalicelib.events import schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from chalicelib.domain.events import SlotsChanged


MAX_BATCH_ENTRIES = 10
# All entries together: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
MAX_BATCH_BYTES = 256 * 1024
# EventBridge counts the time of an entry as 14 bytes.
_TIME_BYTES = 14


class Entry(Struct, frozen=True, kw_only=True):
    """An entry of ``PutEvents``."""

    doctor_id: str
    time: datetime
    detail: str
    detail_type: str = schema.DETAIL_TYPE

    @classmethod
    def from_event(cls, event: SlotsChanged | StoredEvent) -> Entry:
        if isinstance(event, StoredEvent):
            return cls(
                doctor_id=event.doctor_id,
                time=event.changed_at,
                detail=event.detail,
                detail_type=event.detail_type,
            )
        return cls(doctor_id=event.doctor_id, time=event.changed_at, detail=schema.encode(event))

    @property
    def size(self) -> int:
        """Return the size in bytes, as EventBridge counts it."""
        texts = (schema.SOURCE, self.detail_type, self.detail)
        return _TIME_BYTES + sum(len(text.encode()) for text in texts)


def batched(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Yield the entries in their order, in batches that one call may have.

    A batch has one entry per doctor: a call may fail in part, and a later event of the same doctor
    must not be accepted then.
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
        # The size "must be less than" the limit.
        and sum(other.size for other in batch) + entry.size < MAX_BATCH_BYTES
    )


class EventBridgeClient(Protocol):
    """The part of botocore's ``events`` client that we use."""

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803  AWS's
        """``PutEvents``."""


def create_client() -> EventBridgeClient:
    """Create a client with the endpoint, region and credentials of the environment."""
    # Few attempts are enough: Lambda retries the batch of the stream from the failed record.
    config = Config(
        connect_timeout=1,
        read_timeout=4,
        retries={"mode": "standard", "total_max_attempts": 3},
    )
    client: Any = get_session().create_client("events", config=config)
    return cast("EventBridgeClient", client)


class SendResult(Struct, frozen=True, kw_only=True):
    """How many events were accepted before the first that was not, and its error code."""

    accepted_count: int
    error_code: str | None = None


class EventPublisher:
    """Publishes to the event bus of that name."""

    def __init__(self, client: EventBridgeClient, name: str) -> None:
        self._client = client
        self._name = name

    def publish(self, events: Iterable[SlotsChanged | StoredEvent]) -> SendResult:
        """Publish the events in their order, up to the first that is not accepted.

        A later event of another doctor may have been accepted in the same batch; one of the same
        doctor has not.
        """
        accepted_count = 0
        for batch in batched(map(Entry.from_event, events)):
            result = self._put_batch(batch)
            accepted_count += result.accepted_count
            if result.error_code is not None:
                return SendResult(accepted_count=accepted_count, error_code=result.error_code)
        return SendResult(accepted_count=accepted_count)

    def _put_batch(self, batch: Sequence[Entry]) -> SendResult:
        try:
            response = self._client.put_events(
                Entries=[self._request_entry(entry) for entry in batch]
            )
        except ClientError as error:
            return SendResult(
                accepted_count=0, error_code=str(error.response.get("Error", {}).get("Code"))
            )
        except BotoCoreError as error:
            return SendResult(accepted_count=0, error_code=type(error).__name__)
        codes = [entry.get("ErrorCode") for entry in response["Entries"]]
        failed = next(((n, code) for n, code in enumerate(codes) if code), None)
        if failed is None:
            return SendResult(accepted_count=len(batch))
        return SendResult(accepted_count=failed[0], error_code=failed[1])

    def _request_entry(self, entry: Entry) -> dict[str, Any]:
        return {
            "EventBusName": self._name,
            "Source": schema.SOURCE,
            "DetailType": entry.detail_type,
            "Time": entry.time,
            "Detail": entry.detail,
        }
