"""Mapping of series and plans to items and back."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import UnreadableItemError
from chalicelib.domain.grid import ClinicSession, Grid
from chalicelib.domain.plan import Plan, PlanKind, PlanState, ThirdNextAvailable
from chalicelib.domain.series import MAX_EVERY_WEEKS, Series, TimeRange
from chalicelib.storage.plan_models import PlanItem
from chalicelib.storage.series_mapping import (
    plan_from_item,
    plan_to_item,
    series_from_item,
    series_from_raw,
    series_to_item,
    series_to_raw,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
dates = st.dates(date(2011, 1, 1), date(9999, 12, 30))
instants = st.datetimes(datetime(2011, 1, 1), datetime(9999, 12, 29)).map(  # noqa: DTZ001  Hypothesis takes naive bounds
    lambda naive: naive.replace(tzinfo=UTC)
)
names = st.text(min_size=1, max_size=40)
days_to_slot = st.none() | st.integers(0, 730)


@st.composite
def ranges(draw: st.DrawFn) -> tuple[TimeRange, ...]:
    edges = sorted(draw(st.lists(st.integers(0, 1440), min_size=2, max_size=6, unique=True)))
    times = [timedelta(minutes=edge) for edge in edges]
    return tuple(TimeRange(*pair) for pair in zip(times[::2], times[1::2], strict=False))


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    weekdays = st.frozensets(st.integers(0, 6), min_size=1)
    return Grid(
        sessions=tuple(
            ClinicSession(start=hours.start, end=hours.end, weekdays=draw(weekdays))
            for hours in draw(ranges())
        ),
        slot_length=timedelta(minutes=draw(st.integers(5, 240))),
        zone=ZoneInfo(draw(st.sampled_from(["Europe/London", "Australia/Lord_Howe"]))),
    )


series = st.builds(
    Series,
    series_id=st.from_regex(r"[a-z0-9]{1,12}", fullmatch=True),
    version=st.integers(1, 999_999),
    name=names,
    weekly=st.dictionaries(st.integers(0, 6), ranges(), min_size=1),
    every_weeks=st.integers(1, MAX_EVERY_WEEKS),
    first=dates,
    last=st.none() | dates,
    grid=grids(),
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    on_dates = tuple(sorted(draw(st.sets(dates, max_size=4))))
    starts = st.frozensets(st.integers(-900, 2_400), min_size=1)
    return Plan(
        doctor_id="dr-lee",
        plan_id="20261122T120000000000Z-1f0c9ae27b35",
        kind=draw(st.sampled_from(PlanKind)),
        created_at=draw(instants),
        dates=on_dates,
        closing={
            on: frozenset(
                datetime(on.year, on.month, on.day, tzinfo=UTC) + timedelta(minutes=minutes)
                for minutes in draw(starts)
            )
            for on in on_dates
            if date(2011, 1, 2) < on < date(9999, 12, 28)
        },
        state=draw(st.sampled_from(PlanState)),
        series=draw(st.none() | series),
        replaced=draw(st.none() | st.integers(1, 99)),
        undoes=draw(st.none() | names),
        third_next_available=ThirdNextAvailable(draw(days_to_slot), draw(days_to_slot)),
    )


@given(series)
def test_series_is_read_as_it_was_stored(version: Series) -> None:
    stored = json.loads(json.dumps(series_to_raw(version)))

    assert series_from_raw(stored) == version
    assert series_from_item(series_to_item("dr-lee", version)) == version


@given(plans())
def test_plan_is_read_as_it_was_stored(plan: Plan) -> None:
    stored = PlanItem()
    stored.deserialize(plan_to_item(plan, NOW).serialize())

    assert plan_from_item(stored) == plan


@pytest.mark.parametrize("name", ["first", "weekly", "grid", "version"])
def test_series_without_a_member_is_unreadable(name: str) -> None:
    version = series_to_item("dr-lee", _example())
    del version.series[name]

    with pytest.raises(UnreadableItemError):
        series_from_item(version)


def _example() -> Series:
    return Series(
        series_id="s-1",
        version=1,
        name="Mornings",
        weekly={0: (TimeRange(timedelta(hours=9), timedelta(hours=10)),)},
        every_weeks=1,
        first=date(2026, 11, 23),
        last=None,
        grid=Grid(sessions=(), slot_length=timedelta(minutes=30), zone=ZoneInfo("Europe/London")),
    )
