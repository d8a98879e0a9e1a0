"""Keys of the table, and what of them goes into the log."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from chalicelib.storage import keys
from tests.support.factories import MONDAY

if TYPE_CHECKING:
    from collections.abc import Callable


def is_parsed(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def test_date_is_parsed_from_its_only_form() -> None:
    assert keys.parse_date("2026-11-23") == MONDAY
    assert keys.parse_day_sk(keys.day_sk(date.max)) == date.max


@pytest.mark.parametrize(
    "text",
    ["20261123", "2026-W48-1", "2026W481", "2026-11-23T00:00", " 2026-11-23", "2026-1-2", ""],
)
def test_other_forms_of_a_date_are_rejected(text: str) -> None:
    assert not is_parsed(keys.parse_date, text)
    assert not is_parsed(keys.parse_day_sk, f"DAY#{text}")


@pytest.mark.parametrize("pk", ["BOOKING", "BOOKING#b-1", "DOCTOR#a#b", "BOOKING#a#b#c"])
def test_other_partitions_are_no_bookings(pk: str) -> None:
    assert not is_parsed(keys.parse_booking_pk, pk)


@pytest.mark.parametrize(
    ("pk", "logged"),
    [
        (keys.booking_pk("site", "b-1"), "BOOKING#site"),
        (keys.booking_pk("si#te", "b-1"), "BOOKING#si%23te"),
        ("BOOKING#b-1", "BOOKING#"),
        ("DOCTOR#dr-lee", "DOCTOR#dr-lee PROFILE"),
    ],
)
def test_booking_id_is_left_out_of_the_log(pk: str, logged: str) -> None:
    assert keys.redact_key(pk, "PROFILE") == logged
