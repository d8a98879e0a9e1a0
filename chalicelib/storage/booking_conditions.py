"""The conditions of writes on holds and bookings, by what each write requires."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.expressions.condition import size

from chalicelib.domain.booking_writes import (
    AddHold,
    AsOverridden,
    Available,
    BookedAs,
    BookedFor,
    HeldBy,
    HoldSince,
    NoRecord,
    RecordFor,
    RecordVersion,
    ReplaceHolds,
    UnexpiredHold,
)
from chalicelib.domain.slot import SlotStatus
from chalicelib.storage import keys
from chalicelib.storage.mapping import format_microsecond, format_timestamp
from chalicelib.storage.models import BookingItem, DayItem, HoldsItem, SlotItem

if TYPE_CHECKING:
    from datetime import datetime

    from pynamodb.expressions.condition import Condition

    from chalicelib.domain.booking import DayBlocks, Disruption
    from chalicelib.domain.booking_writes import RecordAt, RemoveHold, SlotRequirement
    from chalicelib.domain.slot import SlotId


def slot_is(required: SlotRequirement, at: datetime) -> Condition:
    """Return the condition that a slot is as required, and was last changed before ``at``."""
    match required:
        case Available():
            condition: Condition = _is_available(required)
        case UnexpiredHold():
            condition = _is_held_by(required) & _is_unexpired(required)
        case HoldSince():
            condition = _is_held_by(required) & _is_held_since(required)
        case HeldBy():
            condition = _is_held_by(required)
        case BookedFor():
            condition = _is_booked_as(required) & _is_booked_for(required)
        case BookedAs():
            condition = _is_booked_as(required)
        case AsOverridden():
            condition = _is_as_read(required)
    in_order: Condition = condition & is_older_than(at)
    return in_order


def has_disruption(disruption: Disruption | None) -> Condition:
    """Return the condition that a slot has exactly this disruption, or none."""
    condition: Condition = (
        SlotItem.disrupted_since == format_timestamp(disruption.since)
        if disruption
        else SlotItem.disrupted_since.does_not_exist()
    )
    return condition


def has_blocks(blocks: DayBlocks | None) -> Condition:
    """Return the condition that nothing of a day is blocked, or just what was observed."""
    condition: Condition = (
        DayItem.blocked_version == blocks.version
        if blocks and blocks.version
        else DayItem.blocked_version.does_not_exist()
    )
    return condition


def is_older_than(at: datetime) -> Condition:
    """Return the condition that the last change of a slot, if it has an instant, was before."""
    is_older = SlotItem.changed_at < format_microsecond(at)
    is_undated = SlotItem.changed_at.does_not_exist()
    either: Condition = is_undated | is_older
    return either


def _is_owned_by(owner: str) -> Condition:
    """The owner, or none: a hold or booking from before owners were stored."""
    is_own = SlotItem.client == owner
    is_unowned = SlotItem.client.does_not_exist()
    either: Condition = is_own | is_unowned
    return either


def _ends_at(end: datetime) -> Condition:
    condition: Condition = SlotItem.end == keys.format_instant(end)
    return condition


def _is_available(required: Available) -> Condition:
    may_replace_hold = SlotItem.held_until <= format_timestamp(required.now)
    if required.holder is not None:
        is_own = (SlotItem.holder == required.holder) & _is_owned_by(required.owner)
        may_replace_hold = may_replace_hold | is_own
    is_held = SlotItem.status == str(SlotStatus.HELD)
    is_available = (SlotItem.status == str(SlotStatus.FREE)) | (is_held & may_replace_hold)
    condition: Condition = _ends_at(required.end) & is_available
    return condition


def _is_held_by(required: HeldBy) -> Condition:
    is_held = SlotItem.status == str(SlotStatus.HELD)
    condition: Condition = (
        is_held & (SlotItem.holder == required.holder) & _is_owned_by(required.owner)
    )
    return condition


def _is_unexpired(required: UnexpiredHold) -> Condition:
    is_unexpired = SlotItem.held_until > format_timestamp(required.now)
    condition: Condition = _ends_at(required.end) & is_unexpired
    return condition


def _is_held_since(required: HoldSince) -> Condition:
    condition: Condition = _ends_at(required.end) & (
        SlotItem.held_since == format_microsecond(required.since)
        if required.since
        else SlotItem.held_since.does_not_exist()
    )
    return condition


def _is_booked_as(required: BookedAs) -> Condition:
    is_booked = SlotItem.status == str(SlotStatus.BOOKED)
    is_same = SlotItem.booking_id == required.booking_id
    condition: Condition = (
        is_booked & is_same & _is_owned_by(required.owner) & _ends_at(required.end)
    )
    return condition


def _is_booked_for(required: BookedFor) -> Condition:
    """The patient, or none: the reference is in the record, except for old bookings."""
    condition: Condition = SlotItem.patient_reference.does_not_exist()
    if required.patient_reference is not None:
        is_same = SlotItem.patient_reference == required.patient_reference
        condition = condition | is_same
    return condition


def _is_as_read(required: AsOverridden) -> Condition:
    stored = required.stored
    is_same_claim = (
        SlotItem.holder == (stored.holder or "")
        if stored.slot.status is SlotStatus.HELD
        else SlotItem.booking_id == (stored.booking_id or "")
    )
    is_same_owner = (
        SlotItem.client == stored.client if stored.client else SlotItem.client.does_not_exist()
    )
    is_same_status = SlotItem.status == str(stored.slot.status)
    condition: Condition = (
        is_same_status & is_same_claim & is_same_owner & _was_changed_at(stored.changed_at)
    )
    return condition


def _was_changed_at(instant: datetime | None) -> Condition:
    """No other act since then: two overrides would overwrite each other."""
    condition: Condition = (
        SlotItem.changed_at == format_microsecond(instant)
        if instant
        else SlotItem.changed_at.does_not_exist()
    )
    return condition


def record_is(required: NoRecord | RecordAt | RecordVersion) -> Condition:
    """Return the condition that a booking record is as required."""
    match required:
        case NoRecord():
            condition: Condition = BookingItem.pk.does_not_exist()
        case RecordVersion(version=version):
            condition = BookingItem.version == version
        case RecordFor(slot_id=slot_id, patient_reference=reference):
            condition = _is_at(slot_id, _has_reference(reference))
        case _:
            condition = _is_at(required.slot_id)
    return condition


def _is_at(slot_id: SlotId, has_reference: Condition | None = None) -> Condition:
    is_there = BookingItem.slot_id == str(slot_id)
    is_unrecorded = BookingItem.pk.does_not_exist()
    either: Condition = is_unrecorded | (
        is_there if has_reference is None else is_there & has_reference
    )
    return either


def _has_reference(reference: str | None) -> Condition:
    condition: Condition = (
        BookingItem.patient_reference.does_not_exist()
        if reference is None
        else BookingItem.patient_reference == reference
    )
    return condition


def holds_are(write: AddHold | ReplaceHolds | RemoveHold) -> Condition | None:
    """Return the condition of a write to the counted holds of a client; None if it has none."""
    match write:
        case AddHold(start=start, limit=limit):
            is_first = HoldsItem.held.does_not_exist()
            is_counted = HoldsItem.held.contains(keys.format_instant(start))
            is_below_limit = size(HoldsItem.held) < limit
            condition: Condition = is_first | is_counted | is_below_limit
            return condition
        case ReplaceHolds(version=version):
            is_unchanged: Condition = HoldsItem.version == version
            return is_unchanged
        case _:
            return None
