"""Figures of reports, and the places of bars."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from chalicelib.domain.day import Day
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.reports import Figures, count_weeks, last_date, report_weeks
from chalicelib.domain.slot import SlotStatus
from chalicelib.web.pages.report_charts import HEIGHT, WIDTH, Point, draw_bars
from tests.support.factories import MONDAY, make_slot
from tests.support.profile import rounds

STATUSES = [SlotStatus.FREE, SlotStatus.HELD, SlotStatus.BOOKED, SlotStatus.UNAVAILABLE]


def random_day(random: Random, on: date) -> Day:
    slots = [
        make_slot(f"{hour:02}:00", status=random.choice(STATUSES))
        for hour in range(24)
        if random.random() < 0.5
    ]
    return Day(doctor_id="dr-lee", date=on, slots={slot.start: slot for slot in slots})


@pytest.mark.parametrize("seed", range(rounds(daily=10, nightly=500)))
def test_every_date_of_the_range_counts_in_one_week(seed: int) -> None:
    random = Random(seed)
    mondays = report_weeks(MONDAY, MONDAY + timedelta(days=random.randrange(7 * 16)), MONDAY)
    dates = [MONDAY + timedelta(days=n) for n in range(-9, 7 * 16 + 9)]
    days = [random_day(random, on) for on in dates if random.random() < 0.7]
    cancelled = {on: random.randrange(3) for on in dates}

    weeks = count_weeks(mondays, days, cancelled)

    def is_within(on: date) -> bool:
        return mondays[0] <= on <= last_date(mondays)

    slots = [slot for day in days if is_within(day.date) for slot in day.slots.values()]
    total = sum(weeks.values(), Figures())
    assert tuple(weeks) == mondays
    assert total.booked == sum(slot.status is SlotStatus.BOOKED for slot in slots)
    assert total.offered == sum(slot.status is not SlotStatus.UNAVAILABLE for slot in slots)
    assert total.cancelled == sum(count for on, count in cancelled.items() if is_within(on))
    assert all(0 <= week.fill_rate <= 1 for week in weeks.values() if week.fill_rate is not None)


def test_fill_rate_of_no_slots_is_unknown() -> None:
    assert Figures(cancelled=3).fill_rate is None


def test_default_is_the_last_eight_and_the_next_four_weeks() -> None:
    weeks = report_weeks(None, None, MONDAY + timedelta(days=3))
    assert (len(weeks), weeks[8]) == (12, MONDAY)


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (MONDAY, MONDAY - timedelta(days=1), "invalid"),
        (MONDAY + timedelta(days=1), MONDAY, "invalid"),
        (None, MONDAY - timedelta(weeks=9), "invalid"),
        (MONDAY, MONDAY + timedelta(weeks=16), "too_many"),
    ],
)
def test_wrong_range_is_rejected(first: date | None, last: date, code: str) -> None:
    with pytest.raises(RequestRejectedError) as caught:
        report_weeks(first, last, MONDAY)
    assert [violation.code for violation in caught.value.violations] == [code]


@pytest.mark.parametrize("seed", range(5))
def test_bars_stay_in_the_drawing_and_grow_with_their_values(seed: int) -> None:
    random = Random(seed)
    values = [random.choice([None, random.random()]) for _ in range(random.randint(1, 16))]
    points = [Point(value, "23 Nov", is_coming=False) for value in values]

    chart = draw_bars(points, 1, ("0%", "100%"), "Fill rate", "")

    for bar in chart.bars:
        assert 0 <= bar.x <= bar.x + bar.width <= WIDTH
        assert 0 <= bar.y <= bar.y + bar.height <= HEIGHT
    heights = [bar.height for bar in chart.bars]
    assert [height == 0 for height in heights] == [not value for value in values]
    order = sorted(range(len(values)), key=lambda n: (values[n] or 0, heights[n]))
    assert [heights[n] for n in order] == sorted(heights)
