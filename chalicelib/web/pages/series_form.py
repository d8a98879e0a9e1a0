"""The values of the form of a series, and where they come from."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from msgspec import Struct, structs

from chalicelib.domain import local_time
from chalicelib.domain.local_time import format_time_of_day
from chalicelib.domain.month import monday_of
from chalicelib.domain.names import MAX_NAME_LENGTH
from chalicelib.domain.series import TimeRange, weekly_hours
from chalicelib.web.api.fields import WEEKDAYS
from chalicelib.web.pages.series_words import suggest_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from chalicelib.domain.day import Day
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.series import Series

    WeeklyHours = Mapping[int, tuple[TimeRange, ...]]

ONE_DAY_HOURS = "day"
"""The key of the hours of a form that has the same ones for each weekday."""
_ONE_DAY = timedelta(days=1)
_A_QUARTER = timedelta(weeks=13)
Rows = tuple[tuple[str, str], ...]


class SeriesForm(Struct, frozen=True, kw_only=True):
    """The values of the form, as text.

    ``hours`` are rows of start and end by weekday (``mon``), or those of each weekday by
    ``ONE_DAY_HOURS``. ``series_id`` and ``version`` are those of the series to change.
    """

    name: str
    weekdays: frozenset[str]
    hours: Mapping[str, Rows]
    every_weeks: str
    first: str
    last: str
    has_end: bool
    series_id: str = ""
    version: str = ""

    @property
    def has_same_hours(self) -> bool:
        """Whether each chosen weekday gets the same hours."""
        return ONE_DAY_HOURS in self.hours

    @classmethod
    def of_week(cls, doctor: Doctor, days: Sequence[Day], now: datetime) -> Self:
        """Repeat the slots that the week has, from the week after."""
        weekly = _stored_hours(doctor, days)
        return cls._new(
            weekly, _rows_of(weekly), _not_past(_monday_after(days[0].date), doctor, now)
        )

    @classmethod
    def of_day(cls, doctor: Doctor, day: Day, now: datetime) -> Self:
        """Copy the slots that the day has to its weekday, from the next date."""
        weekday = day.date.weekday()
        rows = _rows(_stored_hours(doctor, [day]).get(weekday, ()))
        form = cls._new(
            {}, {ONE_DAY_HOURS: rows}, _not_past(_after(day.date, _ONE_DAY), doctor, now)
        )
        hours = ", ".join(f"{start}–{end}" for start, end in rows)
        return structs.replace(
            form, name=hours[:MAX_NAME_LENGTH], weekdays=frozenset([WEEKDAYS[weekday]])
        )

    @classmethod
    def of_hours(cls, doctor: Doctor, now: datetime) -> Self:
        """Open all weekly hours of the doctor, from the next Monday."""
        weekly = {
            day: tuple(
                TimeRange(session.start, session.end)
                for session in doctor.grid.sessions
                if day in session.weekdays
            )
            for day in range(len(WEEKDAYS))
        }
        weekly = {day: ranges for day, ranges in weekly.items() if ranges}
        today = local_time.local_date(now, doctor.zone)
        return cls._new(weekly, _rows_of(weekly), _monday_after(today))

    @classmethod
    def of_series(cls, series: Series, version: int | None = None) -> Self:
        """The values of a series; ``version`` is the one to change, None for a new series."""
        return cls(
            name=series.name,
            weekdays=frozenset(WEEKDAYS[day] for day in series.weekly),
            hours=_rows_of(series.weekly),
            every_weeks=str(series.every_weeks),
            first=series.first.isoformat(),
            last=series.last.isoformat() if series.last else "",
            has_end=series.last is not None,
            series_id=series.series_id if version else "",
            version=str(version or ""),
        )

    def fields(self) -> tuple[tuple[str, str], ...]:
        """The names and values with which a browser sends the form of a new series."""
        hours = (
            field
            for code, rows in self.hours.items()
            for start, end in rows
            for field in ((f"{code}_from", start), (f"{code}_to", end))
        )
        return (
            ("name", self.name),
            *(("weekday", code) for code in WEEKDAYS if code in self.weekdays),
            *hours,
            ("every_weeks", self.every_weeks),
            ("from", self.first),
            ("ends", "on" if self.has_end else "never"),
            ("to", self.last),
        )

    @classmethod
    def _new(cls, weekly: WeeklyHours, hours: Mapping[str, Rows], first: date) -> Self:
        return cls(
            name=suggest_name(weekly),
            weekdays=frozenset(WEEKDAYS[day] for day in weekly),
            hours=hours,
            every_weeks="1",
            first=first.isoformat(),
            last=_after(first, _A_QUARTER - _ONE_DAY).isoformat(),
            has_end=True,
        )


def _stored_hours(doctor: Doctor, days: Sequence[Day]) -> WeeklyHours:
    return weekly_hours((slot for day in days for slot in day.slots.values()), doctor.zone)


def _monday_after(on: date) -> date:
    return _after(monday_of(on), timedelta(weeks=1))


def _after(on: date, time: timedelta) -> date:
    """The date so much later; the last that the app knows, if it would be after that."""
    return on + time if local_time.MAX_DATE - on >= time else local_time.MAX_DATE


def _not_past(first: date, doctor: Doctor, now: datetime) -> date:
    return max(first, local_time.local_date(now, doctor.zone))


def _rows_of(weekly: WeeklyHours) -> dict[str, Rows]:
    return {code: _rows(weekly.get(day, ())) for day, code in enumerate(WEEKDAYS)}


def _rows(ranges: Sequence[TimeRange]) -> Rows:
    return tuple((format_time_of_day(each.start), format_time_of_day(each.end)) for each in ranges)
