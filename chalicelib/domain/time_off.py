"""Time off of a doctor, closures of the practice, and the stretches of a date that they block."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from chalicelib.domain import local_time
from chalicelib.domain.names import MAX_NAME_LENGTH, is_valid_name
from chalicelib.domain.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Iterator
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from chalicelib.domain.slot import Slot

MAX_DAYS_AHEAD = 731
"""How many days after today time off can be: two years. Each of its dates is a save."""
_ONE_DAY = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)


class TimeOffAct(StrEnum):
    """What happens to patients who have a booking in time off.

    They keep it, or they keep it but have to be rebooked (disrupted).
    """

    STOP = "stop"
    DISRUPT = "disrupt"


class BlockKind(StrEnum):
    """Who takes the time: the doctor, or the practice for all its doctors."""

    TIME_OFF = "time_off"
    CLOSURE = "closure"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedStretch:
    """A stretch of one date in which no slot can be opened.

    ``start`` and ``end`` are instants, which may be outside the date; if ``is_whole_day``, every
    slot of the date is in the stretch, even if new time zone data has moved it. ``suspended`` are
    slots that would be open without it: those that it closed, and those that a series has wanted
    since. ``since`` are the instants of the saves that marked bookings of the stretch as disrupted.

    One transaction may be too small to close or reopen all slots. Then the stretch ``is_partial``
    until another save has done the rest, and if ``is_lifted`` it blocks nothing any more.
    """

    time_off_id: str
    kind: BlockKind
    name: str
    act: TimeOffAct
    start: datetime
    end: datetime
    is_whole_day: bool
    suspended: tuple[Slot, ...] = ()
    since: tuple[datetime, ...] = ()
    is_partial: bool = False
    is_lifted: bool = False

    def covers(self, slot: Slot) -> bool:
        """Whether the slot may not be open because of this stretch."""
        if self.is_lifted:
            return False
        return self.is_whole_day or (self.start < slot.end and slot.start < self.end)

    def is_over(self, now: datetime) -> bool:
        """Whether the stretch has ended."""
        return self.end <= now

    def without_slots(self) -> BlockedStretch:
        """The stretch as it was set, for the record of a change."""
        return replace(self, suspended=(), since=(), is_partial=False, is_lifted=False)


def find_blocking(stretches: Iterable[BlockedStretch], slot: Slot) -> BlockedStretch | None:
    """Return the first stretch in which the slot is, or None."""
    return next((stretch for stretch in stretches if stretch.covers(slot)), None)


def suspended_intervals(
    stretches: Iterable[BlockedStretch],
) -> dict[tuple[datetime, datetime], Slot]:
    """Return the slots that would be open without the stretches, by interval."""
    return {slot.interval: slot for stretch in stretches for slot in stretch.suspended}


def change_suspended(
    stretches: Iterable[BlockedStretch],
    *,
    add: Iterable[Slot] = (),
    remove: Collection[tuple[datetime, datetime]] = (),
) -> tuple[BlockedStretch, ...]:
    """Return the stretches with other suspended slots.

    Each slot to add belongs to the first stretch that covers it. One that overlaps a slot that is
    suspended already is left out: only one of them could be opened.
    """
    changed = [_without(stretch, remove) for stretch in stretches]
    for slot in add:
        suspended = suspended_intervals(changed).values()
        if not any(slot.overlaps(other) for other in suspended):
            changed = _with(changed, slot)
    return tuple(changed)


def _without(
    stretch: BlockedStretch, remove: Collection[tuple[datetime, datetime]]
) -> BlockedStretch:
    left = tuple(slot for slot in stretch.suspended if slot.interval not in remove)
    return stretch if left == stretch.suspended else replace(stretch, suspended=left)


def _with(stretches: list[BlockedStretch], slot: Slot) -> list[BlockedStretch]:
    blocking = find_blocking(stretches, slot)
    return [
        replace(stretch, suspended=(*stretch.suspended, slot)) if stretch is blocking else stretch
        for stretch in stretches
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOff:
    """One version of time off: it is made, lifted, and made again by an undo of that.

    From ``first`` to ``last``, both included; for hours, from ``start`` to ``end``. ``closure_id``
    is the closure of the practice that it belongs to.
    """

    time_off_id: str
    version: int
    name: str
    act: TimeOffAct
    first: date
    last: date
    start: datetime | None = None
    end: datetime | None = None
    is_lifted: bool = False
    closure_id: str | None = None

    @property
    def kind(self) -> BlockKind:
        """Whether it is the doctor's, or the practice's."""
        return BlockKind.CLOSURE if self.closure_id else BlockKind.TIME_OFF

    def next_version(self) -> TimeOff:
        """The version that lifts it; or that makes it again, if it is lifted."""
        return replace(self, version=self.version + 1, is_lifted=not self.is_lifted)

    def dates_from(self, today: date) -> Iterator[date]:
        """Yield its dates that are not past."""
        on = max(self.first, today)
        while on <= self.last:
            yield on
            on += _ONE_DAY

    def stretch_on(self, on: date, zone: ZoneInfo) -> BlockedStretch:
        """Return the stretch that it blocks on one of its dates."""
        return BlockedStretch(
            time_off_id=self.time_off_id,
            kind=self.kind,
            name=self.name,
            act=self.act,
            start=self.start or local_time.to_utc(on, timedelta(0), zone),
            end=self.end or local_time.to_utc(on, _ONE_DAY, zone),
            is_whole_day=self.start is None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOffViolationOfField:
    """What is wrong with time off as a client requests it."""

    field: Literal["name", "to"]
    detail: Text
    code: Literal["invalid", "in_past", "too_many"] = "invalid"


def validate_time_off(
    *,
    name: str,
    first: date,
    last: date,
    hours: tuple[datetime, datetime] | None,
    today: date,
    now: datetime,
) -> Iterator[TimeOffViolationOfField]:
    """Yield what is wrong with these values; ``hours`` is None for whole dates."""
    if not is_valid_name(name):
        detail = Text("Enter a name of at most %(limit)s characters", limit=MAX_NAME_LENGTH)
        yield TimeOffViolationOfField(field="name", detail=detail)
    is_reversed = hours[1] <= hours[0] if hours else last < first
    if is_reversed:
        detail = Text("Time off must end after it starts")
        yield TimeOffViolationOfField(field="to", detail=detail)
    elif last < today or (hours and hours[1] <= now):
        yield TimeOffViolationOfField(
            field="to", code="in_past", detail=Text("Time off can't be in the past")
        )
    elif (last - today).days > MAX_DAYS_AHEAD:
        detail = Text("Time off can end at most %(limit)s days from now", limit=MAX_DAYS_AHEAD)
        yield TimeOffViolationOfField(field="to", code="too_many", detail=detail)


def dates_of_hours(start: dt.datetime, end: dt.datetime, zone: ZoneInfo) -> tuple[date, date]:
    """Return the first and the last date on which there is a part of these hours."""
    return (
        local_time.local_date(start, zone),
        local_time.local_date(max(start, end - _MICROSECOND), zone),
    )
