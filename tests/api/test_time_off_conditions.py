"""Conditions that keep two plans of the same time off apart, and time off apart from saves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.plan_errors import PlanModifiedError
from chalicelib.domain.time_off import TimeOff, TimeOffAct
from chalicelib.storage.time_off_repository import TimeOffRepository
from tests.support.dynamodb_responses import TRANSACT_WRITE
from tests.support.factories import MONDAY
from tests.support.plans import PLANS, open_times, step
from tests.support.time_off import lift, propose_time_off, take_time_off

if TYPE_CHECKING:
    from tests.support.app_client import AppClient

pytestmark = pytest.mark.usefixtures("consistent_table")

TUESDAY = MONDAY + timedelta(days=1)
TIME_OFF = TimeOff(
    time_off_id="t-1", version=1, name="Holiday", act=TimeOffAct.STOP, first=MONDAY, last=MONDAY
)


@pytest.mark.usefixtures("client")
def test_time_off_is_made_once() -> None:
    stored = TimeOffRepository()
    stored.put("dr-lee", TIME_OFF, replaced=None)
    with pytest.raises(PlanModifiedError):
        stored.put("dr-lee", replace(TIME_OFF, name="Another"), replaced=None)


@pytest.mark.usefixtures("client")
def test_two_plans_do_not_lift_the_same_time_off() -> None:
    stored = TimeOffRepository()
    stored.put("dr-lee", TIME_OFF, replaced=None)
    stored.put("dr-lee", TIME_OFF.next_version(), replaced=1)
    with pytest.raises(PlanModifiedError):
        stored.put("dr-lee", TIME_OFF.next_version(), replaced=1)


def test_lift_that_another_plan_has_made_meanwhile_is_rejected(client: AppClient) -> None:
    time_off_id = take_time_off(client)["time_off_id"]
    request = {"kind": "lift_time_off", "time_off_id": time_off_id}
    first, second = (client.post(PLANS, request).json for _ in range(2))
    assert step(client, first).json["state"] == "done"

    rejected = step(client, second)

    assert rejected.status == 409
    assert "has changed since this preview" in rejected.json["detail"]


def test_no_date_is_blocked_after_time_off_is_lifted(client: AppClient) -> None:
    """It is lifted between two transactions of a step that blocks its dates."""
    client.save("09:00", date=str(TUESDAY))
    plan = propose_time_off(client, last=TUESDAY).json
    writes = 0

    def lift_before_the_second_date(**_: object) -> None:
        nonlocal writes
        writes += 1
        if writes == 3:  # the first starts the plan, the second blocks Monday
            lift(client, plan["time_off_id"])

    with client.before_call(TRANSACT_WRITE, lift_before_the_second_date):
        step(client, plan)

    assert step(client, plan).json["state"] == "done"
    assert open_times(client, TUESDAY) == ["09:00"]
    for on in (MONDAY, TUESDAY):
        assert client.get_day(date=str(on)).json["time_off"] == []


def test_save_that_races_time_off_is_rejected(client: AppClient) -> None:
    """The day's version rejects it; the next attempt sees the time off."""
    is_first = True

    def take_first(**_: object) -> None:
        nonlocal is_first
        if is_first:
            is_first = False
            take_time_off(client)

    with client.before_call(TRANSACT_WRITE, take_first):
        saved = client.save("09:00")

    assert saved.status == 400
    assert saved.json["errors"][0]["code"] == "time_off"
    assert open_times(client, MONDAY) == []
