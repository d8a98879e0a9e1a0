"""Set and lift disruptions in a transaction, and record that they may have to be announced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.errors import DayModifiedError
from chalicelib.domain.slot import SlotStatus
from chalicelib.storage import keys
from chalicelib.storage.booking_conditions import is_older_than
from chalicelib.storage.disruption_models import DisruptionsItem
from chalicelib.storage.mapping import format_microsecond, format_timestamp, last_change_from_raw
from chalicelib.storage.models import SCHEMA, DayItem, SlotItem

if TYPE_CHECKING:
    from datetime import date, datetime

    from pynamodb.expressions.condition import Condition
    from pynamodb.expressions.update import Action

    from chalicelib.domain.audit_log import AuditLogEntry
    from chalicelib.domain.day import Day
    from chalicelib.domain.slot import Slot
    from chalicelib.storage.transaction import Transaction


def mark_slots(transaction: Transaction, day: Day, entry: AuditLogEntry) -> list[Action]:
    """Set or lift the marks of the affected slots; return what to update in the day.

    The transaction fails with ``DayModifiedError`` if such a slot has changed since the day was
    read.
    """
    for slot in entry.affected:
        transaction.update(
            (keys.doctor_pk(day.doctor_id), keys.slot_sk(slot.start)),
            [
                *_slot_actions(slot, entry.reason),
                SlotItem.changed_at.set(format_microsecond(entry.at)),
            ],
            condition=is_older_than(entry.at)
            & (_can_be_marked() if slot.is_disrupted else _has_mark(day.slots[slot.start])),
            on_failure=lambda raw_item: DayModifiedError(
                last_change=last_change_from_raw(raw_item)
            ),
        )
    add_changed_date(transaction, day.doctor_id, day.date, at=entry.at)
    return [_entry_action(slot) for slot in entry.affected]


def add_changed_date(transaction: Transaction, doctor_id: str, date: date, *, at: datetime) -> None:
    """Add the date to those whose marks may have to be announced, in the same transaction."""
    transaction.update(
        (keys.doctor_pk(doctor_id), keys.DISRUPTIONS_SK),
        [
            DisruptionsItem.kind.set(DisruptionsItem),
            DisruptionsItem.schema.set(SCHEMA),
            DisruptionsItem.version.add(1),
            DisruptionsItem.dates.add({date.isoformat()}),
            DisruptionsItem.gsi1_pk.set(keys.DISRUPTIONS_PK),
            DisruptionsItem.gsi1_sk.set(format_microsecond(at)),
        ],
        condition=None,
        on_failure=lambda _: DayModifiedError(),
    )


def _slot_actions(slot: Slot, reason: str | None) -> list[Action]:
    if slot.disrupted_since is None:
        return [SlotItem.disrupted_since.remove(), SlotItem.disruption_reason.remove()]
    return [
        SlotItem.disrupted_since.set(format_timestamp(slot.disrupted_since)),
        SlotItem.disruption_reason.set(reason or ""),
    ]


def _entry_action(slot: Slot) -> Action:
    mark = DayItem.slots[keys.format_instant(slot.start)]["disrupted"]
    since = slot.disrupted_since
    action: Action = mark.remove() if since is None else mark.set(format_timestamp(since))
    return action


def _can_be_marked() -> Condition:
    is_taken = SlotItem.status.is_in(str(SlotStatus.BOOKED), str(SlotStatus.HELD))
    condition: Condition = is_taken & SlotItem.disrupted_since.does_not_exist()
    return condition


def _has_mark(slot: Slot) -> Condition:
    since = slot.disrupted_since
    condition: Condition = SlotItem.disrupted_since == (format_timestamp(since) if since else "")
    return condition
