"""Series and plans to items and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from chalicelib.domain.audit_log import Actor
from chalicelib.domain.grid import ClinicSession, Grid
from chalicelib.domain.local_time import format_time_of_day, parse_time_of_day
from chalicelib.domain.permissions import Role
from chalicelib.domain.plan import Plan, PlanKind, PlanState, ThirdNextAvailable
from chalicelib.domain.plan_errors import PlanNotFoundError, PlanStoppedError
from chalicelib.domain.series import Series, TimeRange
from chalicelib.domain.slot import Slot, SlotOrigin, SlotStatus
from chalicelib.storage import keys
from chalicelib.storage.compression import compress_json, decompress_json
from chalicelib.storage.decoding import decoder
from chalicelib.storage.mapping import format_microsecond, parse_timestamp
from chalicelib.storage.origin_mapping import utc_midnight
from chalicelib.storage.plan_models import PlanItem, SeriesItem
from chalicelib.storage.time_off_mapping import time_off_from_raw, time_off_to_raw

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pynamodb.expressions.update import Action

_MINUTE = timedelta(minutes=1)
RawSeries = dict[str, Any]
RawSlot = list[Any]


def series_to_raw(series: Series) -> RawSeries:
    """Return the version as JSON: hours by weekday (0 is Monday), and the grid."""
    return {
        "id": series.series_id,
        "version": series.version,
        "name": series.name,
        "weekly": {
            str(weekday): [_range_to_raw(hours.start, hours.end) for hours in ranges]
            for weekday, ranges in series.weekly.items()
        },
        "every_weeks": series.every_weeks,
        "first": series.first.isoformat(),
        "last": series.last.isoformat() if series.last else None,
        "grid": _grid_to_raw(series.grid),
        "author": author_to_raw(series.author) if series.author else None,
        "plan": series.plan_id,
    }


def series_from_raw(raw: RawSeries) -> Series:
    """Reverse ``series_to_raw``. Raises one of ``DECODING_ERRORS`` if it is malformed."""
    return Series(
        series_id=str(raw["id"]),
        version=int(raw["version"]),
        name=str(raw["name"]),
        weekly={
            int(weekday): tuple(TimeRange(*_range_from_raw(hours)) for hours in ranges)
            for weekday, ranges in raw["weekly"].items()
        },
        every_weeks=int(raw["every_weeks"]),
        first=date.fromisoformat(raw["first"]),
        last=date.fromisoformat(raw["last"]) if raw["last"] else None,
        grid=_grid_from_raw(raw["grid"]),
        author=author_from_raw(raw["author"]) if raw["author"] else None,
        plan_id=raw.get("plan"),
    )


def series_to_item(doctor_id: str, series: Series) -> SeriesItem:
    index_key = _index_key(doctor_id, series, series.applied_to)
    return SeriesItem(
        keys.doctor_pk(doctor_id),
        keys.series_sk(series.series_id, series.version),
        series=series_to_raw(series),
        applied_to=series.applied_to.isoformat() if series.applied_to else None,
        gsi1_pk=keys.EXTENDED_SERIES_PK if index_key else None,
        gsi1_sk=index_key,
    )


@decoder
def series_from_item(item: SeriesItem) -> Series:
    applied_to = date.fromisoformat(item.applied_to) if item.applied_to else None
    return replace(series_from_raw(item.series), applied_to=applied_to)


def applied_actions(doctor_id: str, series: Series, applied_to: date) -> list[Action]:
    """Return the update that records to which date the version is applied.

    While it may have to be applied to later dates, the version is in the index.
    """
    index_key = _index_key(doctor_id, series, applied_to)
    return [
        SeriesItem.applied_to.set(applied_to.isoformat()),
        *(
            (SeriesItem.gsi1_pk.set(keys.EXTENDED_SERIES_PK), SeriesItem.gsi1_sk.set(index_key))
            if index_key
            else (SeriesItem.gsi1_pk.remove(), SeriesItem.gsi1_sk.remove())
        ),
    ]


def _index_key(doctor_id: str, series: Series, applied_to: date | None) -> str | None:
    """Return the key in the index; None if no later date is to be applied, or not yet."""
    is_complete = applied_to and series.last is not None and series.last <= applied_to
    if applied_to is None or is_complete:
        return None
    return keys.join_sort_key(doctor_id, series.series_id)


def plan_to_item(plan: Plan, expires_at: datetime) -> PlanItem:
    """Return the item of a plan that has not started."""
    return PlanItem(
        keys.doctor_pk(plan.doctor_id),
        keys.plan_sk(plan.plan_id),
        plan_kind=str(plan.kind),
        state=str(plan.state),
        created_at=format_microsecond(plan.created_at),
        dates=compress_json([on.isoformat() for on in plan.dates]),
        closing=closing_to_raw(plan.closing),
        imported=compress_json(_imported_to_raw(plan.imported)) if plan.imported else None,
        series=series_to_raw(plan.series) if plan.series else None,
        time_off=time_off_to_raw(plan.time_off) if plan.time_off else None,
        replaced=plan.replaced,
        undoes=plan.undoes,
        unchanged_series=plan.unchanged_series,
        third_next=third_next_to_raw(plan.third_next_available),
        expires_at=int(expires_at.timestamp()),
    )


@decoder
def plan_from_item(item: PlanItem) -> Plan:
    return Plan(
        doctor_id=keys.parse_doctor_pk(item.pk),
        plan_id=str(item.sk).removeprefix(keys.PLAN_PREFIX),
        kind=PlanKind(item.plan_kind),
        created_at=parse_timestamp(item.created_at),
        dates=tuple(map(date.fromisoformat, decompress_json(item.dates))),
        closing=_closing_from_raw(item.closing),
        imported=_imported_from_raw(decompress_json(item.imported)) if item.imported else {},
        state=PlanState(item.state),
        has_started=bool(item.has_started),
        applied_through=date.fromisoformat(item.applied_through) if item.applied_through else None,
        series=series_from_raw(item.series) if item.series else None,
        time_off=time_off_from_raw(item.time_off) if item.time_off else None,
        replaced=_optional_int(item.replaced),
        undoes=item.undoes,
        undone_by=item.undone_by,
        unchanged_series=item.unchanged_series,
        third_next_available=ThirdNextAvailable(*item.third_next),
    )


def require_not_stopped(item: PlanItem | None) -> None:
    """Raise ``PlanStoppedError`` if the plan of the item is stopped, or done or undone since.

    Raises ``PlanNotFoundError`` if there is no item, ``UnreadableItemError`` if it can't be read.
    """
    if item is None:
        raise PlanNotFoundError
    if _state_from_item(item) in (PlanState.STOPPED, PlanState.DONE):
        raise PlanStoppedError


@decoder
def _state_from_item(item: PlanItem) -> PlanState:
    return PlanState(item.state)


def _optional_int(number: float | None) -> int | None:
    return None if number is None else int(number)


def third_next_to_raw(third_next: ThirdNextAvailable) -> list[int | None]:
    return [third_next.before, third_next.after]


def closing_to_raw(closing: Mapping[date, frozenset[datetime]]) -> str:
    """Return the starts by date as minutes after midnight UTC, in compressed JSON."""
    return compress_json(
        {
            on.isoformat(): sorted((start - midnight) // _MINUTE for start in starts)
            for on, starts in closing.items()
            for midnight in [utc_midnight(on)]
        }
    )


def _closing_from_raw(raw: str) -> dict[date, frozenset[datetime]]:
    by_date = {date.fromisoformat(text): each for text, each in decompress_json(raw).items()}
    return {
        on: frozenset(midnight + minute * _MINUTE for minute in minutes)
        for on, minutes in by_date.items()
        for midnight in [utc_midnight(on)]
    }


def _imported_to_raw(imported: Mapping[date, tuple[Slot, ...]]) -> dict[str, list[RawSlot]]:
    return {
        on.isoformat(): [_slot_to_raw(slot, utc_midnight(on)) for slot in slots]
        for on, slots in imported.items()
    }


def _imported_from_raw(raw: dict[str, list[RawSlot]]) -> dict[date, tuple[Slot, ...]]:
    by_date = {date.fromisoformat(text): slots for text, slots in raw.items()}
    return {
        on: tuple(_slot_from_raw(slot, utc_midnight(on)) for slot in slots)
        for on, slots in by_date.items()
    }


def _slot_to_raw(slot: Slot, midnight: datetime) -> RawSlot:
    """Return the start and the length in minutes, and the series that opens it, if one does."""
    raw: RawSlot = [(slot.start - midnight) // _MINUTE, slot.length // _MINUTE]
    return [*raw, slot.origin.series_id] if slot.origin and slot.origin.series_id else raw


def _slot_from_raw(raw: RawSlot, midnight: datetime) -> Slot:
    minute, minutes, *series = raw
    start = midnight + minute * _MINUTE
    return Slot(
        start=start,
        end=start + minutes * _MINUTE,
        status=SlotStatus.UNAVAILABLE,
        origin=SlotOrigin("", str(series[0])) if series else None,
    )


def author_to_raw(author: Actor) -> dict[str, Any]:
    return {
        "name": author.name,
        "role": str(author.role),
        "client": author.client,
        "subject": author.subject,
    }


def author_from_raw(raw: dict[str, Any]) -> Actor:
    return Actor(
        name=str(raw["name"]),
        role=Role(raw["role"]),
        client=str(raw["client"]),
        subject=raw["subject"],
    )


def _range_to_raw(start: timedelta, end: timedelta) -> list[str]:
    return [format_time_of_day(start), format_time_of_day(end)]


def _range_from_raw(raw: list[str]) -> tuple[timedelta, timedelta]:
    start, end = raw
    return parse_time_of_day(start), parse_time_of_day(end)


def _grid_to_raw(grid: Grid) -> dict[str, Any]:
    return {
        "zone": grid.zone.key,
        "slot_minutes": grid.slot_length // _MINUTE,
        "sessions": [
            [*_range_to_raw(session.start, session.end), sorted(session.weekdays)]
            for session in grid.sessions
        ],
    }


def _grid_from_raw(raw: dict[str, Any]) -> Grid:
    return Grid(
        zone=ZoneInfo(raw["zone"]),
        slot_length=int(raw["slot_minutes"]) * _MINUTE,
        sessions=tuple(
            ClinicSession(
                start=parse_time_of_day(start), end=parse_time_of_day(end), weekdays=frozenset(days)
            )
            for start, end, days in raw["sessions"]
        ),
    )
