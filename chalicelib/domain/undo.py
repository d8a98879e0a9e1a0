"""Undo: which changes can be undone, and the request that undoes one."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from chalicelib.domain import local_time
from chalicelib.domain.audit_log import ChangeKind
from chalicelib.domain.day import KeptReason
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.text import Text
from chalicelib.domain.time_off import BlockKind
from chalicelib.domain.violations import FieldViolation, SlotKept

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from chalicelib.domain.audit_log import AuditLogEntry
    from chalicelib.domain.day import KeptSlot

# A booking belongs to its client, and settings have a page of their own.
_KINDS = {
    ChangeKind.SAVE,
    ChangeKind.SERIES,
    ChangeKind.TIME_OFF,
    ChangeKind.IMPORT,
    ChangeKind.HOURS,
    ChangeKind.UNDO,
}
KEPT_IN = {
    KeptReason.TIME_OFF: Text("is in time off"),
    KeptReason.CLOSURE: Text("is in a closure of the practice"),
}
_REASONS = {
    KeptReason.BOOKED: Text("has been booked since"),
    KeptReason.HELD: Text("is held"),
    KeptReason.OPENED_BY_HAND: Text("has been opened again since"),
    KeptReason.OVERLAPS: Text("overlaps another slot"),
    KeptReason.PAST: Text("has already started"),
    **KEPT_IN,
}


def may_be_undone(entry: AuditLogEntry, now: datetime) -> bool:
    """Whether the entry opened or closed a slot that has not begun, or time off that is not over.

    Whether the day still allows it, and whether it is undone already, only the day says.
    """
    slots = (*entry.opened, *entry.closed)
    stretches = (each for each in (entry.blocked, entry.unblocked) if each)
    return entry.kind in _KINDS and (
        any(not slot.has_begun(now) for slot in slots)
        or any(not stretch.is_over(now) for stretch in stretches)
    )


def is_of_closure(entry: AuditLogEntry) -> bool:
    """Whether the entry closed the practice, or lifted that: only an admin may undo it."""
    stretch = entry.blocked or entry.unblocked
    return stretch is not None and stretch.kind is BlockKind.CLOSURE


def undo_request_id(change_id: str) -> str:
    """Return the request id of a change's undo: always the same, so it has one effect."""
    return f"undo-{hashlib.blake2b(change_id.encode(), digest_size=16).hexdigest()}"


def nothing_to_undo_error(kept: Sequence[KeptSlot], zone: ZoneInfo) -> ConflictError:
    """Return the error for an undo that would change nothing; it names each reason."""
    violations = [describe_kept(each, zone) for each in kept]
    nothing = FieldViolation("change_id", "nothing_to_undo", Text("There is nothing left to undo"))
    return ConflictError(*violations, zone=zone) if violations else ConflictError(nothing)


def describe_kept(kept: KeptSlot, zone: ZoneInfo) -> SlotKept:
    """Return the reason why the slot is not undone."""
    return SlotKept(
        start=kept.slot.start,
        slot_label=local_time.format_range(kept.slot, zone),
        reason=_REASONS[kept.reason],
    )
