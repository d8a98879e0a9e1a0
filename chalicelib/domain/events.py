"""What one change made of a day, slot by slot: what those who follow along are told."""

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
    """A slot as it is now, and the status that it had.

    One that is not there, before or now, is ``busy-unavailable``, as a box that is not ticked.
    """

    slot: Slot
    previous_status: SlotStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotsChanged:
    """The ``revision``-th change of that day, made ``at`` that second; ``slots`` in time order.

    There are none where a change left everything as it was (a hold renewed in the same second).
    """

    doctor_id: str
    date: date
    revision: int
    changed_at: datetime
    slots: tuple[ChangedSlot, ...]


def diff_days(old: Day | None, new: Day | None, *, changed_at: datetime) -> SlotsChanged | None:
    """What changed from one state of a day to the next, None where that is nothing of its slots.

    ``before`` is None for the first save of a date, ``after`` where the day itself was deleted,
    which is no news of slots. Holds stand as they were stored, run out or not.
    """
    if new is None:
        return None
    known = old.slots if old else {}
    slots: list[ChangedSlot] = []
    for start in sorted(known.keys() | new.slots.keys()):
        was = known.get(start) or _closed_slot(new.slots[start])
        slot = new.slots.get(start) or _closed_slot(was)
        if slot != was:
            slots.append(ChangedSlot(slot=slot, previous_status=was.status))
    if not slots and old is not None and old.revision == new.revision:
        return None
    return SlotsChanged(
        doctor_id=new.doctor_id,
        date=new.date,
        revision=new.revision,
        changed_at=changed_at,
        slots=tuple(slots),
    )


def _closed_slot(slot: Slot) -> Slot:
    return replace(slot, status=SlotStatus.UNAVAILABLE, held_until=None)
