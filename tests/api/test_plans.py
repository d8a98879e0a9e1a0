"""Series by plans: proposed, applied, edited, ended, undone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.factories import MONDAY
from tests.support.plans import (
    MORNING,
    PLANS,
    apply,
    make_series,
    open_times,
    propose,
    series_json,
    step,
    stop_after,
    undo_plan,
)

if TYPE_CHECKING:
    from tests.support.app_client import AppClient

pytestmark = pytest.mark.usefixtures("consistent_table")

WEEK = timedelta(weeks=1)
TUESDAY = MONDAY + timedelta(days=1)
TWO_WEEKS = series_json({"mon": MORNING, "tue": MORNING}, last=MONDAY + WEEK)


def test_a_proposal_stores_no_slot(client: AppClient) -> None:
    response = propose(client, TWO_WEEKS)

    assert response.status == 201
    plan = response.json
    assert (plan["state"], plan["kind"], plan["opens"], plan["closes"]) == (
        "proposed",
        "series",
        6,
        0,
    )
    assert [day["date"] for day in plan["days"]] == [
        str(MONDAY), str(TUESDAY), str(MONDAY + WEEK)
    ]  # fmt: skip
    assert plan["third_next_available_days"] == {"before": None, "after": 2}
    assert open_times(client, MONDAY) == []
    assert client.get("/doctors/dr-lee/series").json == {"series": []}


def test_a_plan_opens_the_slots_that_its_series_wants(client: AppClient) -> None:
    plan = make_series(client, TWO_WEEKS)

    assert (plan["days_done"], plan["days_total"], plan["opens"]) == (3, 3, 6)
    assert open_times(client, TUESDAY) == ["09:00", "09:30"]
    (series,) = client.get("/doctors/dr-lee/series").json["series"]
    assert series == {**TWO_WEEKS, "series_id": plan["series_id"], "version": 1}


def test_a_slot_names_the_series_that_opened_it(client: AppClient) -> None:
    plan = make_series(client, TWO_WEEKS)
    slots = client.get_day().json["slots"]
    assert {slot["origin"]["series_id"] for slot in slots if "origin" in slot} == {
        plan["series_id"]
    }


def test_a_step_on_a_plan_that_is_done_changes_nothing(client: AppClient) -> None:
    plan = make_series(client, TWO_WEEKS)
    version = client.get_day().json["version"]
    assert step(client, plan).json == plan
    assert client.get_day().json["version"] == version


def test_an_edited_series_changes_only_what_it_opened(client: AppClient) -> None:
    client.save("09:30")  # by hand
    plan = make_series(client, TWO_WEEKS)
    client.book("09:00")
    afternoons = series_json({"mon": [("13:00", "14:00")]}, last=MONDAY + WEEK)

    edited = propose(client, afternoons, plan["series_id"]).json

    assert (edited["opens"], edited["closes"], edited["keeps"]) == (4, 4, 2)
    apply(client, edited)
    assert open_times(client, MONDAY) == ["09:00", "09:30", "13:00", "13:30"]
    assert open_times(client, TUESDAY) == []


def test_a_slot_closed_by_hand_stays_closed(client: AppClient) -> None:
    plan = make_series(client, TWO_WEEKS)
    client.save(closed=("09:00",))
    longer = series_json({"mon": [("09:00", "11:00")], "tue": MORNING}, last=MONDAY + WEEK)

    edited = propose(client, longer, plan["series_id"]).json

    assert [day["date"] for day in edited["days"]] == [str(MONDAY), str(MONDAY + WEEK)]
    assert edited["days"][0]["kept"] == [
        {"start": "2026-11-23T09:00:00+00:00", "code": "closed_by_hand"}
    ]
    apply(client, edited)
    assert open_times(client, MONDAY) == ["09:30", "10:00", "10:30"]


def test_an_ended_series_closes_its_free_slots_from_that_date_on(client: AppClient) -> None:
    plan = make_series(client, TWO_WEEKS)
    end = client.post(
        PLANS,
        {"kind": "series", "series_id": plan["series_id"], "series": None, "from": str(TUESDAY)},
    )
    assert end.status == 201
    assert (end.json["opens"], end.json["closes"]) == (0, 4)
    apply(client, end.json)
    assert open_times(client, MONDAY) == ["09:00", "09:30"]
    assert open_times(client, TUESDAY) == []
    series = client.get(f"/doctors/dr-lee/series/{plan['series_id']}").json
    assert (series["to"], series["version"]) == (str(MONDAY), 2)


def test_undoing_a_plan_restores_the_days_and_the_series(client: AppClient) -> None:
    plan = make_series(client, TWO_WEEKS)

    undone = undo_plan(client, plan)

    assert (undone["kind"], undone["closes"], undone["undoes"]) == ("undo", 6, plan["plan_id"])
    assert open_times(client, MONDAY) == []
    assert client.get("/doctors/dr-lee/series").json == {"series": []}


def test_undoing_an_undo_opens_the_slots_and_the_series_again(client: AppClient) -> None:
    plan = make_series(client, TWO_WEEKS)
    redone = undo_plan(client, undo_plan(client, plan))

    assert redone["opens"] == 6
    assert open_times(client, TUESDAY) == ["09:00", "09:30"]
    (series,) = client.get("/doctors/dr-lee/series").json["series"]
    assert series == {**TWO_WEEKS, "series_id": plan["series_id"], "version": 3}


def test_a_booking_survives_an_undo_and_is_named(client: AppClient) -> None:
    plan = make_series(client, TWO_WEEKS)
    client.book("09:00")

    undone = undo_plan(client, plan)

    assert undone["days"][0]["kept"] == [{"start": "2026-11-23T09:00:00+00:00", "code": "booked"}]
    assert open_times(client, MONDAY) == ["09:00"]


def test_a_stopped_plan_can_go_on(client: AppClient) -> None:
    plan = propose(client, TWO_WEEKS).json
    stopped = client.delete(f"{PLANS}/{plan['plan_id']}")
    assert (stopped.status, stopped.json["state"]) == (200, "stopped")
    assert apply(client, stopped.json)["opens"] == 6


def test_a_plan_stops_before_it_closes_slots_not_in_its_preview(client: AppClient) -> None:
    plan = make_series(client, TWO_WEEKS)
    client.book("09:00")
    tuesdays = series_json({"tue": MORNING}, last=TUESDAY)
    edited = propose(client, tuesdays, plan["series_id"]).json
    assert edited["closes"] == 3
    client.cancel("09:00")

    response = step(client, edited)

    assert response.status == 409
    assert response.json["errors"][0]["code"] == "preview_changed"
    assert response.json["closes"] == 4
    assert open_times(client, MONDAY) == ["09:00", "09:30"]
    assert apply(client, edited)["closes"] == 4
    assert open_times(client, MONDAY) == []


def test_a_series_of_another_slot_length_closes_before_it_opens(client: AppClient) -> None:
    plan = make_series(client, TWO_WEEKS)
    client.set_slot_minutes("dr-lee", minutes=20)

    edited = propose(client, {**TWO_WEEKS, "name": "Shorter"}, plan["series_id"]).json
    apply(client, edited)

    assert open_times(client, MONDAY) == ["09:00", "09:20", "09:40"]
    changes = client.get("/doctors/dr-lee/changes?kind=series&date=2026-11-23").json["changes"]
    assert [len(c["opened"]) for c in changes] == [3, 0, 2]
    assert [len(c["closed"]) for c in changes] == [0, 2, 0]
    assert open_times(client, MONDAY) == ["09:00", "09:20", "09:40"]
    undo_plan(client, edited)
    assert open_times(client, MONDAY) == ["09:00", "09:30"]


def test_a_slot_that_another_series_also_wants_stays_open(client: AppClient) -> None:
    first = make_series(client, series_json({"mon": MORNING}, last=MONDAY))
    longer = series_json({"mon": [("09:00", "10:30")]}, last=MONDAY)
    second = make_series(client, longer)
    ends = [
        {"kind": "series", "series_id": plan["series_id"], "series": None, "from": str(MONDAY)}
        for plan in (first, second)
    ]

    apply(client, client.post(PLANS, ends[0]).json)
    assert open_times(client, MONDAY) == ["09:00", "09:30", "10:00"]

    apply(client, client.post(PLANS, ends[1]).json)
    assert open_times(client, MONDAY) == []


def test_a_step_can_return_only_the_dates_that_it_applied(client: AppClient) -> None:
    plan = propose(client, TWO_WEEKS).json
    stop_after(client, plan, dates=1)

    response = client.post(f"{PLANS}/{plan['plan_id']}/steps?days=applied", {})

    assert [day["date"] for day in response.json["days"]] == [str(TUESDAY), str(MONDAY + WEEK)]
    assert (response.json["opens"], response.json["days_done"]) == (6, 3)
    again = client.post(f"{PLANS}/{plan['plan_id']}/steps?days=applied", {})
    assert (again.json["days"], again.json["opens"]) == ([], 6)
    wrong = client.post(f"{PLANS}/{plan['plan_id']}/steps?days=some", {})
    assert (wrong.status, wrong.error_codes) == (400, [("days", "invalid")])
