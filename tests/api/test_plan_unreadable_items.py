"""Series, plans and days that this release cannot read, and plans of the largest size."""

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
)

if TYPE_CHECKING:
    from tests.support.app_client import AppClient

WEEK = timedelta(weeks=1)
MONDAYS = series_json({"mon": MORNING}, last=MONDAY + WEEK)
LEE = "DOCTOR#dr-lee"
UNREADABLE = {"S": "{}"}


def test_series_with_an_unreadable_version_is_not_changed(client: AppClient) -> None:
    """Its older version is not taken for what it wants."""
    plan = make_series(client, MONDAYS)
    series_id = plan["series_id"]
    apply(client, propose(client, {**MONDAYS, "to": str(MONDAY)}, series_id).json)
    client.set_attribute(LEE, f"SERIES#{series_id}#000002", "series", UNREADABLE)

    responses = [
        propose(client, MONDAYS, series_id),
        client.post(
            PLANS, {"kind": "series", "series_id": series_id, "series": None, "from": str(MONDAY)}
        ),
        client.get(f"/doctors/dr-lee/series/{series_id}"),
    ]

    assert [response.status for response in responses] == [500] * 3
    assert client.get("/doctors/dr-lee/series").json == {"series": []}


def test_unreadable_series_leaves_others_as_they_are(client: AppClient) -> None:
    plan = make_series(client, MONDAYS)
    client.set_attribute(LEE, f"SERIES#{plan['series_id']}#000001", "series", UNREADABLE)

    other = make_series(client, series_json({"mon": [("11:00", "12:00")]}, last=MONDAY))

    assert open_times(client, MONDAY) == ["09:00", "09:30", "11:00", "11:30"]
    end = {"kind": "series", "series_id": other["series_id"], "series": None, "from": str(MONDAY)}
    apply(client, client.post(PLANS, end).json)
    assert open_times(client, MONDAY) == ["09:00", "09:30"]


@pytest.mark.parametrize("value", [{"S": "[1]"}, {"S": '{"s": "x"}'}], ids=str)
def test_day_with_unreadable_versions_of_series_stops_a_plan(
    client: AppClient, value: dict[str, str]
) -> None:
    """It is not taken for a day without series. Once it is repaired the plan goes on."""
    plan = make_series(client, MONDAYS)
    longer = {**MONDAYS, "weekly": {"mon": [{"from": "09:00", "to": "10:30"}]}}
    edited = propose(client, longer, plan["series_id"]).json
    second = f"DAY#{MONDAY + WEEK}"
    stored = client.get_item(LEE, second)["series"]
    client.set_attribute(LEE, second, "series", value)

    rejected, stopped = propose(client, longer, plan["series_id"]), step(client, edited)

    assert (rejected.status, stopped.status) == (500, 500)
    assert open_times(client, MONDAY) == ["09:00", "09:30", "10:00"]
    client.set_attribute(LEE, second, "series", stored)
    assert apply(client, edited)["days_done"] == 2
    assert open_times(client, MONDAY + WEEK) == ["09:00", "09:30", "10:00"]


def test_unreadable_day_does_not_stop_plans_of_other_dates(client: AppClient) -> None:
    tuesday = MONDAY + timedelta(days=1)
    client.save("09:00", date=str(tuesday))
    client.set_attribute(LEE, f"DAY#{tuesday}", "series", {"S": "[1]"})

    assert make_series(client, MONDAYS)["opens"] == 4


def test_unreadable_plan_is_left_out_of_the_list(client: AppClient) -> None:
    plan = make_series(client, MONDAYS)
    client.set_attribute(LEE, f"PLAN#{plan['plan_id']}", "dates", {"S": "?"})

    assert client.get(PLANS).json == {"plans": []}
    assert client.get(f"{PLANS}/{plan['plan_id']}").status == 500


def test_plan_of_too_many_slots_is_rejected(client: AppClient) -> None:
    """With 96 slots a day for two years the response would be larger than Lambda allows."""
    assert client.update_doctor("dr-quarter", window_days=730).status == 200
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    always = series_json({day: [("00:00", "24:00")] for day in days})

    response = client.post("/doctors/dr-quarter/plans", {"kind": "series", "series": always})

    assert (response.status, response.error_codes) == (400, [("kind", "too_many")])
