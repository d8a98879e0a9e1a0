"""EventBridge: the bus that events are sent to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import get_session
from msgspec import Struct

from chalicelib.events import batches, detail
from chalicelib.events.batches import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from chalicelib.domain.slots_changed import SlotsChanged


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
        for batch in batches.batched(map(Entry.from_event, events)):
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
            "Source": detail.SOURCE,
            "DetailType": detail.DETAIL_TYPE,
            "Time": entry.time,
            "Detail": entry.detail,
        }
