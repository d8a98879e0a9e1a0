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

RawMap = dict[str, dict[str, Any]]
_MINUTE = timedelta(minutes=1)


def entry(slot: Slot) -> dict[str, Any]:
    """What stands under the slot's start."""
    fields = {
        "minutes": {"N": str(slot.length // _MINUTE)},
        "status": {"S": slot.status.value},
    }
    if slot.held_until is not None:
        fields["until"] = {"S": moment(slot.held_until)}
    return {"M": fields}


def write(slots: Iterable[Slot]) -> RawMap:
    """A whole map."""
    return {keys.instant(slot.start): entry(slot) for slot in slots}


def read(stored: RawMap) -> dict[datetime, Slot]:
    """The reverse of ``write``, by start."""
    slots = (_slot(keys.read_instant(start), entry["M"]) for start, entry in stored.items())
    return {slot.start: slot for slot in slots}


def _slot(start: datetime, fields: Mapping[str, Any]) -> Slot:
    until = fields.get("until")
    return Slot(
        start=start,
        end=start + int(fields["minutes"]["N"]) * _MINUTE,
        status=SlotStatus(fields["status"]["S"]),
        held_until=read_moment(until["S"]) if until else None,
    )


def moment(at: datetime) -> str:
    """A second in UTC, which sorts as text in time order: ``2026-11-23T09:00:00Z``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_moment(text: str) -> datetime:
    """The reverse of ``moment``."""
    return datetime.fromisoformat(text)
