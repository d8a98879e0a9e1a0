"""Items to domain values and back: doctors, days with their slot maps, slots, records of saves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from chalicelib.domain.day import Day
from chalicelib.domain.save_record import SaveRecord
from chalicelib.domain.slot import Slot, SlotStatus
from chalicelib.storage import keys
from chalicelib.storage.decoding import decoder, report_unreadable
from chalicelib.storage.models import (
    DECODING_ERRORS,
    ChangeItem,
    DayItem,
    SlotItem,
)
from chalicelib.storage.origin_mapping import readable_origins

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from chalicelib.domain.disruptions import RebookedSlot
    from chalicelib.domain.slot import SlotOrigin
    from chalicelib.domain.time_off import BlockedStretch
    from chalicelib.storage.models import RawItem

_MINUTE = timedelta(minutes=1)
# A third of the time of ``SlotStatus(text)``: a year has tens of thousands of slots.
_STATUSES = {status.value: status for status in SlotStatus}
_BOOKED = {"S": SlotStatus.BOOKED.value}
# Far beyond every limit of slots and settings; with it, dates stay in the range of ``datetime``.
_MAX_NUMBER = 100_000
_UNKNOWN_INSTANT = datetime(2000, 1, 1, tzinfo=UTC)
RawSlotMap = dict[str, dict[str, Any]]


def positive_number(number: float) -> int:
    """Return the number. Raises ``ValueError`` unless it is positive and below ``_MAX_NUMBER``."""
    if not 0 < number <= _MAX_NUMBER:
        raise ValueError(number)
    return int(number)


@decoder
def day_from_item(item: DayItem) -> Day:
    """Return the day. A slot of it that cannot be read counts as booked, so it stays blocked.

    If not even its time can be read, or the versions of series, or the blocked stretches, the day
    ``is_incomplete``: it allows no save. Origins that cannot be read are unknown.
    """
    date = keys.parse_day_sk(item.sk)
    origins = readable_origins(item, date)
    series_versions = _readable_series_versions(item)
    blocked = _readable_stretches(item) if item.blocked else ()
    slots = [_readable_slot(item, start, entry, origins) for start, entry in item.slots.items()]
    day = Day(
        doctor_id=keys.parse_doctor_pk(item.pk),
        date=date,
        version=int(item.version),
        revision=int(item.revision),
        changed_at=parse_optional_timestamp(item.changed_at),
        slots={slot.start: slot for slot in slots if slot},
        is_incomplete=None in slots or series_versions is None or blocked is None,
        series_versions=series_versions or {},
        rebooked=_readable_rebooked(item) if item.rebooked else (),
    )
    return day.with_blocked(blocked) if blocked else day


@decoder
def date_from_item(item: DayItem) -> date:
    """Return the date of a day, whatever else the item has."""
    return keys.parse_day_sk(item.sk)


def _readable_series_versions(day: DayItem) -> dict[str, int] | None:
    try:
        return {str(name): int(version) for name, version in (day.series or {}).items()}
    except DECODING_ERRORS:
        report_unreadable(day)
        return None


def _readable_rebooked(day: DayItem) -> tuple[RebookedSlot, ...]:
    from chalicelib.storage.disruption_mapping import rebooked_slots  # noqa: PLC0415  few days

    return rebooked_slots(day)


def _readable_stretches(day: DayItem) -> tuple[BlockedStretch, ...] | None:
    from chalicelib.storage.time_off_mapping import stretches_from_raw  # noqa: PLC0415  few days

    try:
        return stretches_from_raw(day.blocked)
    except DECODING_ERRORS:
        report_unreadable(day)
        return None


def _readable_slot(
    day: DayItem, start: str, entry: Mapping[str, Any], origins: Mapping[datetime, SlotOrigin]
) -> Slot | None:
    try:
        return _slot_from_entry(keys.parse_instant(start), entry["M"], origins)
    except DECODING_ERRORS:
        report_unreadable(day)
    try:
        slot = _slot_from_entry(
            keys.parse_instant(start), {"minutes": entry["M"]["minutes"], "status": _BOOKED}, {}
        )
    except DECODING_ERRORS:
        return None
    return slot


def slot_map_to_raw(slots: Iterable[Slot]) -> RawSlotMap:
    """Return the ``slots`` attribute of a day: entries by start."""
    return {keys.format_instant(slot.start): slot_to_entry(slot) for slot in slots}


def slot_to_entry(slot: Slot) -> dict[str, Any]:
    """Return the value of one entry of a slot map."""
    fields: dict[str, Any] = {
        "minutes": {"N": str(slot.length // _MINUTE)},
        "status": {"S": slot.status.value},
    }
    if slot.held_until is not None:
        fields["until"] = {"S": format_timestamp(slot.held_until)}
    if slot.is_desk_booking:
        fields["desk"] = {"BOOL": True}
    if slot.disrupted_since is not None:
        fields["disrupted"] = {"S": format_timestamp(slot.disrupted_since)}
    return {"M": fields}


def slot_map_from_raw(
    raw_map: RawSlotMap, origins: Mapping[datetime, SlotOrigin] | None = None
) -> dict[datetime, Slot]:
    """Return the slots of a slot map by start."""
    slots = (
        _slot_from_entry(keys.parse_instant(start), entry["M"], origins or {})
        for start, entry in raw_map.items()
    )
    return {slot.start: slot for slot in slots}


def _slot_from_entry(
    start: datetime, fields: Mapping[str, Any], origins: Mapping[datetime, SlotOrigin]
) -> Slot:
    until = fields.get("until")
    return Slot(
        start=start,
        end=start + _parse_minutes(fields["minutes"]["N"]),
        status=_STATUSES[fields["status"]["S"]],
        held_until=parse_timestamp(until["S"]) if until else None,
        is_desk_booking="desk" in fields,
        disrupted_since=_disrupted_since(fields),
        origin=origins.get(start),
    )


def _disrupted_since(fields: Mapping[str, Any]) -> datetime | None:
    """Return the instant of the mark; items of former releases say only that there is one."""
    mark = fields.get("disrupted")
    if mark is None:
        return None
    return parse_timestamp(mark["S"]) if "S" in mark else _UNKNOWN_INSTANT


@lru_cache
def _parse_minutes(text: str) -> timedelta:
    return positive_number(int(text)) * _MINUTE


def slot_to_item(pk: str, slot: Slot, changed_at: datetime | None = None) -> RawItem:
    """Return the item of a slot without a claim."""
    return SlotItem.to_raw(
        pk,
        keys.slot_sk(slot.start),
        start=keys.format_instant(slot.start),
        end=keys.format_instant(slot.end),
        date=slot.stored_date.isoformat() if slot.stored_date else None,
        status=str(slot.status),
        changed_at=format_microsecond(changed_at) if changed_at else None,
    )


def last_change_from_raw(raw_item: RawItem | None) -> datetime | None:
    """Return the instant of the slot's last write, if it is on record.

    Raises ``UnreadableItemError``.
    """
    return _last_change_from_item(SlotItem.from_raw_data(raw_item)) if raw_item else None


@decoder
def _last_change_from_item(item: SlotItem) -> datetime | None:
    return parse_optional_timestamp(item.changed_at)


def save_record_to_item(pk: str, date: date, record: SaveRecord) -> RawItem:
    return ChangeItem.to_raw(
        pk,
        keys.change_sk(date, record.request_id),
        request_id=record.request_id,
        fingerprint=record.fingerprint,
        version=record.version,
        change_id=record.change_id,
    )


@decoder
def save_record_from_item(item: ChangeItem) -> SaveRecord:
    return SaveRecord(
        request_id=item.request_id,
        fingerprint=item.fingerprint,
        version=int(item.version),
        change_id=item.change_id,
    )


def format_timestamp(instant: datetime) -> str:
    """Return the second in UTC, which sorts as text in time order: ``2026-11-23T09:00:00Z``."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def format_microsecond(instant: datetime) -> str:
    """Return the microsecond in UTC, which sorts as text: ``2026-11-23T09:00:00.000000Z``."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


parse_timestamp = keys.parse_instant


def parse_optional_timestamp(text: str | None) -> datetime | None:
    return parse_timestamp(text) if text else None
