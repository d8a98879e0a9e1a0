"""Telling those who follow along what has become of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import slots_changed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.events.bus import EventPublisher
    from chalicelib.storage.day_stream import DayImages


class Told(Struct, frozen=True, kw_only=True):
    """How many events were accepted; ``failed`` is where the stream must go on, ``error`` why."""

    number: int
    failed: str | None = None
    error: str | None = None


class TellFollowers:
    """``bus`` is where they listen."""

    def __init__(self, bus: EventPublisher) -> None:
        """Nothing is told yet."""
        self._bus = bus

    def tell(self, written: Iterable[DayImages]) -> Told:
        """Tell what changed of slots, in its order, up to the first event that is not accepted.

        Told again from there on, a change has the same id and content as before.
        """
        events = [
            (day.sequence_number, event)
            for day in written
            if (event := slots_changed.between(day.old, day.new, at=day.timestamp))
        ]
        sent = self._bus.publish(event for _, event in events)
        if sent.error_code is None:
            return Told(number=sent.accepted_count)
        return Told(
            number=sent.accepted_count, failed=events[sent.accepted_count][0], error=sent.error_code
        )
