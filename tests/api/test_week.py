"""A doctor's week in JSON: read it, and save several dates, each by itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.app_client import make_slot_id
from tests.support.dynamodb_responses import TRANSACT_WRITE
from tests.support.factories import MONDAY, date_range

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse

TUESDAY, FRIDAY = date_range(5)[1], date_range(5)[4]
WEEK = f"/slots/week?doctor_id=dr-lee&date={TUESDAY}"
QUERY = "Query"


def post_week(
    client: AppClient, days: dict[str, list[str]], status: str = "free", **headers: str
) -> AppResponse:
    """Open (or close) slots of Dr Lee on some dates."""
    sent = [
        {"date": str(on), "slots": [{"start": start, "status": status} for start in starts]}
        for on, starts in days.items()
    ]
    return client.post("/slots/week", {"doctor_id": "dr-lee", "days": sent}, **headers)


def statuses(response: AppResponse) -> list[tuple[str, int]]:
    """Return the dates of a save and the result of each."""
    return [(day["date"], day["status"]) for day in response.json["days"]]


def free_times(client: AppClient, on: str) -> list[str]:
    return client.get_day(date=on).free_times


def test_week_has_the_days_from_monday_to_sunday(client: AppClient) -> None:
    client.save("09:00")

    week = client.get(WEEK).json

    assert (week["from"], week["to"]) == (str(MONDAY), date_range(7)[-1])
    assert [day["date"] for day in week["days"]] == date_range(7)
    for day in week["days"]:
        same = client.get(f"/slots?doctor_id=dr-lee&date={day['date']}").json
        assert (day["version"], day["slots"]) == (same["version"], same["slots"])
        assert day["time_off"] == []


def test_week_without_date_is_the_current_one(client: AppClient) -> None:
    week = client.get("/slots/week?doctor_id=dr-lee").json

    assert week["from"] == str(MONDAY - timedelta(days=7))  # the clock shows the Sunday before


def test_unchanged_week_is_not_sent_again(client: AppClient) -> None:
    tag = client.get(WEEK).headers["ETag"]

    assert client.get(WEEK, **{"If-None-Match": tag}).status == 304
    client.save("09:00")
    assert client.get(WEEK, **{"If-None-Match": tag}).status == 200


def test_week_reads_its_days_in_one_query(client: AppClient) -> None:
    with client.record_calls() as calls:
        client.get(WEEK)

    assert calls.count(QUERY) == 1
    assert len(calls) == 2  # and the doctor's current settings


def test_dates_of_a_week_are_saved(client: AppClient) -> None:
    saved = post_week(client, {FRIDAY: ["09:00", "09:30"], str(MONDAY): ["10:00"]})

    assert (saved.status, statuses(saved)) == (200, [(str(MONDAY), 200), (FRIDAY, 200)])
    assert [day["version"] for day in saved.json["days"]] == [1, 1]
    assert saved.json["days"][1]["slots"] == client.get_day(date=FRIDAY).json["slots"]
    assert free_times(client, FRIDAY) == ["09:00", "09:30"]


def test_dates_are_read_in_one_call_and_saved_in_one_each(client: AppClient) -> None:
    with client.record_calls() as calls:
        post_week(client, {str(MONDAY): ["09:00"], TUESDAY: ["09:00"], FRIDAY: ["09:00"]})

    assert (calls.count(TRANSACT_WRITE), len(calls)) == (3, 4)


def test_date_that_changes_while_another_is_saved_is_read_again(client: AppClient) -> None:
    with client.before_commit(lambda: client.save("10:00", date=TUESDAY)):
        saved = post_week(client, {str(MONDAY): ["09:00"], TUESDAY: ["09:00"]})

    assert statuses(saved) == [(str(MONDAY), 200), (TUESDAY, 200)]
    assert free_times(client, TUESDAY) == ["09:00", "10:00"]


def test_rejected_date_does_not_stop_the_others(client: AppClient) -> None:
    client.save("09:00")

    saved = post_week(client, {str(MONDAY): ["09:00", "09:30"], TUESDAY: ["09:00"]})

    assert (saved.status, statuses(saved)) == (207, [(str(MONDAY), 400), (TUESDAY, 200)])
    rejected = saved.json["days"][0]
    assert rejected["detail"] == "Slot already exists: 09:00-09:30"
    assert [error["code"] for error in rejected["errors"]] == ["slot_exists"]
    assert free_times(client, str(MONDAY)) == ["09:00"]
    assert free_times(client, TUESDAY) == ["09:00"]


def test_save_of_no_date_is_problem_with_the_dates(client: AppClient) -> None:
    client.save("09:00")

    rejected = post_week(client, {str(MONDAY): ["09:00"], TUESDAY: ["09:10"]})

    assert rejected.status == 400
    assert rejected.headers["Content-Type"] == "application/problem+json"
    assert rejected.json["detail"] == "Slot already exists: 09:00-09:30"
    assert statuses(rejected) == [(str(MONDAY), 400), (TUESDAY, 400)]


def test_booked_slot_keeps_its_date_from_being_saved(client: AppClient) -> None:
    client.save("09:00", "09:30")
    client.put(f"/slots/{make_slot_id('09:00')}/booking", {"booking_id": "b-1"})
    post_week(client, {TUESDAY: ["09:00"]})

    closed = post_week(
        client, {str(MONDAY): ["09:00", "09:30"], TUESDAY: ["09:00"]}, "busy-unavailable"
    )

    assert (closed.status, statuses(closed)) == (207, [(str(MONDAY), 400), (TUESDAY, 200)])
    assert free_times(client, str(MONDAY)) == ["09:30"]


def test_repeated_week_is_saved_once(client: AppClient) -> None:
    key = {"Idempotency-Key": "week-1"}
    first = post_week(client, {str(MONDAY): ["09:00"], TUESDAY: ["09:00"]}, **key)

    again = post_week(client, {str(MONDAY): ["09:00"], TUESDAY: ["09:00"]}, **key)

    assert (again.status, again.json) == (first.status, first.json)
    assert len(client.find_items("change")) == 2


def test_repeated_week_tries_the_dates_that_were_rejected(client: AppClient) -> None:
    client.save("09:00")
    key = {"Idempotency-Key": "week-1"}
    days = {str(MONDAY): ["09:00"], TUESDAY: ["09:00"]}
    assert post_week(client, days, **key).status == 207
    assert client.save(closed=("09:00",)).status == 200

    again = post_week(client, days, **key)

    assert statuses(again) == [(str(MONDAY), 200), (TUESDAY, 200)]
    assert len(client.find_items("change")) == 4


def test_used_key_with_another_body_is_rejected(client: AppClient) -> None:
    key = {"Idempotency-Key": "week-1"}
    post_week(client, {str(MONDAY): ["09:00"], TUESDAY: ["09:00"]}, **key)

    rejected = post_week(client, {str(MONDAY): ["09:30"], TUESDAY: ["09:00"]}, **key)

    assert rejected.status == 422
    assert free_times(client, str(MONDAY)) == ["09:00"]


def test_used_key_with_a_further_date_saves_nothing(client: AppClient) -> None:
    key = {"Idempotency-Key": "week-1"}
    post_week(client, {str(MONDAY): ["09:00"]}, **key)

    rejected = post_week(client, {str(MONDAY): ["09:00"], TUESDAY: ["09:00"]}, **key)

    assert rejected.status == 422
    assert free_times(client, TUESDAY) == []


def test_key_used_for_a_later_date_saves_no_date(client: AppClient) -> None:
    key = {"Idempotency-Key": "week-1"}
    post_week(client, {TUESDAY: ["09:00"]}, **key)

    with client.record_calls() as calls:
        rejected = post_week(client, {str(MONDAY): ["09:00"], TUESDAY: ["09:30"]}, **key)

    assert (rejected.status, calls) == (422, ["BatchGetItem"])
    assert free_times(client, str(MONDAY)) == []
    assert free_times(client, TUESDAY) == ["09:00"]


def test_week_with_the_key_of_a_save_of_one_day_saves_no_date(client: AppClient) -> None:
    key = {"Idempotency-Key": "day-1"}
    slots = [{"start": "09:00", "status": "free"}]
    client.post("/slots", {"doctor_id": "dr-lee", "date": FRIDAY, "slots": slots}, **key)

    rejected = post_week(client, {str(MONDAY): ["09:10"], FRIDAY: ["09:00"]}, **key)

    assert rejected.status == 422


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ([], "days"),
        ([{"date": "2026-11-23", "slots": []}, {"date": "2026-11-23", "slots": []}], "days"),
        ([{"date": "2026-11-23", "slots": []}, {"date": "2026-11-30", "slots": []}], "days"),
        ([{"date": "2026-11-31", "slots": []}], "days[0].date"),
        ([{"date": "9999-12-30", "slots": []}], "days[0].date"),
        ([{"slots": []}], "days[0].date"),
    ],
)
def test_malformed_week_is_rejected(client: AppClient, days: list[Any], field: str) -> None:
    rejected = client.post("/slots/week", {"doctor_id": "dr-lee", "days": days})

    assert rejected.status == 400
    assert [name for name, _ in rejected.error_codes] == [field]


@pytest.mark.parametrize("text", ["9999-12-30", "2010-12-31", "2026-02-30", "x"])
def test_malformed_date_of_week_is_rejected(client: AppClient, text: str) -> None:
    rejected = client.get(f"/slots/week?doctor_id=dr-lee&date={text}")

    assert (rejected.status, rejected.error_codes) == (400, [("date", "invalid")])


def test_date_with_nothing_to_save_is_rejected_by_itself(client: AppClient) -> None:
    saved = post_week(client, {str(MONDAY): [], TUESDAY: ["09:00"]})

    assert (saved.status, statuses(saved)) == (207, [(str(MONDAY), 400), (TUESDAY, 200)])


def test_week_with_a_clock_change_can_be_saved(client: AppClient) -> None:
    night = date(2027, 10, 31)  # a Sunday
    response = client.post(
        "/slots/week",
        {
            "doctor_id": "dr-night",
            "days": [
                {"date": str(night), "slots": [{"start": "01:00", "status": "free"}]},
                {
                    "date": str(night - timedelta(days=1)),
                    "slots": [{"start": "01:00", "status": "free"}],
                },
            ],
        },
    )

    assert response.status == 207
    assert [error["code"] for error in response.json["days"][1]["errors"]] == ["ambiguous_time"]
