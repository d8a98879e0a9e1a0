"""The table of a schedule: rows are times, columns are dates of a doctor, or doctors on a date.

11:00 is in one row in every column. If some slots are shorter than half an hour, the slots of an
hour share its row.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct, field

from chalicelib.domain.local_time import format_time, format_time_of_day
from chalicelib.web.texts import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from chalicelib.domain.grid import Grid
    from chalicelib.domain.slot import Slot
    from chalicelib.web.pages.slot_view import SlotView

_HOUR = timedelta(hours=1)
_ONE_MINUTE = timedelta(minutes=1)
# Slots of this length have a row each, shorter ones share the row of their hour.
_MIN_ROW_LENGTH = timedelta(minutes=30)


class Row(Struct, frozen=True, kw_only=True):
    """The boxes of one time, by column."""

    label: str
    cells: tuple[tuple[SlotView, ...], ...]


class RowGroup(Struct, frozen=True, kw_only=True):
    """The rows of a clinic session or a part of the day, or of slots outside of all sessions."""

    legend: str
    is_outside: bool
    rows: tuple[Row, ...]

    @property
    def is_editable(self) -> bool:
        return any(box.is_editable for row in self.rows for cell in row.cells for box in cell)


class Column(NamedTuple):
    """The slots of a doctor's date in time order, each with its view model."""

    date: date
    grid: Grid
    slots: Sequence[tuple[Slot, SlotView]]


class _Span(NamedTuple):
    """Times of day of a clinic session, of several that overlap, or of a part of the day."""

    start: timedelta
    end: timedelta
    name: str = ""

    def __str__(self) -> str:
        return self.name or f"{format_time_of_day(self.start)}–{format_time_of_day(self.end)}"


class _RowKey(NamedTuple):
    """Orders rows: the second pass of a repeated hour comes after the first one."""

    order: timedelta
    is_repeated: bool
    time_of_day: timedelta


class _Cells(Struct):
    label: str
    by_column: dict[int, list[SlotView]] = field(default_factory=dict)


def slots_per_row(grids: Sequence[Grid]) -> int:
    """The most slots that a cell has."""
    if all(grid.slot_length >= _MIN_ROW_LENGTH for grid in grids):
        return 1
    return max(map(slots_per_hour, grids))


def slots_per_hour(grid: Grid) -> int:
    """The most slots that start within an hour."""
    return -(-_HOUR // grid.slot_length)


def build_groups(columns: Sequence[Column], *, by_part_of_day: bool) -> tuple[RowGroup, ...]:
    """Group the rows by clinic session, or by part of the day.

    The slots outside of the sessions come last.
    """
    spans = _parts_of_day() if by_part_of_day else _merge_sessions(columns)
    is_shared = slots_per_row([column.grid for column in columns]) > 1
    groups: dict[_Span | None, dict[_RowKey, _Cells]] = {span: {} for span in (*spans, None)}
    for index, column in enumerate(columns):
        keys = _row_keys(column, is_shared=is_shared)
        for key, (slot, view) in zip(keys, column.slots, strict=True):
            span = None if view.is_obsolete else _span_of(slot, column, spans)
            rows = groups[span]
            cells = rows.setdefault(key, _Cells(_label_row(key, slot, column.grid)))
            cells.by_column.setdefault(index, []).append(view)
    return tuple(
        RowGroup(
            legend=_("Outside your current hours") if span is None else str(span),
            is_outside=span is None,
            rows=tuple(_build_rows(rows, len(columns))),
        )
        for span, rows in groups.items()
        if rows
    )


def _build_rows(rows: Mapping[_RowKey, _Cells], column_count: int) -> Iterator[Row]:
    for _key, cells in sorted(rows.items()):
        in_columns = (tuple(cells.by_column.get(index, ())) for index in range(column_count))
        yield Row(label=cells.label, cells=tuple(in_columns))


def _parts_of_day() -> tuple[_Span, ...]:
    noon, evening = 12 * _HOUR, 18 * _HOUR
    return (
        _Span(timedelta(), noon, _("Morning")),
        _Span(noon, evening, _("Afternoon")),
        _Span(evening, 24 * _HOUR, _("Evening")),
    )


def _merge_sessions(columns: Sequence[Column]) -> tuple[_Span, ...]:
    """Join sessions of different weekdays that overlap: each time of day is in one group."""
    sessions = (session for each in columns for session in each.grid.sessions_on(each.date))
    merged: list[_Span] = []
    for span in sorted(_Span(session.start, session.end) for session in sessions):
        if merged and (span.start < merged[-1].end or span == merged[-1]):
            merged[-1] = _Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)


def _span_of(slot: Slot, column: Column, spans: Sequence[_Span]) -> _Span | None:
    for session in column.grid.sessions_on(column.date):
        begin, end = column.grid.session_interval(session, column.date)
        if begin <= slot.start < end:
            is_named = any(span.name for span in spans)
            start = _time_of_day(slot, column.grid) if is_named else session.start
            return next(span for span in spans if span.start <= start < span.end)
    return None


def _time_of_day(slot: Slot, grid: Grid) -> timedelta:
    local = slot.start.astimezone(grid.zone)
    return timedelta(hours=local.hour, minutes=local.minute)


def _row_keys(column: Column, *, is_shared: bool) -> Iterator[_RowKey]:
    latest = timedelta()
    for slot, _view in column.slots:
        local = slot.start.astimezone(column.grid.zone)
        time_of_day = _time_of_day(slot, column.grid)
        if is_shared:
            time_of_day -= time_of_day % _HOUR
        if not local.fold:
            latest = max(latest, time_of_day)
        order = max(latest, time_of_day) if local.fold else time_of_day
        yield _RowKey(order, bool(local.fold), time_of_day)


def _label_row(key: _RowKey, slot: Slot, grid: Grid) -> str:
    """The time of the row; the second pass of a repeated hour has its offset too."""
    time = format_time_of_day(key.time_of_day)
    offset = format_time(slot.start, grid.zone).partition(" ")[2]
    return f"{time} {offset}" if key.is_repeated else time
