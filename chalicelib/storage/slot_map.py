"""Slots as entries of a map from start to the rest: in the day's item and in a change's.

In DynamoDB's own shape, ``{"2026-11-23T09:00Z": {"M": {"status": {"S": "free"}, ...}}}``: a read of
two weeks has hundreds of entries, and through PynamoDB each costs more than all else done with it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.domain.slot import Slot, SlotStatus
from chalicelib.storage import keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

RawSlotMap = dict[str, dict[str, Any]]
_MINUTE = timedelta(minutes=1)


def slot_to_entry(slot: Slot) -> dict[str, Any]:
    """What stands under the slot's start."""
    fields = {
        "minutes": {"N": str(slot.length // _MINUTE)},
        "status": {"S": slot.status.value},
    }
    if slot.held_until is not None:
        fields["until"] = {"S": format_timestamp(slot.held_until)}
    return {"M": fields}


def slot_map_to_raw(slots: Iterable[Slot]) -> RawSlotMap:
    """A whole map."""
    return {keys.format_instant(slot.start): slot_to_entry(slot) for slot in slots}


def slot_map_from_raw(raw_map: RawSlotMap) -> dict[datetime, Slot]:
    """The reverse of ``write``, by start."""
    slots = (
        _slot_from_entry(keys.parse_instant(start), entry["M"]) for start, entry in raw_map.items()
    )
    return {slot.start: slot for slot in slots}


def _slot_from_entry(start: datetime, fields: Mapping[str, Any]) -> Slot:
    until = fields.get("until")
    return Slot(
        start=start,
        end=start + int(fields["minutes"]["N"]) * _MINUTE,
        status=SlotStatus(fields["status"]["S"]),
        held_until=parse_timestamp(until["S"]) if until else None,
    )


def format_timestamp(instant: datetime) -> str:
    """A second in UTC, which sorts as text in time order: ``2026-11-23T09:00:00Z``."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_timestamp(text: str) -> datetime:
    """The reverse of ``moment``."""
    return datetime.fromisoformat(text)
