"""What has become of disrupted bookings as text: ``2026-11-23T09:00Z 30 dr-lee~20261124T0900Z``."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.disruptions import RebookedSlot
from chalicelib.domain.slot import SlotId
from chalicelib.storage import keys
from chalicelib.storage.decoding import report_unreadable
from chalicelib.storage.models import DECODING_ERRORS, DayItem

_MINUTE = timedelta(minutes=1)


def format_rebooked(slot: RebookedSlot) -> str:
    """Return start, length in minutes and, if the booking has moved, the slot that it has now."""
    length = (slot.end - slot.start) // _MINUTE
    return f"{keys.format_instant(slot.start)} {length} {slot.moved_to or ''}".rstrip()


def rebooked_slots(day: DayItem) -> tuple[RebookedSlot, ...]:
    """Return what the day says of its disrupted bookings; nothing if that cannot be read."""
    try:
        return tuple(parse_rebooked(text) for text in sorted(day.rebooked or ()))
    except DECODING_ERRORS:
        report_unreadable(day)
        return ()


def parse_rebooked(text: str) -> RebookedSlot:
    """Reverse ``format_rebooked``. Raises ``ValueError`` for any other text."""
    start_text, minutes, *moved_to = text.split(" ")
    start = keys.parse_instant(start_text)
    return RebookedSlot(
        start=start,
        end=start + int(minutes) * _MINUTE,
        moved_to=SlotId.parse(*moved_to) if moved_to else None,
    )
