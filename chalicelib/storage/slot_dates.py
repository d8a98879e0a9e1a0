"""The date under which a slot is stored, after time zone data has moved its local time.

A slot is opened in the day of its local date, and stays in it (ADR 0021). A government may change a
zone's rules, and new time zone data then gives the slot another local date. So a write first
assumes the local date, which is nearly always right, and looks for the day only if that one does
not have the slot.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.errors import UnreadableItemError
from chalicelib.storage import keys, table
from chalicelib.storage.booking_mapping import slot_from_item
from chalicelib.storage.decoding import report_unreadable
from chalicelib.storage.models import DayItem

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.domain.booking import StoredSlot
    from chalicelib.domain.slot import SlotId

# A zone's rules move a local time by hours; a zone that crosses the date line, by a day.
_MAX_SHIFT = timedelta(days=1)


def read_with_date(slot_id: SlotId, expected: date) -> StoredSlot | None:
    """Return the slot with the date of the day that has it: the expected one, or one beside it.

    It is one strongly consistent read. Raises ``UnreadableItemError`` if the slot is in none of
    these days, ``StoreUnavailableError``.
    """
    pk = keys.doctor_pk(slot_id.doctor_id)
    slot_key = (pk, keys.slot_sk(slot_id.start))
    dates = (expected, expected - _MAX_SHIFT, expected + _MAX_SHIFT)
    items = table.batch_get([slot_key, *((pk, keys.day_sk(date)) for date in dates)])
    if slot_key not in items:
        return None
    stored = slot_from_item(items[slot_key])
    for date in dates:
        day = items.get((pk, keys.day_sk(date)))
        if isinstance(day, DayItem) and keys.format_instant(slot_id.start) in day.slots:
            return replace(stored, slot=replace(stored.slot, stored_date=date))
    report_unreadable(items[slot_key])
    raise UnreadableItemError
