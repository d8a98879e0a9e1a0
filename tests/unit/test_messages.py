"""Sentences of the pages: plurals, ranges of times, and names of zones."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.local_time import format_range
from chalicelib.domain.violations import FieldViolation, NotOnGrid, SlotExists, SlotTaken
from chalicelib.web.pages import messages
from tests.support.factories import LONDON, make_slot


def exists(*starts: str) -> list[SlotExists]:
    slots = [make_slot(start) for start in starts]
    return [SlotExists(start=s.start, slot_label=format_range(s, LONDON)) for s in slots]


def off_grid(*starts: str) -> list[NotOnGrid]:
    slots = [make_slot(start) for start in starts]
    return [NotOnGrid(start=s.start, slot_label=format_range(s, LONDON)) for s in slots]


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
            taken("09:00", "10:00", "11:00", "12:00", "13:00"),
            5,
            (
                "Nothing was saved. 09:00–09:30 is booked and can't be closed; "
                "10:00–10:30 is booked and can't be closed; "
                "11:00–11:30 is booked and can't be closed; and 2 more."
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
    assert messages.nothing_saved(violations, changes) == message


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("Europe/London", "London time"),
        ("America/New_York", "New York time"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires time"),
        ("UTC", "UTC"),
        ("Etc/GMT+5", "Etc/GMT+5"),
    ],
)
def test_zone_is_named_by_its_city(key: str, name: str) -> None:
    assert messages.format_zone(ZoneInfo(key)) == name
