"""What plans do, in words."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.domain.day import KeptReason, KeptSlot
from chalicelib.domain.plan import PlanKind, PlannedDay, ThirdNextAvailable
from chalicelib.web import dates
from chalicelib.web.pages import plan_words
from tests.support.factories import MONDAY, make_grid

GRID = make_grid()
SLOTS = GRID.candidate_slots(MONDAY)


def kept(*reasons: KeptReason) -> tuple[KeptSlot, ...]:
    """The first slots of Monday, each with a reason."""
    return tuple(KeptSlot(slot, reason) for slot, reason in zip(SLOTS, reasons, strict=False))


@pytest.mark.parametrize(
    ("reason", "sentence", "count"),
    [
        (KeptReason.BOOKED, "is booked and stays", "1 booked"),
        (KeptReason.HELD, "is held and stays", "1 held"),
        (KeptReason.OPENED_BY_HAND, "was opened by hand, left as it is", "1 opened by hand"),
        (KeptReason.CLOSED_BY_HAND, "was closed by hand, left closed", "1 closed by hand"),
        (KeptReason.OVERLAPS, "overlaps another slot, left as it is", "1 overlaps another slot"),
        (KeptReason.PAST, "has already started", "1 already started"),
    ],
)
def test_each_reason_has_a_sentence_and_a_count(
    reason: KeptReason, sentence: str, count: str
) -> None:
    day = PlannedDay(date=MONDAY, kept=kept(reason))

    assert [*plan_words.describe_kept(day, GRID.zone, PlanKind.SERIES)] == [
        f"Mon 23 Nov 09:00–09:30 {sentence}"
    ]
    assert plan_words.count_kept(day.kept, PlanKind.SERIES) == count


def test_slots_that_an_import_leaves_are_open_already() -> None:
    day = PlannedDay(date=MONDAY, kept=kept(KeptReason.OPENED_BY_HAND))

    assert [*plan_words.describe_kept(day, GRID.zone, PlanKind.IMPORT)] == [
        "Mon 23 Nov 09:00–09:30 is open already"
    ]
    assert plan_words.count_kept(day.kept, PlanKind.IMPORT) == "1 open already"


def test_slots_that_touch_are_one_range_for_each_reason() -> None:
    booked, held = KeptReason.BOOKED, KeptReason.HELD
    day = PlannedDay(date=MONDAY, kept=kept(booked, booked, held, booked))

    assert [*plan_words.describe_kept(day, GRID.zone, PlanKind.SERIES)] == [
        "Mon 23 Nov 09:00–10:00, 10:30–11:00 is booked and stays",
        "Mon 23 Nov 10:00–10:30 is held and stays",
    ]
    assert plan_words.count_kept(day.kept, PlanKind.SERIES) == "3 booked, 1 held"


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (19, 6, "Third next available slot: 19 days → 6 days"),
        (None, 1, "Third next available slot: none → 1 day"),
        (3, 0, "Third next available slot: 3 days → today"),
        (6, 6, ""),
    ],
)
def test_third_next_slot_is_named_if_it_changes(
    before: int | None, after: int | None, sentence: str
) -> None:
    assert plan_words.describe_third_next(ThirdNextAvailable(before, after)) == sentence


@pytest.mark.parametrize(
    ("first", "last", "title"),
    [
        (date(2026, 12, 7), date(2026, 12, 11), "7–11 Dec"),
        (date(2026, 12, 28), date(2027, 1, 1), "28 Dec – 1 Jan"),
        (date(2026, 12, 25), date(2026, 12, 25), "Fri 25 Dec"),
    ],
)
def test_dates_of_a_week_are_short(first: date, last: date, title: str) -> None:
    assert dates.format_short_range(first, last) == title
