"""Plans and the calendar: clock changes, weeks, the booking window, today and the past."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.local_time import MAX_DATE
from tests.support.factories import MONDAY, to_instant
from tests.support.plans import MORNING, PLANS, apply, make_series, open_times, propose, series_json

if TYPE_CHECKING:
    from tests.support.app_client import AppClient
    from tests.support.plans import Json

pytestmark = pytest.mark.usefixtures("consistent_table")

WEEK = timedelta(weeks=1)


def dates_of(plan: Json) -> list[date]:
    return [date.fromisoformat(day["date"]) for day in plan["days"]]


def starts_of(plan: Json) -> list[str]:
    return [slot["start"] for day in plan["days"] for slot in day["opens"]]


def test_nine_o_clock_stays_nine_o_clock_over_both_clock_changes(client: AppClient) -> None:
    sundays = series_json({"sun": [("09:00", "09:30")]}, last=date(2027, 11, 7))

    starts = starts_of(make_series(client, sundays))

    assert {start[11:16] for start in starts} == {"09:00"}
    offsets = {start[:10]: start[19:] for start in starts}
    assert [offsets[day] for day in ("2027-03-21", "2027-03-28", "2027-10-24", "2027-10-31")] == [
        "+00:00", "+01:00", "+01:00", "+00:00"
    ]  # fmt: skip


def test_clock_changes_of_half_an_hour_skip_and_repeat_slots(client: AppClient) -> None:
    """Lord Howe: at 02:00 on 2027-04-04 back to 01:30, at 02:00 on 2027-10-03 on to 02:30."""
    path = "/doctors/dr-walker/plans"
    nights = series_json({"sun": [("01:00", "03:00")]}, last=date(2027, 10, 10))
    plan = client.post(path, {"kind": "series", "series": nights}).json
    while plan["state"] != "done":
        plan = client.post(f"{path}/{plan['plan_id']}/steps", {}).json

    by_date = {day["date"]: [slot["start"][11:] for slot in day["opens"]] for day in plan["days"]}
    usual = ["01:00:00+11:00", "01:30:00+11:00", "02:00:00+11:00", "02:30:00+11:00"]
    assert by_date["2027-03-28"] == usual
    assert by_date["2027-04-04"] == [
        "01:00:00+11:00", "01:30:00+11:00", "01:30:00+10:30", "02:00:00+10:30", "02:30:00+10:30"
    ]  # fmt: skip
    assert by_date["2027-10-03"] == ["01:00:00+10:30", "01:30:00+10:30", "02:30:00+11:00"]
    assert by_date["2027-10-10"] == usual


def test_every_second_week_goes_on_over_the_turn_of_the_year(client: AppClient) -> None:
    fortnightly = series_json({"mon": MORNING}, every=2, last=date(2027, 1, 31))

    assert dates_of(make_series(client, fortnightly)) == [MONDAY + 2 * n * WEEK for n in range(5)]


def test_series_without_end_opens_slots_up_to_booking_window(client: AppClient) -> None:
    plan = make_series(client, series_json({"mon": MORNING}))

    assert (plan["days_total"], plan["to"]) == (53, "2027-11-22")


def test_series_beyond_booking_window_is_kept_for_later(client: AppClient) -> None:
    plan = make_series(client, series_json({"mon": MORNING}, first=MONDAY + 60 * WEEK))

    assert (plan["state"], plan["days_total"]) == ("done", 0)
    (series,) = client.get("/doctors/dr-lee/series").json["series"]
    assert series["from"] == str(MONDAY + 60 * WEEK)


def test_series_that_began_in_the_past_counts_weeks_from_then(client: AppClient) -> None:
    early = series_json({"mon": MORNING}, every=2, first=MONDAY - WEEK, last=MONDAY + 3 * WEEK)

    assert dates_of(make_series(client, early)) == [MONDAY + WEEK, MONDAY + 3 * WEEK]


def test_of_today_only_what_has_not_begun_is_opened(client: AppClient) -> None:
    client.clock.now = to_instant("09:15")

    plan = make_series(client, series_json({"mon": [("09:00", "10:30")]}, last=MONDAY))

    assert (plan["opens"], plan["keeps"]) == (2, 1)
    assert plan["days"][0]["kept"] == [{"start": "2026-11-23T09:00:00+00:00", "code": "past"}]
    assert open_times(client, MONDAY) == ["09:30", "10:00"]


def test_date_that_is_over_when_its_plan_starts_is_left_out(client: AppClient) -> None:
    plan = propose(client, series_json({"mon": MORNING}, last=MONDAY + WEEK)).json
    client.clock.now = to_instant("12:00", MONDAY + timedelta(days=1))

    done = apply(client, plan)

    assert [day["left_out"] for day in done["days"]] == ["past", None]
    assert open_times(client, MONDAY) == []
    assert open_times(client, MONDAY + WEEK) == ["09:00", "09:30"]


def test_plan_continues_after_the_booking_window_gets_shorter(client: AppClient) -> None:
    """Its preview also reads the days beyond the window, so a new one shows what they close."""
    plan = make_series(client, series_json({"mon": MORNING}, last=MONDAY + 10 * WEEK))
    end = {
        "kind": "series",
        "series_id": plan["series_id"],
        "series": None,
        "from": str(MONDAY + 9 * WEEK),
    }
    client.book("09:00")
    ended = client.post(PLANS, end).json
    assert client.update_doctor(window_days=14).status == 200

    assert client.get(f"{PLANS}/{ended['plan_id']}").json["closes"] == 4
    assert apply(client, ended)["closes"] == 4
    assert open_times(client, MONDAY + 9 * WEEK) == []


def test_series_from_the_last_weeks_of_the_calendar_can_end(client: AppClient) -> None:
    first = MAX_DATE - timedelta(days=3)
    plan = make_series(client, series_json({"mon": MORNING, "tue": MORNING}, first=first))

    end = {"kind": "series", "series_id": plan["series_id"], "series": None, "from": str(first)}
    assert apply(client, client.post(PLANS, end).json)["days_total"] == 0
    assert client.get("/doctors/dr-lee/series").json == {"series": []}
