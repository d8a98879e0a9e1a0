"""Slots as entries of a map from start to the rest: in the day's item and in a change's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.domain.slot import Slot, SlotStatus
from chalicelib.storage import keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MINUTE = timedelta(minutes=1)


def entry(slot: Slot) -> dict[str, Any]:
    """What stands under the slot's start."""
    fields: dict[str, Any] = {"minutes": slot.length // _MINUTE, "status": str(slot.status)}
    if slot.held_until is not None:
        fields["until"] = moment(slot.held_until)
    return fields


def write(slots: Iterable[Slot]) -> dict[str, dict[str, Any]]:
    """A whole map."""
    return {keys.instant(slot.start): entry(slot) for slot in slots}


def read(stored: Mapping[str, Mapping[str, Any]]) -> dict[datetime, Slot]:
    """The reverse of ``write``, by start."""
    slots = (_slot(keys.read_instant(start), fields) for start, fields in stored.items())
    return {slot.start: slot for slot in slots}


def _slot(start: datetime, fields: Mapping[str, Any]) -> Slot:
    until = fields.get("until")
    return Slot(
        start=start,
        end=start + fields["minutes"] * _MINUTE,
        status=SlotStatus(fields["status"]),
        held_until=read_moment(until) if until else None,
    )


def moment(at: datetime) -> str:
    """A second in UTC, which sorts as text in time order: ``2026-11-23T09:00:00Z``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_moment(text: str) -> datetime:
    """The reverse of ``moment``."""
    return datetime.fromisoformat(text)
