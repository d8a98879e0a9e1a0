"""Sentences about a rejected save: plurals, ranges of times, and who did what when."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.local_time import format_range
from chalicelib.domain.violations import (
    FieldViolation,
    NotOnGrid,
    SlotExists,
    SlotInPast,
    SlotMissing,
    SlotTaken,
)
from chalicelib.use_cases.list_changes import Author, Authors
from chalicelib.web.pages.rejections import Rejection, join_days
from tests.support.factories import LONDON, make_slot, to_instant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.violations import SlotViolation

NOW = to_instant("08:45")


def rejection(
    violations: Sequence[SlotViolation | FieldViolation],
    change_count: int,
    authors: Authors | None = None,
) -> Rejection:
    return Rejection(
        violations=violations,
        change_count=change_count,
        authors=authors or Authors(),
        zone=LONDON,
        now=NOW,
    )


def exists(*starts: str) -> list[SlotExists]:
    slots = [make_slot(start) for start in starts]
    return [SlotExists(start=s.start, slot_label=format_range(s, LONDON)) for s in slots]


def off_grid(*starts: str) -> list[NotOnGrid]:
    slots = [make_slot(start) for start in starts]
    return [NotOnGrid(start=s.start, slot_label=format_range(s, LONDON)) for s in slots]


def in_past(*starts: str) -> list[SlotInPast]:
    slots = [make_slot(start) for start in starts]
    return [SlotInPast(start=s.start, slot_label=format_range(s, LONDON)) for s in slots]


def taken(*starts: str) -> list[SlotTaken]:
    slots = [make_slot(start) for start in starts]
    return [
        SlotTaken(start=s.start, slot_label=format_range(s, LONDON), state="booked") for s in slots
    ]


@pytest.mark.parametrize(
    ("violations", "changes", "message"),
    [
        (exists("09:00"), 1, "Nothing was saved. This slot already exists: 09:00–09:30."),
        (
            exists("14:00", "14:30", "15:00", "15:30", "16:00"),
            7,
            (
                "Nothing was saved. 5 of these slots already exist: 14:00–16:30. "
                "Save again to save your other 2 changes."
            ),
        ),
        (
            [*exists("09:00", "11:00"), *taken("10:00")],
            4,
            (
                "Nothing was saved. 2 of these slots already exist: 09:00–09:30, 11:00–11:30; "
                "10:00–10:30 is booked and can't be closed. Save again to save your other change."
            ),
        ),
        (
            exists("09:00", "10:00", "11:00"),
            3,
            (
                "Nothing was saved. 3 of these slots already exist: 09:00–09:30, 10:00–10:30 "
                "and 1 more."
            ),
        ),
        (
            taken("09:00", "10:00", "11:00", "12:00", "13:00"),
            5,
            (
                "Nothing was saved. These slots are booked and can't be closed: "
                "09:00–09:30, 10:00–10:30 and 3 more."
            ),
        ),
        (
            [*in_past("09:00", "09:30"), *taken("11:00")],
            3,
            (
                "Nothing was saved. These slots have already started: 09:00–10:00; "
                "11:00–11:30 is booked and can't be closed."
            ),
        ),
        (
            off_grid("09:00"),
            2,
            (
                "Nothing was saved. 09:00–09:30 is not one of this day's slots. "
                "Untick it, then save again."
            ),
        ),
        (
            [*off_grid("09:00", "09:30"), *taken("11:00")],
            4,
            (
                "Nothing was saved. 2 of the times that you ticked are no longer slots of this "
                "day: 09:00–10:00; 11:00–11:30 is booked and can't be closed. "
                "Untick them, then save again."
            ),
        ),
        (
            [FieldViolation("slots", "too_many", "You can save at most 96 slots at once")],
            97,
            "Nothing was saved. You can save at most 96 slots at once.",
        ),
    ],
)
def test_rejected_save_names_reasons_and_other_changes(
    violations: list[SlotExists | NotOnGrid | SlotTaken | FieldViolation],
    changes: int,
    message: str,
) -> None:
    assert rejection(violations, changes).describe() == message


def author(name: str | None, time: str = "08:40") -> Author:
    return Author(name, to_instant(time))


def test_who_opened_the_slots_and_when_is_named() -> None:
    starts = ("14:00", "14:30", "15:00")
    authors = Authors(opened={to_instant(start): author("Sam Okoro") for start in starts})

    assert rejection(exists(*starts), 5, authors).describe() == (
        "Nothing was saved. Sam Okoro opened 14:00–15:30 at 08:40. "
        "Save again to save your other 2 changes."
    )


def test_own_change_in_another_window_is_named() -> None:
    authors = Authors(opened={to_instant("14:00"): author("")})

    assert rejection(exists("14:00"), 1, authors).describe() == (
        "Nothing was saved. You opened 14:00–14:30 in another window at 08:40."
    )


def test_booking_after_the_slot_was_opened_is_the_reason() -> None:
    authors = Authors(
        opened={to_instant("14:00"): author("Sam Okoro", "08:30")},
        booked={to_instant("14:00"): author(None, "08:40")},
    )

    for violations in (exists("14:00"), taken("14:00")):
        assert rejection(violations, 2, authors).describe() == (
            "Nothing was saved. 14:00–14:30 was booked at 08:40. "
            "Save again to save your other change."
        )


def test_several_slots_booked_by_unnamed_clients_were_booked() -> None:
    at = {to_instant(start): author(None) for start in ("10:00", "10:30", "14:00")}
    violations = [*taken("10:00"), *taken("10:30"), *taken("14:00")]

    assert "10:00–11:00, 14:00–14:30 were booked at 08:40" in (
        rejection(violations, 3, Authors(booked=at)).describe()
    )


def test_change_of_another_date_has_its_date() -> None:
    at = NOW - timedelta(days=3)
    slot = make_slot("14:00")
    closed = SlotMissing(start=slot.start, slot_label=format_range(slot, LONDON))
    authors = Authors(closed={slot.start: Author("Sam Okoro", at)})

    assert rejection([closed], 1, authors).describe() == (
        "Nothing was saved. Sam Okoro closed 14:00–14:30 on Fri 20 Nov at 08:45."
    )


def test_one_of_several_days_is_named() -> None:
    authors = Authors(booked={to_instant("10:00"): author(None)})

    assert rejection(taken("10:00"), 3, authors).describe_column("Mon") == (
        "Mon wasn't saved: 10:00–10:30 was booked at 08:40."
    )


def test_message_about_many_days_explains_two_and_names_the_rest() -> None:
    days = ("Mon", "Tue", "Wed", "Thu")
    unsaved = [(day, f"{day} wasn't saved: 10:00–10:30 was booked at 08:40.") for day in days]

    assert join_days(["Fri"], unsaved, 2) == (
        "Saved: Fri. Mon wasn't saved: 10:00–10:30 was booked at 08:40. "
        "Tue wasn't saved: 10:00–10:30 was booked at 08:40. Also not saved: Wed, Thu. "
        "Save again to save your other 2 changes."
    )
