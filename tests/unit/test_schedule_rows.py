"""The table of a schedule: which boxes share a row, and in which order the rows are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chalicelib.domain.day import Day
from chalicelib.domain.slot import Slot, SlotStatus
from chalicelib.use_cases.save_days import DayWithDoctor
from chalicelib.web.pages.schedule import Schedule
from chalicelib.web.pages.schedule_view import build_schedule_page
from tests.support.factories import (
    LONDON,
    MONDAY,
    SUNDAY_NOON,
    make_day,
    make_doctor,
    make_grid,
    make_slot,
    to_instant,
)

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.domain.grid import Grid
    from chalicelib.web.pages.schedule_view import SchedulePage


def build_page(grid: Grid, *days: Day, now: datetime = SUNDAY_NOON) -> SchedulePage:
    doctor = make_doctor(grid=grid)
    columns = tuple(DayWithDoctor(doctor=doctor, day=day, now=now) for day in days)
    schedule = Schedule(columns=columns, now=now, chosen=days[0].date)
    return build_schedule_page(schedule, base="", person="dr-lee")


def empty_day(on: date) -> Day:
    return Day(doctor_id="dr-lee", date=on)


def rows(page: SchedulePage) -> list[list[tuple[str, list[int]]]]:
    """By group: each row's label, and how many boxes each of its cells has."""
    return [
        [(row.label, [len(cell) for cell in row.cells]) for row in group.rows]
        for group in page.groups
    ]


def test_half_hours_have_a_row_each() -> None:
    page = build_page(make_grid(("09:00", "10:00"), ("13:00", "14:00")), make_day())

    assert rows(page) == [
        [("09:00", [1]), ("09:30", [1])],
        [("13:00", [1]), ("13:30", [1])],
    ]
    assert [group.legend for group in page.groups] == ["09:00–10:00", "13:00–14:00"]


def test_short_slots_share_the_row_of_their_hour() -> None:
    page = build_page(make_grid(("08:40", "10:00"), minutes=20), make_day())

    assert rows(page) == [[("08:00", [1]), ("09:00", [3])]]
    assert page.slots_per_row == 3


def test_time_is_in_the_same_row_on_every_date() -> None:
    dates = [MONDAY + timedelta(days=n) for n in range(7)]
    page = build_page(make_grid(("09:00", "10:00")), *map(empty_day, dates))

    assert rows(page) == [[("09:00", [1] * 7), ("09:30", [1] * 7)]]


def test_slot_off_the_grid_has_a_row_at_its_time() -> None:
    day = make_day(make_slot("09:20", minutes=20))
    page = build_page(make_grid(("09:00", "10:00")), day, empty_day(MONDAY + timedelta(days=1)))

    assert rows(page) == [[("09:00", [1, 1]), ("09:20", [1, 0]), ("09:30", [1, 1])]]


def test_slot_outside_the_hours_comes_last_with_a_heading() -> None:
    page = build_page(make_grid(("09:00", "09:30")), make_day(make_slot("07:00")))

    assert rows(page) == [[("09:00", [1])], [("07:00", [1])]]
    assert page.groups[-1].legend == "Outside your current hours"


def test_repeated_hour_has_rows_in_time_order() -> None:
    autumn = datetime(2026, 10, 25, tzinfo=UTC).date()
    noon_before = datetime(2026, 10, 24, 12, tzinfo=UTC)
    page = build_page(make_grid(("00:30", "02:30")), empty_day(autumn), now=noon_before)

    (group,) = rows(page)
    assert [label for label, _cells in group] == [
        "00:30",
        "01:00",
        "01:30",
        "01:00 +00:00",
        "01:30 +00:00",
        "02:00",
    ]


def test_skipped_hour_has_no_row_of_its_own() -> None:
    spring = datetime(2027, 3, 28, tzinfo=UTC).date()
    page = build_page(make_grid(("00:30", "02:30")), empty_day(spring))

    (group,) = rows(page)
    assert [label for label, _cells in group] == ["00:30", "02:00"]


