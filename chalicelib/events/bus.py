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


class Client(Protocol):
    """The part of botocore's ``events`` client that is used here."""

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803  AWS's
        """``PutEvents``."""


def connect() -> Client:
    """A client at the endpoint and region, and with the keys, that the environment names."""
    # What is not accepted is sent again with its batch of the stream: no need to insist here.
    config = Config(
        connect_timeout=1,
        read_timeout=4,
        retries={"mode": "standard", "total_max_attempts": 3},
    )
    client: Any = get_session().create_client("events", config=config)
    return cast("Client", client)


class Sent(Struct, frozen=True, kw_only=True):
    """How many events were accepted before the first that was not; ``error`` is its code."""

    number: int
    error: str | None = None


class EventBus:
    """The bus of that name."""

    def __init__(self, client: Client, name: str) -> None:
        """Nothing is sent yet."""
        self._client = client
        self._name = name

    def send(self, events: Iterable[SlotsChanged]) -> Sent:
        """Send them in their order, up to the first that is not accepted.

        One of another doctor that stands behind that may have been accepted with it; of the same
        doctor none is.
        """
        number = 0
        for batch in batches.of(map(Entry.of, events)):
            sent = self._put(batch)
            number += sent.number
            if sent.error is not None:
                return Sent(number=number, error=sent.error)
        return Sent(number=number)

    def _put(self, batch: Sequence[Entry]) -> Sent:
        try:
            answer = self._client.put_events(Entries=[self._entry(entry) for entry in batch])
        except ClientError as error:
            return Sent(number=0, error=str(error.response.get("Error", {}).get("Code")))
        except BotoCoreError as error:
            return Sent(number=0, error=type(error).__name__)
        codes = [entry.get("ErrorCode") for entry in answer["Entries"]]
        failed = next(((n, code) for n, code in enumerate(codes) if code), None)
        if failed is None:
            return Sent(number=len(batch))
        return Sent(number=failed[0], error=failed[1])

    def _entry(self, entry: Entry) -> dict[str, Any]:
        return {
            "EventBusName": self._name,
            "Source": detail.SOURCE,
            "DetailType": detail.TYPE,
            "Time": entry.at,
            "Detail": entry.detail,
        }
