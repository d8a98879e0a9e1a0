"""The single availability rule, shared by search, hold and booking."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from chalicelib.domain import local_time
from chalicelib.domain.slot import Slot, SlotStatus
from chalicelib.domain.text import Text
from chalicelib.domain.violations import AlreadyTaken, NotBookable, SlotInPast, SlotViolation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from chalicelib.domain.day import Day
    from chalicelib.domain.doctor import Doctor


def is_bookable(slot: Slot, doctor: Doctor, *, now: datetime) -> bool:
    """Return whether the slot is free, in the future, after the lead time and in the window.

    ``slot`` must be as of ``now``. The booking window is whole dates of the doctor's time zone:
    with a window of one day, all of tomorrow is bookable.
    """
    if (
        not doctor.is_active
        or slot.status is not SlotStatus.FREE
        or slot.start < now + doctor.lead_time
        or slot.has_begun(now)
    ):
        return False
    return local_time.local_date(slot.start, doctor.zone) <= doctor.last_bookable_date(now)


def status_for_others(slot: Slot, doctor: Doctor, *, now: datetime) -> SlotStatus:
    """Return the status as other systems publish it: ``free`` means that it can be booked now.

    A free slot that has begun, or is outside the lead time or the booking window, is closed to
    them. ``slot`` must be as of ``now``.
    """
    if slot.status is SlotStatus.FREE and not is_bookable(slot, doctor, now=now):
        return SlotStatus.UNAVAILABLE
    return slot.status


def third_bookable_date(days: Iterable[Day], doctor: Doctor, now: datetime) -> date | None:
    """Return the date of the third bookable slot; None if there are fewer.

    It is the measure "third next available": a single slot may be free by a late cancellation.
    ``days`` must be in time order and as of ``now``; no more of them are read than it takes.
    """
    return next(islice(_bookable_dates(days, doctor, now), 2, None), None)


def _bookable_dates(days: Iterable[Day], doctor: Doctor, now: datetime) -> Iterator[date]:
    for day in days:
        for start in sorted(day.slots):
            if is_bookable(day.slots[start], doctor, now=now):
                yield day.date


def reason_not_bookable(slot: Slot, doctor: Doctor, *, now: datetime) -> SlotViolation | None:
    """Return why the slot is not bookable now, or None."""
    if is_bookable(slot, doctor, now=now):
        return None
    if violation := reason_not_free(slot, doctor, now=now):
        return violation
    if violation := reason_inactive(slot, doctor):
        return violation
    label = local_time.format_range(slot, doctor.zone)
    is_late = slot.start < now + doctor.lead_time
    reason = Text("can no longer be booked") if is_late else Text("can't be booked yet")
    return NotBookable(start=slot.start, slot_label=label, reason=reason)


def reason_not_free(slot: Slot, doctor: Doctor, *, now: datetime) -> SlotViolation | None:
    """Return why the practice cannot book the slot, or None: lead time and window do not count."""
    label = local_time.format_range(slot, doctor.zone)
    if slot.is_taken:
        is_booked = slot.status is SlotStatus.BOOKED
        state = Text("already booked") if is_booked else Text("held by another client")
        return AlreadyTaken(start=slot.start, slot_label=label, state=state)
    if slot.is_disrupted:
        return AlreadyTaken(start=slot.start, slot_label=label, state=Text("closed"))
    return in_past(slot, doctor) if slot.has_begun(now) else None


def reason_inactive(slot: Slot, doctor: Doctor) -> NotBookable | None:
    """Return the violation for a slot of a doctor who takes no bookings, not even at the desk."""
    if doctor.is_active:
        return None
    label = local_time.format_range(slot, doctor.zone)
    reason = Text("can't be booked: the doctor takes no bookings")
    return NotBookable(start=slot.start, slot_label=label, reason=reason)


def in_past(slot: Slot, doctor: Doctor) -> SlotInPast:
    """Return the violation for a slot that has begun."""
    label = local_time.format_range(slot, doctor.zone)
    return SlotInPast(start=slot.start, slot_label=label)


def in_time_off(slot: Slot, doctor: Doctor) -> NotBookable:
    """Return the violation for a slot that time off or a closure of the practice keeps closed."""
    label = local_time.format_range(slot, doctor.zone)
    reason = Text("can't be booked: the doctor is not available then")
    return NotBookable(start=slot.start, slot_label=label, reason=reason)


def last_bookable_instant(slot: Slot, doctor: Doctor) -> datetime:
    """Return the last instant at which the slot can be booked; it must begin after that."""
    return slot.start - doctor.lead_time
