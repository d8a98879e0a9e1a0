"""The totals of a doctor's month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.app_client import make_slot_id
from tests.support.factories import date_range

if TYPE_CHECKING:
    from tests.support.app_client import AppClient

MONTH = "/slots/month?doctor_id=dr-lee&month=2026-11"
TUESDAY = date_range(2)[1]


@pytest.fixture
def busy_monday(client: AppClient) -> AppClient:
    """Dr Lee's Monday, 23 November, with a held, a booked, a disrupted and two open slots."""
    client.save("09:00", "09:30", "10:00", "10:30", "11:00")
    client.hold("09:00", "hannah")
    client.book("09:30", "b-1")
    client.book("10:00", "b-2")
    client.post(f"/slots/{make_slot_id('10:00')}/disrupt", {"reason": "The doctor is ill"})
    return client


def test_month_counts_slots_of_each_date(busy_monday: AppClient) -> None:
    month = busy_monday.get(MONTH).json

    assert [day["date"] for day in month["days"]] == [f"2026-11-{n:02}" for n in range(1, 31)]
    assert month["days"][22] == {
        "date": "2026-11-23", "open": 2, "held": 1, "booked": 2, "disrupted": 1, "time_off": None,
    }  # fmt: skip
    assert sum(day["open"] for day in month["days"]) == 2


def test_month_adds_up_whole_weeks(busy_monday: AppClient) -> None:
    busy_monday.save("09:00", date="2026-12-01")

    weeks = busy_monday.get(MONTH).json["weeks"]

    assert [week["from"] for week in weeks] == [
        "2026-10-26", "2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23", "2026-11-30",
    ]  # fmt: skip
    assert weeks[-2:] == [
        {"from": "2026-11-23", "open": 2, "booked": 2},
        {"from": "2026-11-30", "open": 1, "booked": 0},
    ]


def test_fill_rate_is_of_coming_days(busy_monday: AppClient) -> None:
    assert busy_monday.get(MONTH).json["fill_rate"] == 0.5
    assert busy_monday.get(MONTH.replace("11", "12")).json["fill_rate"] is None
    assert busy_monday.get(MONTH.replace("11", "10")).json["fill_rate"] is None


def test_third_next_available_slot_is_counted_from_today(busy_monday: AppClient) -> None:
    # It is Sunday: two slots are open on Monday, and the third is on Tuesday.
    assert busy_monday.get(MONTH).json["third_next_available_days"] is None

    busy_monday.save("09:00", date=TUESDAY)

    for month in (MONTH, MONTH.replace("11", "12"), MONTH.replace("11", "10")):
        assert busy_monday.get(month).json["third_next_available_days"] == 2


@pytest.mark.parametrize(("third", "queries"), [(TUESDAY, 1), ("2026-12-20", 2)])
def test_month_needs_second_query_only_for_third_slot_outside_it(
    busy_monday: AppClient, third: str, queries: int
) -> None:
    busy_monday.save("09:00", date=third)

    with busy_monday.record_calls() as calls:
        busy_monday.get(MONTH)

    assert calls.count("Query") == queries
    assert len(calls) == queries + 1  # and the doctor's current settings


def test_month_without_parameter_is_the_current_one(client: AppClient) -> None:
    assert client.get("/slots/month?doctor_id=dr-lee").json["month"] == "2026-11"


def test_unchanged_month_is_not_sent_again(client: AppClient) -> None:
    tag = client.get(MONTH).headers["ETag"]

    assert client.get(MONTH, **{"If-None-Match": tag}).status == 304
    client.save("09:00")
    assert client.get(MONTH, **{"If-None-Match": tag}).status == 200


@pytest.mark.parametrize("text", ["2026-13", "2026-1", "2026-11-01", "9999-12", "2010-12", "x"])
def test_malformed_month_is_rejected(client: AppClient, text: str) -> None:
    rejected = client.get(f"/slots/month?doctor_id=dr-lee&month={text}")

    assert (rejected.status, rejected.error_codes) == (400, [("month", "invalid")])
