"""The week that hours make, as a picture and in words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.grid import EVERY_DAY
from chalicelib.domain.local_time import format_time_of_day
from chalicelib.web import dates
from chalicelib.web.pages import setting_words
from chalicelib.web.texts import ngettext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.domain.grid import Grid

_HOUR = timedelta(hours=1)
# Units of the picture: its left and top have the names of the hours and of the weekdays.
_LEFT, _TOP, _COLUMN, _GAP, _HOUR_HEIGHT, _LONG_DAY_HEIGHT = 44, 20, 40, 4, 28, 16
_LONG_DAY = 12


class RectangleView(Struct, frozen=True):
    """A rectangle of the picture."""

    x: int
    y: float
    height: float


class LabelView(Struct, frozen=True):
    """A text of the picture, at its baseline."""

    x: int
    y: float
    text: str


class WeekPreview(Struct, frozen=True, kw_only=True):
    """The picture: ``rectangles`` are slots; ``hours`` and ``total`` say the same in words."""

    width: int
    height: float
    rectangle_width: int
    rectangles: tuple[RectangleView, ...]
    weekdays: tuple[LabelView, ...]
    hour_labels: tuple[LabelView, ...]
    hours: tuple[str, ...]
    total: str


def build_week_preview(grid: Grid) -> WeekPreview:
    """Draw the week of a grid that has sessions, without changes of the clock."""
    first = min(session.start for session in grid.sessions) // _HOUR
    last = -(-max(session.end for session in grid.sessions) // _HOUR)
    scale = _HOUR_HEIGHT if last - first <= _LONG_DAY else _LONG_DAY_HEIGHT
    rectangles = tuple(_rectangles(grid, first, scale))
    return WeekPreview(
        width=_LEFT + len(EVERY_DAY) * _COLUMN,
        height=_TOP + (last - first) * scale + _GAP * 2,
        rectangle_width=_COLUMN - _GAP,
        rectangles=rectangles,
        weekdays=tuple(
            LabelView(_x(day) + _COLUMN // 2, _TOP - 6, dates.short_weekday_name_of(day))
            for day in sorted(EVERY_DAY)
        ),
        hour_labels=tuple(
            LabelView(
                _LEFT - 8, _TOP + (hour - first) * scale + 5, format_time_of_day(hour * _HOUR)
            )
            for hour in range(first, last + 1)
        ),
        hours=tuple(setting_words.hours(grid.sessions)),
        total=ngettext("%(count)s slot a week", "%(count)s slots a week", len(rectangles)),
    )


def _rectangles(grid: Grid, first: int, scale: int) -> Iterator[RectangleView]:
    height = grid.slot_length / _HOUR * scale
    for session in grid.sessions:
        for day in sorted(session.weekdays):
            for number in range((session.end - session.start) // grid.slot_length):
                start = session.start + number * grid.slot_length
                y = _TOP + (start / _HOUR - first) * scale
                yield RectangleView(_x(day), round(y, 2), round(height, 2))


def _x(day: int) -> int:
    return _LEFT + day * _COLUMN
