"""Events for subscribers: which slots one change of a day has changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.slot import SlotStatus

if TYPE_CHECKING:
    from datetime import date, datetime

    from chalicelib.domain.day import Day
    from chalicelib.domain.slot import Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedSlot:
    """A slot after a change, and its status before.

    A slot that does not exist, before or after, has the status ``busy-unavailable``.
    """

    slot: Slot
    previous_status: SlotStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotsChanged:
    """The change that made this revision of the day; ``slots`` are in time order.

    There are no slots if nothing differs (a hold renewed within the same second).
    """

    doctor_id: str
    date: date
    revision: int
    changed_at: datetime
    slots: tuple[ChangedSlot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """An event that is stored as JSON, its ``detail``, to be published as it is."""

    doctor_id: str
    changed_at: datetime
    detail_type: str
    detail: str


def diff_days(old: Day | None, new: Day | None, *, changed_at: datetime) -> SlotsChanged | None:
    """Return the event for a write of a day, or None if there is none to publish.

    ``old`` is None for the first save of a date. ``new`` is None if the day item was deleted, which
    makes no event. Holds count as stored, even if they have expired.
    """
    if new is None:
        return None
    old_slots = old.slots if old else {}
    slots: list[ChangedSlot] = []
    for start in sorted(old_slots.keys() | new.slots.keys()):
        before = old_slots.get(start) or _closed_slot(new.slots[start])
        after = new.slots.get(start) or _closed_slot(before)
        if _published(after) != _published(before):
            slots.append(ChangedSlot(slot=after, previous_status=before.status))
    if not slots and old is not None and old.revision == new.revision:
        return None
    return SlotsChanged(
        doctor_id=new.doctor_id,
        date=new.date,
        revision=new.revision,
        changed_at=changed_at,
        slots=tuple(slots),
    )


def _published(slot: Slot) -> tuple[object, ...]:
    """Return what subscribers see; a disruption is announced later, in an event of its own."""
    return slot.interval, slot.status, slot.held_until


def _closed_slot(slot: Slot) -> Slot:
    return replace(slot, status=SlotStatus.UNAVAILABLE, held_until=None)
