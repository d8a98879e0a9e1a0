"""Time off and blocked stretches as JSON."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.domain.booking import DayBlocks
from chalicelib.domain.slot import Slot, SlotOrigin
from chalicelib.domain.time_off import BlockedStretch, BlockKind, TimeOff, TimeOffAct
from chalicelib.storage import keys
from chalicelib.storage.decoding import decoder
from chalicelib.storage.mapping import format_timestamp, parse_optional_timestamp, parse_timestamp
from chalicelib.storage.models import DayItem
from chalicelib.storage.time_off_models import TimeOffItem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chalicelib.storage.models import RawItem

_MINUTE = timedelta(minutes=1)
RawStretch = dict[str, Any]


def stretches_to_raw(stretches: Iterable[BlockedStretch]) -> list[RawStretch]:
    """Return the stretches of a day, with their suspended slots."""
    return [stretch_to_raw(stretch) for stretch in stretches]


def stretches_from_raw(raw: list[RawStretch]) -> tuple[BlockedStretch, ...]:
    """Reverse ``stretches_to_raw``. Raises one of ``DECODING_ERRORS`` if they are malformed."""
    return tuple(stretch_from_raw(each) for each in raw)


def blocks_from_raw(raw_item: RawItem) -> DayBlocks:
    """Return what is blocked of a day that has something blocked.

    Raises ``UnreadableItemError``.
    """
    return blocks_from_item(DayItem.from_raw_data(raw_item))


@decoder
def blocks_from_item(item: DayItem) -> DayBlocks:
    """Return what is blocked of an item's day. Raises ``UnreadableItemError``."""
    return DayBlocks(
        stretches=stretches_from_raw(item.blocked), version=int(item.blocked_version or 0)
    )


def stretch_to_raw(stretch: BlockedStretch) -> RawStretch:
    """Return the stretch as JSON, without members that say nothing."""
    raw = {
        "id": stretch.time_off_id,
        "kind": str(stretch.kind),
        "name": stretch.name,
        "act": str(stretch.act),
        "from": format_timestamp(stretch.start),
        "to": format_timestamp(stretch.end),
        "whole_day": stretch.is_whole_day,
        "suspended": _suspended_to_raw(stretch.suspended),
        "since": [format_timestamp(since) for since in stretch.since],
        "partial": stretch.is_partial,
        "lifted": stretch.is_lifted,
    }
    return {name: value for name, value in raw.items() if value}


def stretch_from_raw(raw: RawStretch) -> BlockedStretch:
    """Reverse ``stretch_to_raw``. Raises one of ``DECODING_ERRORS`` if it is malformed."""
    return BlockedStretch(
        time_off_id=str(raw["id"]),
        kind=BlockKind(raw["kind"]),
        name=str(raw["name"]),
        act=TimeOffAct(raw["act"]),
        start=parse_timestamp(raw["from"]),
        end=parse_timestamp(raw["to"]),
        is_whole_day=bool(raw.get("whole_day")),
        suspended=tuple(_suspended_from_raw(raw.get("suspended", []))),
        since=tuple(parse_timestamp(since) for since in raw.get("since", ())),
        is_partial=bool(raw.get("partial")),
        is_lifted=bool(raw.get("lifted")),
    )


def _suspended_to_raw(slots: Iterable[Slot]) -> list[dict[str, Any]]:
    """Return the slots by origin: starts with lengths in minutes, each."""
    by_origin: dict[SlotOrigin | None, list[list[Any]]] = {}
    for slot in slots:
        times = [keys.format_instant(slot.start), slot.length // _MINUTE]
        by_origin.setdefault(slot.origin, []).append(times)
    return [
        {
            **({"change": origin.change, "series": origin.series_id} if origin else {}),
            "slots": times,
        }
        for origin, times in by_origin.items()
    ]


def _suspended_from_raw(raw: list[dict[str, Any]]) -> Iterable[Slot]:
    for each in raw:
        origin = SlotOrigin(str(each["change"]), each["series"]) if "change" in each else None
        for start, minutes in each["slots"]:
            yield _free_slot(keys.parse_instant(start), int(minutes), origin)


def _free_slot(start: datetime, minutes: int, origin: SlotOrigin | None) -> Slot:
    return Slot(start=start, end=start + minutes * _MINUTE, origin=origin)


def time_off_to_raw(time_off: TimeOff) -> dict[str, Any]:
    """Return the version as JSON."""
    return {
        "id": time_off.time_off_id,
        "version": time_off.version,
        "name": time_off.name,
        "act": str(time_off.act),
        "first": time_off.first.isoformat(),
        "last": time_off.last.isoformat(),
        "start": format_timestamp(time_off.start) if time_off.start else None,
        "end": format_timestamp(time_off.end) if time_off.end else None,
        "lifted": time_off.is_lifted,
        "closure": time_off.closure_id,
    }


def time_off_from_raw(raw: dict[str, Any]) -> TimeOff:
    """Reverse ``time_off_to_raw``. Raises one of ``DECODING_ERRORS`` if it is malformed."""
    return TimeOff(
        time_off_id=str(raw["id"]),
        version=int(raw["version"]),
        name=str(raw["name"]),
        act=TimeOffAct(raw["act"]),
        first=date.fromisoformat(raw["first"]),
        last=date.fromisoformat(raw["last"]),
        start=parse_optional_timestamp(raw["start"]),
        end=parse_optional_timestamp(raw["end"]),
        is_lifted=bool(raw["lifted"]),
        closure_id=raw["closure"],
    )


def time_off_to_item(doctor_id: str, time_off: TimeOff) -> TimeOffItem:
    return TimeOffItem(
        keys.doctor_pk(doctor_id),
        keys.time_off_sk(time_off.time_off_id),
        time_off=time_off_to_raw(time_off),
        version=time_off.version,
    )


@decoder
def time_off_from_item(item: TimeOffItem) -> TimeOff:
    return time_off_from_raw(item.time_off)
