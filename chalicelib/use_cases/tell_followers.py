"""Telling those who follow along what has become of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import slots_changed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.events.bus import EventBus
    from chalicelib.storage.day_stream import DayWritten


class Told(Struct, frozen=True, kw_only=True):
    """How many events were accepted; ``failed`` is where the stream must go on, ``error`` why."""

    number: int
    failed: str | None = None
    error: str | None = None


class TellFollowers:
    """``bus`` is where they listen."""

    def __init__(self, bus: EventBus) -> None:
        """Nothing is told yet."""
        self._bus = bus

    def tell(self, written: Iterable[DayWritten]) -> Told:
        """Tell what changed of slots, in its order, up to the first event that is not accepted.

        Told again from there on, a change has the same id and content as before.
        """
        events = [
            (day.sequence_number, event)
            for day in written
            if (event := slots_changed.between(day.before, day.after, at=day.at))
        ]
        sent = self._bus.send(event for _, event in events)
        if sent.error is None:
            return Told(number=sent.number)
        return Told(number=sent.number, failed=events[sent.number][0], error=sent.error)
