"""What time off and closures block of a stored day. Few days have any: the rest is not imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.booking import DayBlocks
from chalicelib.storage.decoding import decoder

if TYPE_CHECKING:
    from chalicelib.storage.models import DayItem, RawItem


def blocks_from_raw(raw_item: RawItem | None) -> DayBlocks:
    """Return what is blocked of the day. Raises ``UnreadableItemError``."""
    if raw_item and "blocked_version" in raw_item:
        from chalicelib.storage import time_off_mapping  # noqa: PLC0415  few days

        return time_off_mapping.blocks_from_raw(raw_item)
    return DayBlocks()


def blocks_from_item(day: DayItem | None) -> DayBlocks:
    """Return what is blocked of the day. Raises ``UnreadableItemError``."""
    if day and _has_blocks(day):
        from chalicelib.storage import time_off_mapping  # noqa: PLC0415  few days

        return time_off_mapping.blocks_from_item(day)
    return DayBlocks()


@decoder
def _has_blocks(day: DayItem) -> bool:
    return bool(day.blocked_version)
