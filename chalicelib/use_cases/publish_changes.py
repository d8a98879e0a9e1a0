"""Publish changes of days to subscribers: images of the stream to events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import events
from chalicelib.storage.streams import NewEvent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.domain.events import SlotsChanged, StoredEvent
    from chalicelib.events.publisher import EventPublisher
    from chalicelib.storage.streams import DayImages


class PublishResult(Struct, frozen=True, kw_only=True):
    """How many events were accepted, and the record from which to retry the stream."""

    published_count: int
    failed_sequence_number: str | None = None
    error_code: str | None = None


class PublishChanges:
    def __init__(self, publisher: EventPublisher) -> None:
        self._publisher = publisher

    def publish(self, records: Iterable[DayImages | NewEvent]) -> PublishResult:
        """Publish changes of slots and events in their order, up to the first not accepted.

        An event that is published again, after a retry from there, has the same id and content.
        """
        numbered_events = [
            (record.sequence_number, event)
            for record in records
            if (event := _event_of(record)) is not None
        ]
        result = self._publisher.publish(event for _, event in numbered_events)
        if result.error_code is None:
            return PublishResult(published_count=result.accepted_count)
        return PublishResult(
            published_count=result.accepted_count,
            failed_sequence_number=numbered_events[result.accepted_count][0],
            error_code=result.error_code,
        )


def _event_of(record: DayImages | NewEvent) -> SlotsChanged | StoredEvent | None:
    if isinstance(record, NewEvent):
        return record.event
    return events.diff_days(record.old, record.new, changed_at=record.timestamp)
