"""A doctor's settings in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.web import dates
from chalicelib.web.pages import setting_words
from tests.support.factories import make_session

WORKDAYS = frozenset(range(5))


def test_hours_join_weekdays_that_have_the_same() -> None:
    morning, afternoon = make_session("09:00", "12:00"), make_session("13:00", "17:00")
    sessions = (
        replace(morning, weekdays=WORKDAYS),
        replace(afternoon, weekdays=WORKDAYS - {2}),
        replace(morning, weekdays=frozenset({6})),
    )

    assert setting_words.hours(sessions) == [
        "Mon, Tue, Thu, Fri: 09:00–12:00, 13:00–17:00",
        "Wed, Sun: 09:00–12:00",
    ]


def test_hours_of_every_day_name_no_weekday() -> None:
    assert setting_words.hours([make_session("00:00", "24:00")]) == ["Every day: 00:00–24:00"]


@pytest.mark.parametrize(
    ("weekdays", "text"),
    [
        ((0,), "Mon"),
        ((0, 1), "Mon, Tue"),
        ((0, 1, 2, 4), "Mon–Wed, Fri"),
        (range(7), "Every day"),
    ],
)
def test_weekdays_in_a_row_are_a_range(weekdays: tuple[int, ...], text: str) -> None:
    assert dates.format_weekdays(weekdays) == text


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("general-practice", "General practice"),
        ("ear-nose-and-throat", "Ear nose and throat"),
        ("Cardiology (adults)", "Cardiology (adults)"),
    ],
)
def test_specialty_stands_in_words(code: str, words: str) -> None:
    assert setting_words.words_of(code) == words


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(hours=24), "1 day"),
        (timedelta(hours=3), "3 hours"),
        (timedelta(), "0 minutes"),
    ],
)
def test_duration_has_the_largest_unit_that_fits(length: timedelta, text: str) -> None:
    assert setting_words.duration(length) == text
