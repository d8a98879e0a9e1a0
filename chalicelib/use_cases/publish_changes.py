"""Telling those who follow along what has become of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import events

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.events.publisher import EventPublisher
    from chalicelib.storage.streams import DayImages


class PublishResult(Struct, frozen=True, kw_only=True):
    """How many events were accepted; ``failed`` is where the stream must go on, ``error`` why."""

    published_count: int
    failed_sequence_number: str | None = None
    error_code: str | None = None


class PublishChanges:
    """``bus`` is where they listen."""

    def __init__(self, publisher: EventPublisher) -> None:
        """Nothing is told yet."""
        self._publisher = publisher

    def publish(self, day_images: Iterable[DayImages]) -> PublishResult:
        """Tell what changed of slots, in its order, up to the first event that is not accepted.

        Told again from there on, a change has the same id and content as before.
        """
        numbered_events = [
            (day.sequence_number, event)
            for day in day_images
            if (event := events.diff_days(day.old, day.new, changed_at=day.timestamp))
        ]
        sent = self._publisher.publish(event for _, event in numbered_events)
        if sent.error_code is None:
            return PublishResult(published_count=sent.accepted_count)
        return PublishResult(
            published_count=sent.accepted_count,
            failed_sequence_number=numbered_events[sent.accepted_count][0],
            error_code=sent.error_code,
        )
