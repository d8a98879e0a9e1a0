"""Publish changes of days to subscribers: images of the stream to events."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import events
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.webhook_event import BookingLeft
from chalicelib.events.sqs import UndeliveredError
from chalicelib.storage.streams import DayImages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from chalicelib.domain.events import SlotsChanged, StoredEvent
    from chalicelib.events.publisher import EventPublisher
    from chalicelib.storage.streams import StreamRecord
    from chalicelib.use_cases.queue_webhooks import QueueWebhooks

    Event = SlotsChanged | StoredEvent | BookingLeft
    NumberedEvent = tuple[str, Event]


class PublishResult(Struct, frozen=True, kw_only=True):
    """How many events were accepted, and the record from which to retry the stream."""

    published_count: int
    failed_sequence_number: str | None = None
    error_code: str | None = None


class PublishChanges:
    """Publishes on the event bus, and then queues the webhooks of what the bus has accepted."""

    def __init__(
        self, publisher: EventPublisher, webhooks: Callable[[], QueueWebhooks | None]
    ) -> None:
        self._publisher = publisher
        self._webhooks = webhooks

    def publish(self, records: Iterable[StreamRecord]) -> PublishResult:
        """Publish changes of slots and events in their order, up to the first not accepted.

        An event that is published again, after a retry from there, has the same id and content.
        """
        numbered_events = [
            (record.sequence_number, event)
            for record in records
            if (event := _event_of(record)) is not None
        ]
        for_bus = [
            (number, event)
            for number, event in numbered_events
            if not isinstance(event, BookingLeft)
        ]
        result = self._publisher.publish(event for _, event in for_bus)
        failed, error_code = None, result.error_code
        if error_code is not None:
            failed = for_bus[result.accepted_count][0]
        accepted = _before(numbered_events, failed)
        if accepted and not self._queue_webhooks([event for _, event in accepted]):
            failed, error_code = accepted[0][0], "WebhooksNotQueued"
        return PublishResult(
            published_count=result.accepted_count,
            failed_sequence_number=failed,
            error_code=error_code,
        )

    def _queue_webhooks(self, accepted: Sequence[Event]) -> bool:
        webhooks = self._webhooks()
        try:
            if webhooks:
                webhooks.queue_all(accepted)
        except (StoreUnavailableError, UndeliveredError):
            return False
        return True


def list_events(records: Iterable[StreamRecord]) -> list[Event]:
    """Return the events of these records, in their order."""
    return [event for record in records if (event := _event_of(record)) is not None]


def _before(events: Sequence[NumberedEvent], failed: str | None) -> Sequence[NumberedEvent]:
    """Return the events before that of the failed record."""
    return [*takewhile(lambda numbered: numbered[0] != failed, events)]


def _event_of(record: StreamRecord) -> Event | None:
    if isinstance(record, DayImages):
        return events.diff_days(record.old, record.new, changed_at=record.timestamp)
    return record.event
