"""The audit log in the table: entries are added in the transaction of their act, and listed.

The app's IAM role can neither update nor delete an item of an ``AUDIT#`` partition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.domain.audit_log import Actor, AuditLogEntry, ChangeKind, SettingChange
from chalicelib.domain.errors import DayModifiedError
from chalicelib.domain.permissions import Role
from chalicelib.domain.slot import SlotId
from chalicelib.storage import keys
from chalicelib.storage.decoding import decode_readable, decoder
from chalicelib.storage.errors import translate_read_errors
from chalicelib.storage.mapping import (
    format_microsecond,
    parse_timestamp,
    slot_map_from_raw,
    slot_map_to_raw,
)
from chalicelib.storage.models import AuditItem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from chalicelib.domain.slot import Slot
    from chalicelib.storage.mapping import RawSlotMap
    from chalicelib.storage.transaction import Transaction

_SLOT_FIELDS = ("opened", "closed", "booked", "cancelled", "affected")


def add_entry(transaction: Transaction, entry: AuditLogEntry) -> None:
    """Add the entry to the transaction of the act that it records.

    If there is an entry with this key, the transaction fails with ``DayModifiedError``: another
    attempt takes a later instant.
    """
    transaction.put(
        audit_entry_to_item(entry),
        condition=AuditItem.pk.does_not_exist(),
        on_failure=lambda _: DayModifiedError(),
    )


class AuditLog:
    """The entries of all doctors."""

    def list_for_date(self, doctor_id: str, date: date) -> list[AuditLogEntry]:
        """Return every act on that date, the newest first; strongly consistent."""
        with translate_read_errors():
            items = AuditItem.query(
                keys.audit_pk(doctor_id),
                AuditItem.sk.startswith(keys.audit_date_prefix(date)),
                consistent_read=True,
                scan_index_forward=False,
            )
            return list(decode_readable(items, audit_entry_from_item))


def audit_entry_to_item(entry: AuditLogEntry) -> AuditItem:
    slot_maps: dict[str, Any] = {name: _raw_slots(getattr(entry, name)) for name in _SLOT_FIELDS}
    return AuditItem(
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
        **slot_maps,
    )


@decoder
def audit_entry_from_item(item: AuditItem) -> AuditLogEntry:
    """Return the entry of an item. Raises ``UnreadableItemError`` if it is malformed."""
    prefix, _, suffix = str(item.sk).split("#", 2)
    return AuditLogEntry(
        doctor_id=keys.parse_audit_pk(item.pk),
        at=parse_timestamp(item.at),
        kind=ChangeKind(item.act),
        actor=Actor(name=item.by, role=Role(item.role), client=item.client, subject=item.subject),
        suffix=suffix,
        date=keys.parse_day_sk(prefix) if item.date else None,
        moved_from=SlotId.parse(item.moved_from) if item.moved_from else None,
        moved_to=SlotId.parse(item.moved_to) if item.moved_to else None,
        reason=item.reason,
        settings=_settings_from_raw(item.settings),
        **{name: _slots_from_raw(getattr(item, name)) for name in _SLOT_FIELDS},
    )


def _raw_slots(slots: Iterable[Slot]) -> RawSlotMap | None:
    return slot_map_to_raw(slots) or None


def _slots_from_raw(raw: RawSlotMap | None) -> tuple[Slot, ...]:
    return tuple(slot for _, slot in sorted(slot_map_from_raw(raw or {}).items()))


def _settings_to_raw(entry: AuditLogEntry) -> dict[str, Any] | None:
    if entry.settings is None:
        return None
    return {
        name: {"before": change.before, "after": change.after}
        for name, change in entry.settings.items()
    }


def _settings_from_raw(raw: dict[str, Any] | None) -> dict[str, SettingChange] | None:
    return {name: SettingChange(**change) for name, change in raw.items()} if raw else None