def test_short_shift_of_the_clock_keeps_the_order() -> None:
    lord_howe = ZoneInfo("Australia/Lord_Howe")
    autumn = datetime(2027, 4, 4, tzinfo=UTC).date()
    grid = make_grid(("01:00", "02:30"), minutes=30, zone=lord_howe)

    (group,) = rows(build_page(grid, empty_day(autumn)))

    assert [label for label, _cells in group] == ["01:00", "01:30", "01:30 +10:30", "02:00"]


def test_states_are_named() -> None:
    held_until = to_instant("08:57")
    day = make_day(
        make_slot("09:00"),
        make_slot("09:30", status=SlotStatus.BOOKED),
        make_slot("10:00", status=SlotStatus.HELD, held_until=held_until),
        desk_booking("10:30"),
        disrupted_booking("11:00"),
    )

    page = build_page(make_grid(), day)

    assert [box.state for group in page.groups for row in group.rows for box in row.cells[0]] == [
        "open",
        "booked",
        "held until 08:57",
        "booked by the practice",
        "booked, needs rebooking",
        "closed",
    ]


def desk_booking(start: str) -> Slot:
    slot = make_slot(start, status=SlotStatus.BOOKED)
    return Slot(start=slot.start, end=slot.end, status=slot.status, is_desk_booking=True)


def disrupted_booking(start: str) -> Slot:
    slot = make_slot(start, status=SlotStatus.BOOKED)
    return Slot(start=slot.start, end=slot.end, status=slot.status, disrupted_since=slot.start)


def test_heads_count_the_slots_of_each_date() -> None:
    days = (
        make_day(make_slot("09:00"), make_slot("09:30", status=SlotStatus.BOOKED)),
        booked_day(MONDAY + timedelta(days=1)),
        empty_day(MONDAY + timedelta(days=2)),
    )

    columns = build_page(make_grid(), *days).columns

    assert [(column.title, column.summary, column.is_full) for column in columns] == [
        ("Mon 23 Nov", "1 open, 1 booked", False),
        ("Tue 24 Nov", "1 booked", True),
        ("Wed 25 Nov", "Closed", False),
    ]


def booked_day(on: date) -> Day:
    start = to_instant("09:00", on, LONDON)
    slot = Slot(start=start, end=start + timedelta(minutes=30), status=SlotStatus.BOOKED)
    return Day(doctor_id="dr-lee", date=on, slots={start: slot})


def test_values_and_labels_of_a_week_name_the_date() -> None:
    grid = make_grid(("09:00", "09:30"))
    week = build_page(grid, empty_day(MONDAY), empty_day(MONDAY + timedelta(days=1)))
    day = build_page(grid, empty_day(MONDAY))

    (monday,), (tuesday,) = week.groups[0].rows[0].cells
    ((box,),) = day.groups[0].rows[0].cells
    assert (monday.value, monday.column) == ("2026-11-23/20261123T0900Z-30", "Mon")
    assert (tuesday.value, tuesday.column) == ("2026-11-24/20261124T0900Z-30", "Tue")
    assert (box.value, box.column) == ("20261123T0900Z-30", "")


def test_week_is_named_by_its_first_and_last_date() -> None:
    dates = [MONDAY + timedelta(days=7 + n) for n in range(7)]
    page = build_page(make_grid(), *map(empty_day, dates))

    assert page.title == "30 November – 6 December 2026"
    assert page.links.previous == "/slots/week?doctor_id=dr-lee&date=2026-11-23"
    assert page.links.next == "/slots/week?doctor_id=dr-lee&date=2026-12-07"


def test_hours_of_weekdays_that_overlap_are_one_group() -> None:
    weekdays = make_grid(("09:00", "10:00"), ("13:00", "13:30")).sessions
    saturday = make_grid(("08:30", "09:30")).sessions
    grid = replace(
        make_grid(),
        sessions=(
            *(replace(session, weekdays=frozenset(range(5))) for session in weekdays),
            *(replace(session, weekdays=frozenset({5})) for session in saturday),
        ),
    )
    friday, saturday_day, sunday = (empty_day(MONDAY + timedelta(days=n)) for n in (4, 5, 6))

    page = build_page(grid, friday, saturday_day, sunday)

    assert rows(page) == [
        [("08:30", [0, 1, 0]), ("09:00", [1, 1, 0]), ("09:30", [1, 0, 0])],
        [("13:00", [1, 0, 0])],
    ]
