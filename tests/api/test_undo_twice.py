"""A plan is undone once: twice in a row, at once, and while it is applied."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.dynamodb_responses import TRANSACT_WRITE
from tests.support.factories import MONDAY
from tests.support.plans import MORNING, PLANS, apply, make_series, step, stop_after, undo_plan
from tests.support.three_mondays import MONDAYS, on_mondays, opened

if TYPE_CHECKING:
    from tests.support.app_client import AppClient

pytestmark = pytest.mark.usefixtures("consistent_table")

NINE = ["09:00", "09:30"]


def test_same_plan_is_not_undone_twice(client: AppClient) -> None:
    plan = make_series(client, on_mondays(MORNING))
    undo_plan(client, plan)

    again = client.post(PLANS, {"kind": "undo", "plan_id": plan["plan_id"]})

    assert (again.status, again.error_codes) == (400, [("plan_id", "nothing_to_save")])
    assert again.json["detail"] == "This has been undone already"


def test_plan_that_was_redone_is_undone_again(client: AppClient) -> None:
    plan = make_series(client, on_mondays(MORNING))
    redone = undo_plan(client, undo_plan(client, plan))
    assert opened(client) == [NINE] * 3

    undone = undo_plan(client, plan)

    assert undone["undoes"] == redone["plan_id"]
    assert opened(client) == [[]] * 3


def test_stopped_import_that_was_undone_does_not_go_on(client: AppClient) -> None:
    days = [{"date": str(on), "slots": ["09:00"]} for on in MONDAYS]
    plan = client.post(PLANS, {"kind": "import", "days": days}).json
    stop_after(client, plan, dates=1)

    undone = undo_plan(client, plan)

    stopped = step(client, plan).json
    assert (stopped["state"], stopped["undone_by"]) == ("done", undone["plan_id"])
    assert opened(client) == [[]] * 3


def test_step_under_way_ends_when_its_plan_is_undone(client: AppClient) -> None:
    days = [{"date": str(on), "slots": ["09:00"]} for on in MONDAYS]
    plan = client.post(PLANS, {"kind": "import", "days": days}).json
    writes = 0

    def undo_after_first_date(**_: object) -> None:
        nonlocal writes
        writes += 1
        if writes == 3:  # the first starts the plan
            undo_plan(client, plan)

    with client.before_call(TRANSACT_WRITE, undo_after_first_date):
        assert step(client, plan).json["state"] == "done"

    assert opened(client)[2] == []


def test_of_two_undos_of_an_import_the_second_is_rejected(client: AppClient) -> None:
    days = [{"date": str(MONDAY), "slots": ["09:00"]}]
    plan = apply(client, client.post(PLANS, {"kind": "import", "days": days}).json)
    undos = [client.post(PLANS, {"kind": "undo", "plan_id": plan["plan_id"]}).json for _ in "12"]
    apply(client, undos[0])

    rejected = step(client, undos[1])

    assert (rejected.status, rejected.json["detail"]) == (409, "This has been undone already")


def test_of_two_undos_of_a_plan_the_second_is_rejected(client: AppClient) -> None:
    plan = make_series(client, on_mondays(MORNING))
    undos = [client.post(PLANS, {"kind": "undo", "plan_id": plan["plan_id"]}).json for _ in "12"]
    apply(client, undos[0])

    rejected = client.post(f"{PLANS}/{undos[1]['plan_id']}/steps", {})

    assert (rejected.status, rejected.error_codes) == (409, [("plan_id", "invalid")])
