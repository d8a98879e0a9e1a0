"""How much of a partition's write capacity a save takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.domain.day import Day

_KILOBYTE = 1024
# Upper estimates in bytes: keys and attributes of an item, and one slot in its map.
_ITEM_BYTES = 450
_SLOT_BYTES = 75


def save_write_units(before: Day, after: Day) -> int:
    """Estimate the write units of a save in the doctor's partition, from above.

    A transaction takes two units per started kilobyte of an item, and each change of a slot is an
    item, also if it only gets or loses the mark of a disruption. The day is one, the record of the
    request another, and with marks the item that announces them; the audit log has its own
    partition.
    """
    both = before.slots.keys() & after.slots.keys()
    marked = sum(
        before.slots[start].disrupted_since != after.slots[start].disrupted_since for start in both
    )
    changed = len(before.slots.keys() ^ after.slots.keys()) + marked + bool(marked)
    slots = max(len(before.slots), len(after.slots))
    day = -(-(_ITEM_BYTES + slots * _SLOT_BYTES) // _KILOBYTE)
    return 2 * (changed + day + 1)
