"""Plans whose preview is older than a change of the weekly hours or of the slot length."""

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
)

if TYPE_CHECKING:
    from tests.support.app_client import AppClient

pytestmark = pytest.mark.usefixtures("consistent_table")

WEEK = timedelta(weeks=1)
TWO_MONDAYS = series_json({"mon": MORNING}, last=MONDAY + WEEK)
IMPORT = {"kind": "import", "days": [{"date": str(MONDAY), "slots": ["09:00"]}]}
HOURS_CHANGED = "The weekly hours have changed since this preview. Preview the change again."


@pytest.mark.parametrize("body", [{"kind": "series", "series": TWO_MONDAYS}, IMPORT], ids=str)
def test_a_plan_for_another_slot_length_is_not_started(
    client: AppClient, body: dict[str, object]
) -> None:
    plan = client.post(PLANS, body).json
    client.set_slot_minutes("dr-lee", minutes=20)

    response = step(client, plan)

    assert (response.status, response.json["detail"]) == (409, HOURS_CHANGED)
    assert client.get(f"{PLANS}/{plan['plan_id']}").json["state"] == "proposed"
    assert client.get("/doctors/dr-lee/series").json == {"series": []}
    assert open_times(client, MONDAY) == []


def test_a_running_plan_stops_when_the_slot_length_changes(client: AppClient) -> None:
    plan = propose(client, TWO_MONDAYS).json
    stop_after(client, plan, dates=1)
    client.set_slot_minutes("dr-lee", minutes=20)

    response = step(client, plan)

    assert (response.status, response.json["detail"]) == (409, HOURS_CHANGED)
    assert client.get(f"{PLANS}/{plan['plan_id']}").json["state"] == "stopped"
    assert open_times(client, MONDAY + WEEK) == []


def test_a_series_can_be_proposed_again_in_the_new_slot_length(client: AppClient) -> None:
    plan = propose(client, TWO_MONDAYS).json
    stop_after(client, plan, dates=1)
    client.set_slot_minutes("dr-lee", minutes=20)

    apply(client, propose(client, TWO_MONDAYS, plan["series_id"]).json)

    for on in (MONDAY, MONDAY + WEEK):
        assert open_times(client, on) == ["09:00", "09:20", "09:40"]
    assert step(client, plan).json["state"] == "done"


def test_hours_that_a_plan_does_not_need_can_change(client: AppClient) -> None:
    plan = propose(client, TWO_MONDAYS).json
    sessions = [{"days_of_week": ["mon"], "from": "09:00", "to": "10:00"}]
    assert client.update_doctor("dr-lee", sessions=sessions).status == 200

    apply(client, plan)

    assert open_times(client, MONDAY) == ["09:00", "09:30"]


def test_a_series_of_another_slot_length_can_be_ended(client: AppClient) -> None:
    plan = make_series(client, TWO_MONDAYS)
    client.set_slot_minutes("dr-lee", minutes=20)
    end = {
        "kind": "series",
        "series_id": plan["series_id"],
        "series": None,
        "from": str(MONDAY + WEEK),
    }

    apply(client, client.post(PLANS, end).json)

    assert open_times(client, MONDAY) == ["09:00", "09:30"]
    assert open_times(client, MONDAY + WEEK) == []
