"""Series: the weekly pattern of the slots that should be open, on which dates."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from chalicelib.domain.errors import UnreadableItemError
from chalicelib.domain.local_time import time_of_day, to_utc
from chalicelib.domain.month import monday_of
from chalicelib.domain.names import MAX_NAME_LENGTH, is_valid_name
from chalicelib.domain.slot import Slot, SlotOrigin
from chalicelib.domain.text import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from chalicelib.domain.audit_log import Actor
    from chalicelib.domain.grid import Grid

MAX_EVERY_WEEKS = 4
END_OF_DAY = timedelta(days=1)
_ONE_DAY = timedelta(days=1)
_ONE_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True, order=True)
class TimeRange:
    """Hours by the local clock, as time since midnight; 24 h is the end of the day."""

    start: timedelta
    end: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesViolation:
    """What is wrong with a series as a client requests it; ``weekday`` if it is of one weekday."""

    field: Literal["name", "weekly", "every_weeks", "last"]
    detail: Text
    code: Literal["invalid", "required"] = "invalid"
    weekday: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One version of a series.

    ``weekly`` has the hours by weekday (0 is Monday), in time order and without overlaps. They
    apply to every n-th week (``every_weeks``), counted in weeks from Monday from the week of
    ``first``; from that date until ``last``, which is None if the series has no end. If ``last`` is
    before ``first``, it applies to no date.

    ``grid`` is the doctor's when the version was made: the version opens slots of this grid only.
    ``author`` made it, by the plan ``plan_id``. ``applied_to`` is the last date to which it is
    applied; None until the plan that makes the version is done.
    """

    series_id: str
    version: int
    name: str
    weekly: Mapping[int, tuple[TimeRange, ...]]
    every_weeks: int
    first: date
    last: date | None
    grid: Grid
    author: Actor | None = field(default=None, compare=False)
    applied_to: date | None = field(default=None, compare=False)
    plan_id: str | None = field(default=None, compare=False)

    def applies_on(self, date: date) -> bool:
        """Whether the pattern wants slots on that date, if the weekday has hours."""
        if date < self.first or (self.last is not None and date > self.last):
            return False
        weeks = (monday_of(date) - monday_of(self.first)) // _ONE_WEEK
        return weeks % self.every_weeks == 0

    def candidates_on(self, date: date) -> tuple[Slot, ...]:
        """The slots of the grid that the pattern wants on that date, in time order.

        A slot belongs to hours if it lies within them by the clock on that date. So 09:00 stays
        09:00 when the clock changes.
        """
        hours = self.weekly.get(date.weekday(), ()) if self.applies_on(date) else ()
        if not hours:
            return ()
        slots, zone = self.grid.candidate_slots(date), self.grid.zone
        return tuple(
            slot
            for each in hours
            for slot in _within(slots, to_utc(date, each.start, zone), to_utc(date, each.end, zone))
        )

    def slots_on(self, date: date) -> Iterator[Slot]:
        """The slots that the pattern wants on that date, free and in time order."""
        origin = SlotOrigin("", self.series_id)
        for slot in self.candidates_on(date):
            yield Slot(start=slot.start, end=slot.end, stored_date=date, origin=origin)

    def has_slots_on(self, date: date) -> bool:
        """Whether the pattern wants any slot on that date."""
        return bool(self.candidates_on(date))

    def has_same_pattern(self, other: Series) -> bool:
        """Whether both have the same hours on the same dates, whatever their names and grids."""
        return (self.weekly, self.every_weeks, self.first, self.last) == (
            other.weekly,
            other.every_weeks,
            other.first,
            other.last,
        )

    @property
    def is_over(self) -> bool:
        """Whether it applies to no date."""
        return self.last is not None and self.last < self.first

    def dates_to_extend(self, today: date, horizon: date) -> Iterator[date]:
        """Yield the dates up to the horizon to which the version is not applied yet.

        There are none before its plan is done.
        """
        if self.applied_to is None:
            return
        on = max(self.applied_to + _ONE_DAY, today)
        end = horizon if self.last is None else min(horizon, self.last)
        while on <= end:
            yield on
            on += _ONE_DAY

    def restored_after(self, latest: Series, made: Series) -> Series:
        """The next version after ``latest``, with the pattern of this earlier one.

        The name and the hours of the grid stay if they were changed since ``made``, which the
        restored version undoes.
        """
        return replace(
            self,
            version=latest.version + 1,
            applied_to=None,
            name=self.name if latest.name == made.name else latest.name,
            grid=self.grid if latest.grid.has_same_slots(made.grid) else latest.grid,
        )

    def ended_before(self, date: date) -> Series:
        """The next version, which wants nothing from that date on."""
        last = date - _ONE_DAY
        return replace(
            self,
            version=self.version + 1,
            applied_to=None,
            last=last if self.last is None else min(last, self.last),
        )


def _within(slots: Sequence[Slot], start: datetime, end: datetime) -> Sequence[Slot]:
    """Return the slots that lie between the two; ``slots`` are in time order, without overlaps."""
    first = bisect_left(slots, start, key=lambda slot: slot.start)
    return slots[first : bisect_right(slots, end, key=lambda slot: slot.end)]


