"""Whether responses about series and plans match the examples of the OpenAPI document."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.support.factories import MONDAY
from tests.support.matching_examples import assert_matches_example
from tests.support.plans import PLANS
from tools.openapi import plan_examples

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse

FIRST_SLOT_PATH = "/slots/dr-lee~20261123T0900Z"
SECOND_SLOT_PATH = "/slots/dr-lee~20261123T0930Z"


def test_plan_examples_are_real(client: AppClient) -> None:
    assert client.get("/doctors/dr-lee/plans?state=open").json == plan_examples.INVALID_STATE
    proposed = client.post(PLANS, plan_examples.NEW_SERIES)
    plan_id, series_id = proposed.json["plan_id"], proposed.json["series_id"]
    path = f"{PLANS}/{plan_id}"

    def is_like(response: AppResponse, status: int, example: object) -> None:
        with_ids = response.text.replace(plan_id, plan_examples.PLAN_ID)
        with_ids = with_ids.replace(series_id, plan_examples.SERIES_ID)
        assert_matches_example(replace(response, text=with_ids), status, example)

    is_like(proposed, 201, plan_examples.PROPOSED)
    is_like(client.delete(path), 200, plan_examples.STOPPED)
    is_like(client.post(f"{path}/steps", {}), 200, plan_examples.DONE)
    is_like(client.get(path), 200, plan_examples.DONE)
    is_like(client.get(PLANS), 200, plan_examples.PLANS)
    is_like(client.get("/doctors/dr-lee/series"), 200, plan_examples.SERIES_LIST)
    is_like(client.get(f"/doctors/dr-lee/series/{series_id}"), 200, plan_examples.SERIES)
    for example in (plan_examples.CHANGED_SERIES, plan_examples.END_OF_SERIES):
        assert client.post(PLANS, {**example, "series_id": series_id}).status == 201
    assert client.post(PLANS, {"kind": "undo", "plan_id": plan_id}).status == 201
    (change, *_) = client.get("/doctors/dr-lee/changes").json["changes"]
    undo = client.post(PLANS, {"kind": "undo", "change_id": change["change_id"]})
    assert undo.status == 201


def test_examples_of_rejected_plans_are_real(client: AppClient) -> None:
    client.save("09:00")
    monday = {**plan_examples.PATTERN, "to": plan_examples.PATTERN["from"]}
    early = {**monday, "weekly": {"mon": [{"from": "06:00", "to": "07:00"}]}}

    def propose(series: object, **members: object) -> AppResponse:
        return client.post(PLANS, {"kind": "series", "series": series, **members})

    assert_matches_example(propose(monday), 400, plan_examples.ALL_OPEN_ALREADY)
    assert_matches_example(propose(early), 400, plan_examples.OFF_THE_GRID)
    unknown = client.post(PLANS, plan_examples.CHANGED_SERIES)
    assert_matches_example(unknown, 404, plan_examples.NO_SUCH_SERIES)
    wrong = client.post(f"{PLANS}/no-plan/steps?days=some", {})
    assert_matches_example(wrong, 400, plan_examples.INVALID_STEP_DAYS)
    for path in (f"{PLANS}/no-plan", f"{PLANS}/no+plan"):
        assert_matches_example(client.get(path), 404, plan_examples.NO_SUCH_PLAN)


def test_examples_of_conflicting_plans_are_real(client: AppClient) -> None:
    weekly = {**plan_examples.PATTERN, "name": "All of them"}
    plan = client.post(PLANS, {"kind": "series", "series": plan_examples.PATTERN}).json
    client.post(f"{PLANS}/{plan['plan_id']}/steps", {})
    stale = {"kind": "series", "series_id": plan["series_id"], "series": {**weekly, "version": 7}}
    assert_matches_example(client.post(PLANS, stale), 409, plan_examples.SERIES_CHANGED)
    end = {**plan_examples.END_OF_SERIES, "series_id": plan["series_id"], "from": str(MONDAY)}
    client.book("09:00")
    ends = [client.post(PLANS, end).json["plan_id"] for _ in range(2)]
    client.cancel("09:00")

    changed = client.post(f"{PLANS}/{ends[0]}/steps", {})
    since = client.post(f"{PLANS}/{ends[1]}/steps", {})

    members = plan_examples.CHANGED_PREVIEW.keys() - {"plan_id", "series_id", "days"}
    members -= {"opens", "closes", "third_next_available_days"}
    assert changed.status == 409
    assert changed.json.keys() == plan_examples.CHANGED_PREVIEW.keys()
    assert {name: changed.json[name] for name in members} == {
        name: plan_examples.CHANGED_PREVIEW[name] for name in members
    }
    assert_matches_example(since, 409, plan_examples.SERIES_CHANGED_SINCE)
