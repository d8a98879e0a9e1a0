"""Items of the audit log to entries and back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.domain.audit_log import Actor, AuditLogEntry, ChangeKind, SettingChange
from chalicelib.domain.day import KeptReason, KeptSlot
from chalicelib.domain.permissions import Role
from chalicelib.domain.slot import Slot, SlotId, SlotStatus
from chalicelib.storage import keys
from chalicelib.storage.decoding import decoder, require
from chalicelib.storage.mapping import (
    format_microsecond,
    parse_timestamp,
    slot_map_from_raw,
    slot_map_to_raw,
)
from chalicelib.storage.models import AuditItem
from chalicelib.storage.origin_mapping import origins_from_raw, origins_to_raw

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from chalicelib.domain.slot import SlotOrigin
    from chalicelib.domain.time_off import BlockedStretch
    from chalicelib.storage.mapping import RawSlotMap
    from chalicelib.storage.models import ChangeItem, RawItem
    from chalicelib.storage.origin_mapping import RawOrigin

_MINUTE = timedelta(minutes=1)
_SLOT_FIELDS = ("opened", "closed", "booked", "cancelled", "affected")


def audit_entry_to_item(entry: AuditLogEntry) -> RawItem:
    slot_maps: dict[str, Any] = {name: _raw_slots(getattr(entry, name)) for name in _SLOT_FIELDS}
    return AuditItem.to_raw(
        keys.audit_pk(entry.doctor_id),
        keys.audit_sk(entry.date, entry.at, entry.suffix),
        gsi1_pk=keys.audit_pk(entry.doctor_id),
        gsi1_sk=keys.audit_index_sk(entry.at, entry.suffix),
        date=entry.date.isoformat() if entry.date else None,
        at=format_microsecond(entry.at),
        act=str(entry.kind),
        by=entry.actor.name,
        role=str(entry.actor.role),
        client=entry.actor.client,
        subject=entry.actor.subject,
        moved_from=str(entry.moved_from) if entry.moved_from else None,
        moved_to=str(entry.moved_to) if entry.moved_to else None,
        reason=entry.reason,
        settings=_settings_to_raw(entry),
        origins=_origins_to_raw(entry),
        kept=_kept_to_raw(entry.kept),
        plan_id=entry.plan_id,
        undoes=entry.undoes,
        blocked=_stretch_to_raw(entry.blocked),
        unblocked=_stretch_to_raw(entry.unblocked),
        **slot_maps,
    )


@decoder
def audit_entry_from_item(item: AuditItem) -> AuditLogEntry:
    """Return the entry of an item. Raises ``UnreadableItemError`` if it is malformed."""
    prefix, _, suffix = str(item.sk).split("#", 2)
    date = keys.parse_day_sk(prefix) if item.date else None
    origins = origins_from_raw(item.origins, date) if date else {}
    slots = {name: _slots_from_raw(getattr(item, name), origins) for name in _SLOT_FIELDS}
    return AuditLogEntry(
        doctor_id=keys.parse_audit_pk(item.pk),
        at=parse_timestamp(item.at),
        kind=ChangeKind(item.act),
        actor=Actor(
            name=require(item.by),
            role=Role(item.role),
            client=require(item.client),
            subject=item.subject,
        ),
        suffix=suffix,
        date=date,
        moved_from=SlotId.parse(item.moved_from) if item.moved_from else None,
        moved_to=SlotId.parse(item.moved_to) if item.moved_to else None,
        reason=item.reason,
        settings=_settings_from_raw(item.settings),
        kept=_kept_from_raw(item.kept),
        plan_id=item.plan_id,
        undoes=item.undoes,
        blocked=_stretch_from_raw(item.blocked),
        unblocked=_stretch_from_raw(item.unblocked),
        opened=slots["opened"],
        closed=slots["closed"],
        booked=slots["booked"],
        cancelled=slots["cancelled"],
        affected=slots["affected"],
    )


@decoder
def legacy_entry_from_item(item: ChangeItem) -> AuditLogEntry:
    """Return a save that is older than the audit log as an entry of it."""
    _, date_text, request_id = str(item.sk).split("#", 2)
    return AuditLogEntry(
        doctor_id=keys.parse_doctor_pk(item.pk),
        at=parse_timestamp(item.at),
        kind=ChangeKind.SAVE,
        actor=Actor(name=require(item.by), role=Role(item.role), client=require(item.client)),
        suffix=request_id,
        date=date.fromisoformat(date_text),
        opened=_slots_from_raw(item.opened),
        closed=_slots_from_raw(item.closed),
    )


def _raw_slots(slots: Iterable[Slot]) -> RawSlotMap | None:
    return slot_map_to_raw(slots) or None


def _slots_from_raw(
    raw: RawSlotMap | None, origins: Mapping[datetime, SlotOrigin] | None = None
) -> tuple[Slot, ...]:
    return tuple(slot for _, slot in sorted(slot_map_from_raw(raw or {}, origins).items()))


def _origins_to_raw(entry: AuditLogEntry) -> list[RawOrigin] | None:
    """Return the origins of opened and closed slots, unless it is the entry itself."""
    slots = (*entry.opened, *entry.closed)
    if entry.date is None or not slots:
        return None
    others = (slot for slot in slots if slot.origin and not slot.origin.is_of(entry.change_id))
    return origins_to_raw(others, entry.date)


def _kept_to_raw(kept: Iterable[KeptSlot]) -> list[list[Any]] | None:
    return [
        [keys.format_instant(each.slot.start), each.slot.length // _MINUTE, each.reason]
        for each in kept
    ] or None


def _kept_from_raw(raw: list[list[Any]] | None) -> tuple[KeptSlot, ...]:
    return tuple(
        KeptSlot(_slot_at(keys.parse_instant(start), minutes), KeptReason(reason))
        for start, minutes, reason in raw or ()
    )


def _stretch_to_raw(stretch: BlockedStretch | None) -> dict[str, Any] | None:
    if stretch is None:
        return None
    from chalicelib.storage.time_off_mapping import stretch_to_raw  # noqa: PLC0415  few entries

    return stretch_to_raw(stretch)


def _stretch_from_raw(raw: dict[str, Any] | None) -> BlockedStretch | None:
    if raw is None:
        return None
    from chalicelib.storage.time_off_mapping import stretch_from_raw  # noqa: PLC0415  few entries

    return stretch_from_raw(raw)


def _slot_at(start: datetime, minutes: int) -> Slot:
    return Slot(start=start, end=start + minutes * _MINUTE, status=SlotStatus.UNAVAILABLE)


def _settings_to_raw(entry: AuditLogEntry) -> dict[str, Any] | None:
    if entry.settings is None:
        return None
    return {
        name: {"before": change.before, "after": change.after}
        for name, change in entry.settings.items()
    }


def _settings_from_raw(raw: dict[str, Any] | None) -> dict[str, SettingChange] | None:
    return {name: SettingChange(**change) for name, change in raw.items()} if raw else None