def validate_series(
    *,
    name: str,
    weekly: Mapping[int, Sequence[TimeRange]],
    every_weeks: int,
    first: date | None,
    last: date | None,
) -> Iterator[SeriesViolation]:
    """Yield what is wrong with these values of a series, whose ranges are in order.

    A weekday without ranges, and a date that is None, is one that the client sent in a form that
    cannot be read: nothing else is said of it.
    """
    if not is_valid_name(name):
        detail = Text("Enter a name of at most %(limit)s characters", limit=MAX_NAME_LENGTH)
        yield SeriesViolation(field="name", detail=detail)
    if not weekly:
        detail = Text("Choose at least one weekday")
        yield SeriesViolation(field="weekly", code="required", detail=detail)
    for weekday, ranges in weekly.items():
        if wrong := _validate_ranges(ranges):
            yield SeriesViolation(field="weekly", weekday=weekday, detail=wrong)
    if not 1 <= every_weeks <= MAX_EVERY_WEEKS:
        detail = Text("A series can repeat every 1 to %(limit)s weeks", limit=MAX_EVERY_WEEKS)
        yield SeriesViolation(field="every_weeks", detail=detail)
    if first and last and last < first:
        detail = Text("The last day can't be before the first day")
        yield SeriesViolation(field="last", detail=detail)


def _validate_ranges(ranges: Sequence[TimeRange]) -> Text | None:
    if any(hours.end <= hours.start for hours in ranges):
        return Text("The hours must end after they start")
    if any(other.start < one.end for one, other in pairwise(ranges)):
        return Text("These hours overlap")
    return None


def weekly_hours(slots: Iterable[Slot], zone: ZoneInfo) -> dict[int, tuple[TimeRange, ...]]:
    """Return the hours by weekday that the slots take; ranges that touch or overlap are one.

    The hours are as long as the slots, also where the clock changes during one.
    """
    by_weekday: dict[int, list[TimeRange]] = {}
    for slot in sorted(slots, key=lambda each: time_of_day(each.start, zone)):
        ranges = by_weekday.setdefault(slot.date_in(zone).weekday(), [])
        start = time_of_day(slot.start, zone)
        end = min(start + slot.length, END_OF_DAY)
        if ranges and start <= ranges[-1].end:
            ranges[-1] = TimeRange(ranges[-1].start, max(end, ranges[-1].end))
        else:
            ranges.append(TimeRange(start, end))
    return {weekday: tuple(by_weekday[weekday]) for weekday in sorted(by_weekday)}


def slots_wanted(versions: Iterable[Series], date: date) -> tuple[Slot, ...]:
    """Return the slots that any of the series wants on the date, in time order.

    Each has its series as its origin. Where those of two series overlap, the one that starts first
    is wanted.
    """
    return _without_overlaps([tuple(series.slots_on(date)) for series in versions])


def _without_overlaps(each: Sequence[tuple[Slot, ...]]) -> tuple[Slot, ...]:
    if len(each) == 1:  # of one series
        return each[0]
    slots = {slot.interval: slot for of_series in each for slot in of_series}
    wanted: list[Slot] = []
    for interval in sorted(slots):
        if not wanted or wanted[-1].end <= slots[interval].start:
            wanted.append(slots[interval])
    return tuple(wanted)


class SeriesVersions:
    """All versions of all series of a doctor.

    ``unreadable`` has the ids of series of which a version is stored in a form that cannot be read.
    What these want is not known: ``get`` and ``latest`` raise ``UnreadableItemError`` for them.
    """

    def __init__(
        self, versions: Iterable[Series] = (), *, unreadable: Collection[str] = ()
    ) -> None:
        self._unreadable = unreadable
        self._versions = {(each.series_id, each.version): each for each in versions}
        self._latest: dict[str, Series] = {}
        for each in self._versions.values():
            known = self._latest.get(each.series_id)
            if known is None or known.version < each.version:
                self._latest[each.series_id] = each

    def with_version(self, series: Series) -> SeriesVersions:
        """The versions with another one."""
        return SeriesVersions([*self._versions.values(), series], unreadable=self._unreadable)

    def get(self, series_id: str, version: int) -> Series | None:
        """Return the version; None if it is not stored."""
        self._require_readable(series_id)
        return self._versions.get((series_id, version))

    def latest(self, series_id: str) -> Series | None:
        """Return the latest version; None if there is no such series."""
        self._require_readable(series_id)
        return self._latest.get(series_id)

    def all_latest(self) -> tuple[Series, ...]:
        """The latest version of each series that can be read, the first to apply first."""
        readable = (
            each for each in self._latest.values() if each.series_id not in self._unreadable
        )
        return tuple(sorted(readable, key=lambda each: (each.first, each.series_id)))

    def wanted(self, versions: Mapping[str, int], date: date) -> tuple[Slot, ...]:
        """Return the slots that these versions want on the date, in time order.

        Without those of versions that cannot be read: their slots stay as they are.
        """
        return slots_wanted(self._readable(versions), date)

    def candidates_wanted(self, versions: Mapping[str, int], date: date) -> tuple[Slot, ...]:
        """Return the same slots as the grid has them, without an origin, which takes less time."""
        return _without_overlaps([each.candidates_on(date) for each in self._readable(versions)])

    def _readable(self, versions: Mapping[str, int]) -> Iterator[Series]:
        applied = (self._versions.get(each) for each in versions.items())
        return (series for series in applied if series)

    def _require_readable(self, series_id: str) -> None:
        if series_id in self._unreadable:
            raise UnreadableItemError
